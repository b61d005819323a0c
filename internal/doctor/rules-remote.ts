/** What others tell by what they say, hear and answer, or by not being there. */
import { shownLine } from '../../pkg/chat/shown.ts';
import { dialFailureText } from '../../pkg/room/dial-words.ts';
import { endpointText, sameEndpoint } from '../../pkg/wire/endpoint.ts';
import { isIPv6, isLoopback } from '../net/addresses.ts';
import type { Finding } from './diagnose.ts';
import type { VisitFact } from './facts.ts';
import { comeHere, connectTo, discoveryPort, letIn, moveTo, startHere, startThere, typed } from './fixes.ts';
import { isNameless, isToEverybody, type Picture } from './picture.ts';

/** A clock that is off by less is nothing to speak of. */
const CLOCK_OFF_MS = 60_000;

/** Everybody who is there speaks another version. */
export function otherVersion({ facts, heard, told, loopbackOnly }: Picture): Finding | undefined {
  if (heard.length > 0 || told.length > 0) return undefined;
  const others = [
    ...facts.heard.filter(({ local }) => loopbackOnly || !local).map(({ version }) => version),
    ...facts.visits.flatMap(({ visited }) => (visited === undefined ? [] : [visited.version])),
  ].filter((version) => version !== facts.version);
  const refused = facts.visits.some((visit) => visit.refused === 'version');
  const [version] = others;
  if (version === undefined && !refused) return undefined;
  const theirs = version === undefined ? 'another protocol version' : `protocol version ${version}`;
  const older = version !== undefined && version < facts.version;
  return {
    cause: `Others here speak ${theirs}, this program speaks ${facts.version}: they ignore each other.`,
    fix: older
      ? 'git pull && npm install -g .   # on the other machines, in their clone of p2pchat'
      : 'git pull && npm install -g .   # on this machine, in your clone of p2pchat',
  };
}

/** Everybody who is there calls the network by another name. */
export function otherGroup({ facts, heard, told, loopbackOnly }: Picture): Finding | undefined {
  if (heard.length > 0 || told.length > 0) return undefined;
  const groups = [
    ...facts.heard.filter(({ local }) => loopbackOnly || !local).map(({ group }) => group),
    ...facts.visits.map(({ visited }) => visited?.group),
  ].filter((group) => group !== undefined && group !== facts.group);
  const [group] = groups;
  if (group === undefined) return undefined;
  return {
    cause: `Others here use -multicast ${shownLine(group)}, and this is ${facts.group}: two chats on one network.`,
    fix: startHere(facts, { multicast: shownLine(group) }),
  };
}

/** Heard by what ends at a router, at an address of another subnet: it is on the same cable, and there is no way back. */
export function otherSubnet({ facts, heard, reached, cards }: Picture): Finding | undefined {
  const near = heard.filter(({ at, ways }) => !isIPv6(at.address) && ways.some(isToEverybody));
  const there = facts.visits.find(({ at, failure, local, onLink, otherCard }) => {
    const cut = failure === 'ENETUNREACH' || failure === 'EHOSTUNREACH' || failure === 'timeout';
    return cut && !local && !onLink && otherCard === undefined && near.some((one) => sameEndpoint(one.at, at));
  });
  const card = cards.find(({ addresses }) => addresses.some(({ address }) => !isIPv6(address)));
  if (there === undefined || card === undefined || reached.length > 0) return undefined;
  const own = card.addresses.find(({ address }) => !isIPv6(address))?.address;
  const { address } = there.at;
  return {
    cause: `${nameOf(there, heard)} is on the same cable, but in another subnet: it has ${address}, this machine has ${own}, and there is no way between them.`,
    fix: moveTo(facts, card.name, address),
  };
}

/** Heard, and none of those heard can be dialled. */
export function notDialable({ facts, heard, reached }: Picture): Finding | undefined {
  const failed = facts.visits.filter(({ at, failure, local }) => {
    return heard.some((one) => sameEndpoint(one.at, at)) && failure !== undefined && failure !== 'self' && !local;
  });
  const [first] = failed;
  if (heard.length === 0 || first === undefined || reached.length > 0) return undefined;
  const { port } = first.at;
  const who = nameOf(first, heard);
  const why =
    first.failure === 'ECONNREFUSED'
      ? 'nothing accepts links there (refused)'
      : `likely a firewall on their machine or on the way (${dialFailureText(first.failure ?? '')})`;
  return {
    cause: `Others are heard, but cannot be dialled: ${who} at ${endpointText(first.at)}: ${why}.`,
    // No nick stands where a shell reads: zsh and cmd know no comments there, and a nick may be `$(…)`.
    fix: `sudo ufw allow ${port}/tcp   # on the machine ${typed(first.at.address, facts)}`,
  };
}

