/** What can be wrong at this machine alone. */

import { isIPv6 } from '../net/addresses.ts';
import type { Finding } from './diagnose.ts';
import type { CardFact, Facts } from './facts.ts';
import { discoveryPort, letOut, showHolder, startHere, switchOn, typed } from './fixes.ts';
import type { Picture } from './picture.ts';

/** A name behind -interface that no card has. */
export function unknownCard({ facts, unknown }: Picture): Finding | undefined {
  const [first] = unknown;
  // One of several may come later.
  if (first === undefined || unknown.length < facts.wanted.length) return undefined;
  return { cause: `This machine has no network card ${first}.`, fix: insteadOf(facts) };
}

/** The chosen cards are off or without an address, and another one is not. */
export function idleCardChosen({ facts, cards, loopbackOnly }: Picture): Finding | undefined {
  const other = usable(facts)[0];
  if (facts.wanted.length === 0 || cards.length > 0 || other === undefined) return undefined;
  if (loopbackOnly && facts.heard.some(({ local }) => local)) return undefined;
  const what = loopbackOnly ? 'reaches nothing but this machine' : 'is off, unplugged or has no address';
  return {
    cause: `The card chosen by -interface (${facts.wanted.join(', ')}) ${what}; ${other.name} is in use here.`,
    fix: insteadOf(facts),
  };
}

export function noNetwork({ facts, cards, loopbackOnly }: Picture): Finding | undefined {
  if (cards.length > 0 || (loopbackOnly && facts.heard.some(({ local }) => local))) return undefined;
  const real = facts.cards.filter(({ loopback }) => !loopback);
  const at = (state: CardFact['state']) => real.find((card) => card.state === state);
  const unplugged = at('no carrier');
  if (unplugged !== undefined) {
    return {
      cause: `No network: ${unplugged.name} is on but has no connection (cable unplugged, or Wi-Fi not joined).`,
      fix: `plug in the cable of ${unplugged.name}, or join the Wi-Fi`,
    };
  }
  const bare = at('on');
  if (bare !== undefined) {
    return {
      cause: `No network: ${bare.name} is connected but has no address; likely no DHCP server answered.`,
      fix: switchOn(facts, bare.name, true),
    };
  }
  const off = at('off');
  if (off !== undefined) {
    return { cause: `No network: the card ${off.name} is switched off.`, fix: switchOn(facts, off.name, false) };
  }
  return {
    cause: 'No network: this machine has no network card with an address.',
    fix: 'switch Wi-Fi on, or plug in a cable',
  };
}

/** The port for links, where no other one will do or none is free. */
export function portTaken({ facts }: Picture): Finding | undefined {
  const { door } = facts;
  if (door.port !== undefined) return undefined;
  if (door.failure === 'EACCES') {
    return { cause: `You may not accept links on port ${door.wanted}.`, fix: startHere(facts, { port: 8080 }) };
  }
  const who = door.holder === 'other chat' ? 'another p2pchat' : 'another program';
  const free = door.wanted === 8080 ? 8090 : 8080;
  return {
    cause: `Port ${door.wanted} is taken by ${who} on this machine (${door.failure ?? 'EADDRINUSE'}).`,
    fix: startHere(facts, { port: door.named ? free : door.wanted + 1_000 }),
  };
}

/** Another program has the discovery port for itself. */
export function discoveryPortHeld({ facts }: Picture): Finding | undefined {
  const held = facts.ears.filter(({ failure }) => failure !== undefined);
  const all = facts.ears.length > 0 && held.length === facts.ears.length;
  if (!all && !held.some(({ way, failure }) => way === 'multicast' && failure === 'EADDRINUSE')) return undefined;
  const port = discoveryPort(facts);
  return {
    cause: `Another program holds UDP port ${port}, on which p2pchat hears others, for itself (${held[0]?.failure}).`,
    fix: `${showHolder(facts, port)}   # shows the program; end it, or start p2pchat everywhere with -multicast ${facts.group.replace(/\d+$/, `${port + 1}`)}`,
  };
}

/** The system refuses to send by every way to everybody. */
export function nothingLeaves({ facts, ways }: Picture): Finding | undefined {
  if (ways.length === 0 || ways.some(({ failure }) => failure === undefined)) return undefined;
  const code = ways[0]?.failure ?? '';
  if (code === 'EPERM' || code === 'EACCES') {
    return {
      cause: `A firewall on this machine lets no announces out (sending to ${facts.group} ends with ${code}).`,
      fix: letOut(facts),
    };
  }
  return {
    cause: `No announce leaves this machine: sending to ${facts.group} ends with ${code}; likely a route is missing.`,
    fix: `sudo ip route add 224.0.0.0/4 dev ${typed(ways[0]?.card ?? 'eth0', facts)}`,
  };
}

/** Nobody on the chosen cards, while somebody is behind one that is not. */
export function othersElsewhere({ facts, heard, reached, cards, loopbackOnly }: Picture): Finding | undefined {
  if (facts.wanted.length === 0 || heard.length > 0 || reached.length > 0) return undefined;
  const elsewhere =
    facts.heard.find(({ chosen, local }) => !chosen && !local)?.card ??
    facts.visits.find(({ otherCard }) => otherCard !== undefined)?.otherCard;
  if (elsewhere !== undefined) {
    return {
      cause: `Others are in the network of ${elsewhere}, which -interface ${facts.wanted.join(', ')} leaves out.`,
      fix: startHere(facts, { interfaces: [elsewhere] }),
    };
  }
  if (loopbackOnly) return undefined;
  const route = facts.defaultRoutes.find(({ card }) => usable(facts).some(({ name }) => name === card));
  const routed = facts.defaultRoutes.some(({ card }) => cards.some(({ name }) => name === card));
  if (route === undefined || routed) return undefined;
  return {
    cause: `Nobody is behind the chosen card (${facts.wanted.join(', ')}); this machine's network is likely that of ${route.card}.`,
    fix: startHere(facts, { interfaces: [route.card] }),
  };
}

/** Cards that are not chosen and would do. */
function usable({ cards }: Facts): CardFact[] {
  return cards.filter(({ chosen, loopback, addresses, state }) => {
    return !chosen && !loopback && state !== 'off' && state !== 'no carrier' && addresses.length > 0;
  });
}

function insteadOf(facts: Facts): string {
  const [first] = usable(facts).toSorted((left, right) => rank(facts, right) - rank(facts, left));
  return first === undefined
    ? `${startHere(facts, { interfaces: [] })}   # without -interface, it uses every card`
    : startHere(facts, { interfaces: [first.name] });
}

/** Whoever has the default route is most likely where the others are; then whoever has an IPv4 address. */
function rank({ defaultRoutes }: Facts, { name, addresses }: CardFact): number {
  return (
    2 * Number(defaultRoutes.some(({ card }) => card === name)) + Number(addresses.some((a) => !isIPv6(a.address)))
  );
}