/** Whoever is known lies behind a router, and announces do not cross routers. */
export function twoNetworks({ facts, heard, reached, unreached, loopbackOnly }: Picture): Finding | undefined {
  const known = [...reached, ...unreached];
  if (loopbackOnly || heard.length > 0 || known.length === 0) return undefined;
  if (known.some(({ onLink, failure }) => onLink || isNameless(failure))) return undefined;
  if (reached.some(({ visited }) => visited?.heard.some(isToEverybody))) return undefined;
  const [there = known[0]] = reached;
  if (there === undefined) return undefined;
  const where = endpointText(there.at);
  if (reached.length === 0) {
    return {
      cause: `Those who are known (${where}) are in another network, which does not answer; announces do not cross routers.`,
      fix: `join the same network, or have them connect: ${comeHere(facts)}`,
    };
  }
  return {
    cause: `${where} is in another network behind a router: links reach it, announces do not cross routers.`,
    fix: connectTo(facts, [there]),
  };
}

/** Others are heard by announces, and none of them heard ours. */
export function notHeard({ facts, told, goesOut, comesIn }: Picture): Finding | undefined {
  if (told.length === 0 || goesOut || !comesIn) return undefined;
  return {
    cause: 'Announces of others come in, but nobody hears ours: likely a firewall here or on the way drops them.',
    fix: connectTo(facts, told),
  };
}

/** Others hear us, or the own copy should be there; but nothing comes in. */
export function hearsNothing({ facts, told, goesOut, comesIn, reached, heard, ways }: Picture): Finding | undefined {
  if (comesIn) return undefined;
  const sent = ways.filter(({ failure }) => failure === undefined);
  const deaf = sent.length > 0 && sent.every(({ echoed }) => !echoed);
  const udp = discoveryPort(facts);
  const dialledBack = reached.some(({ back }) => back?.ok === true || back?.why === 'wrong-key');
  const ports = dialledBack ? { udp } : { tcp: facts.door.port ?? facts.door.wanted, udp };
  if (deaf) {
    return {
      cause: `Announces leave, but none come back in, not even this machine's own: likely its firewall drops UDP port ${udp}.`,
      fix: letIn(facts, ports),
    };
  }
  if (told.length === 0 || !goesOut || heard.length > reached.length) return undefined;
  return {
    cause: `Others hear our announces, but theirs do not come here: likely a switch, an access point or a firewall on the way drops them.`,
    fix: connectTo(facts, told),
  };
}

/** Neither way, though links work. */
export function blockedBothWays({ facts, told, goesOut, comesIn }: Picture): Finding | undefined {
  const [there] = told;
  if (there === undefined || goesOut || comesIn) return undefined;
  return {
    cause: `Links work, but announces (multicast, broadcast) get through in neither direction: likely the switch or access point blocks them.`,
    fix: connectTo(facts, told),
  };
}

/** Others can be dialled and cannot dial us. */
export function inboundBlocked({ facts, reached }: Picture): Finding | undefined {
  const { door, firewalls } = facts;
  if (door.port === undefined) return undefined;
  const backs = reached.flatMap(({ back }) => back ?? []);
  const came = backs.some(({ ok, why }) => ok || why === 'wrong-key');
  const [failed] = backs;
  if (failed !== undefined && !came) {
    const guess = failed.why === 'ECONNREFUSED' ? 'refused' : shownLine(dialFailureText(failed.why));
    const who = firewalls.length > 0 ? `the firewall here (${firewalls.join(', ')})` : 'a firewall on this machine';
    return {
      cause: `Others can be dialled, but cannot dial this machine on TCP port ${door.port} (${guess}): likely ${who}.`,
      fix: letIn(facts, { tcp: door.port }),
    };
  }
  const outer = door.selfDials.filter(({ address }) => !isLoopback(address));
  const silent = outer.some(({ failure }) => failure === 'timeout');
  if (failed !== undefined || !silent || outer.some(({ failure }) => failure === undefined)) return undefined;
  return {
    cause: `TCP port ${door.port} cannot be dialled even from this machine (no answer): likely its firewall drops it.`,
    fix: letIn(facts, { tcp: door.port }),
  };
}

/** Those who should be on the same wire do not answer on it, and nobody is heard. */
export function isolation({ heard, reached, unreached }: Picture): Finding | undefined {
  if (heard.length > 0 || reached.length > 0) return undefined;
  const near = unreached.filter(({ onLink }) => onLink);
  const [first] = near;
  if (first === undefined || !near.every(isSilent)) return undefined;
  return {
    cause: `${endpointText(first.at)} is in this network, but does not answer at all: likely the access point keeps its clients apart (client isolation), unless that machine is off.`,
    fix: 'in the settings of the router switch off "client isolation" ("AP isolation", "guest network"), or join the main network',
  };
}

/** Nobody, and strange datagrams on the discovery port. */
export function strangersOnly({ facts, heard, reached }: Picture): Finding | undefined {
  const [stranger] = facts.strangers;
  if (stranger === undefined || heard.length > 0 || reached.length > 0) return undefined;
  const port = discoveryPort(facts);
  return {
    cause: `Nobody of p2pchat is heard, but another program uses UDP port ${port}: ${stranger.address} sends what is none of ours.`,
    fix: `${startThere(facts, { multicast: facts.group.replace(/\d+$/, `${port + 1}`) })}   # the same on every machine`,
  };
}

/** The own side works as far as it can be seen. */
export function alone(picture: Picture): Finding | undefined {
  const { facts, heard, reached } = picture;
  if (heard.length > 0 || reached.length > 0) return undefined;
  const firewall = facts.firewalls.length === 0 ? '' : ` A firewall (${facts.firewalls.join(', ')}) runs here.`;
  return {
    cause: `This side works: announces leave and come back. Nobody else is there, or the network keeps you apart.${firewall}`,
    fix: `${comeHere(facts)}   # on another machine`,
  };
}

/** Nothing is wrong; what is unusual and harmless is said. */
export function healthy(picture: Picture): Finding {
  const { facts, heard, reached, unreached, told, ways } = picture;
  const others = new Set([
    ...heard.map(({ peer }) => peer),
    ...(heard.length === 0 ? reached.map(({ at }) => at) : []),
  ]);
  const notes: string[] = [];
  const clock = told.find(({ clockAheadMs }) => Math.abs(clockAheadMs ?? 0) > CLOCK_OFF_MS);
  if (clock?.clockAheadMs !== undefined) {
    notes.push(
      `The clock of ${shownLine(clock.visited?.nick ?? '')} is ${span(clock.clockAheadMs)} this one, which is harmless.`,
    );
  }
  const through = new Set(heard.flatMap((one) => one.ways.filter(isToEverybody)));
  const missing = new Set(ways.map(({ way }) => way).filter((way) => way !== 'ipv6' && !through.has(way)));
  if (missing.has('multicast') && through.size > 0) {
    notes.push(`Multicast does not get through; ${[...through].join(' and ')} does.`);
  }
  const missed = unreached.filter((visit) => !isReachedElsewhere(visit, picture)).length;
  if (missed > 0) notes.push(`${missed} of those known could not be reached; see below.`);
  if (facts.strangers.length > 0) notes.push('Another program sends on the discovery port, which is ignored.');
  if (facts.heard.some(({ version }) => version !== facts.version)) notes.push('Some speak another protocol version.');
  if (facts.door.holder === 'program') {
    notes.push(`Port ${facts.door.wanted} is taken by another program; ${facts.door.port} is used instead.`);
  }
  const count = `${others.size} other${others.size === 1 ? '' : 's'} found and reached.`;
  return { cause: [`Everything works: ${count}`, ...notes].join(' '), fix: 'nothing to do' };
}

/** Whoever is there refuses at least. The system may remember for a while where on the wire somebody was. */
function isSilent({ failure, unanswered }: VisitFact): boolean {
  return unanswered || failure === 'timeout' || failure === 'EHOSTUNREACH' || failure === 'EHOSTDOWN';
}

/** A peer may be heard at several addresses, and one of them is enough. */
function isReachedElsewhere({ at }: VisitFact, { heard, reached }: Picture): boolean {
  const peers = new Set(heard.filter((one) => sameEndpoint(one.at, at)).map(({ peer }) => peer));
  return heard.some((one) => peers.has(one.peer) && reached.some((visit) => sameEndpoint(visit.at, one.at)));
}

function nameOf(visit: VisitFact, heard: Picture['heard']): string {
  const nick = heard.find(({ at }) => at.address === visit.at.address)?.nick;
  return nick === undefined || nick === '' ? visit.at.address : shownLine(nick);
}

function span(aheadMs: number): string {
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  const text = minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
  return `${text} ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
}
