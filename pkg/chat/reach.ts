/** What there is to know of the network and of those on it, as lines for a person; all of them safe to show. */
import { MULTICAST_GROUP_DEFAULT, MULTICAST_PORT_DEFAULT } from '../base/limits.ts';
import { grouped } from './grouped.ts';
import type { InputContext } from './input-action.ts';
import { closeLine } from './shown.ts';
import type { NetworkView, Person, Snapshot, Target } from './snapshot.ts';
import { agoText } from './span-text.ts';
import { milliseconds, shownName } from './who.ts';

type Card = NetworkView['interfaces'][number];

const GROUP_DEFAULT = `${MULTICAST_GROUP_DEFAULT}:${MULTICAST_PORT_DEFAULT}`;
const LOOPBACK = /^(?:127\.|::1$)/;
const IPV6_OF_ONE_CABLE = /^fe[89ab]|%/i;
/** Cards that programs make for themselves: nobody on the network reaches their addresses. */
const INNER_CARD = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxdbr|podman|cni)/i;
const GAP = '   ';

/** Each link, and who is present without one. */
export function peersLines({ snapshot, timeOf }: InputContext): string[] {
  const others = snapshot.people.filter(({ me }) => !me);
  const { network } = snapshot;
  const heading = `${peersText(snapshot)}${others.length > 0 ? ':' : '; /doctor finds out why'}`;
  const lines = others.map((person) => closeGaps(linkFacts(person, timeOf)));
  return [heading, ...lines, ...network.targets.map((target) => `asked for: ${targetText(target)}`)];
}

/** The places that were asked for, and what becomes of them. */
export function targetsLines({ snapshot }: InputContext): string[] {
  const { targets } = snapshot.network;
  const [first] = targets;
  if (first === undefined) return [];
  return [...targets.map(targetText), closeLine(`/connect -stop ${first.text} takes that one back`)];
}

/** The own side: who one is, where, and what is heard. */
export function statusLines({ snapshot, now }: InputContext): string[] {
  const { me, network, room } = snapshot;
  const rows: (readonly [string, string])[] = [
    ['name', `${me.nick}~${me.tag}`],
    ['peer id', me.peer],
    ['program', me.software],
    ['port', String(network.port)],
    ['group', network.group],
    ['cards', cardsText(network.interfaces)],
    ['peers', peersText(snapshot)],
    ['last heard', network.heardAt === undefined ? 'nothing yet' : agoText(now - network.heardAt)],
    ...network.targets.map((target) => ['asked for', targetText(target)] as const),
    ['history', historyText(room)],
  ];
  const width = Math.max(...rows.map(([what]) => what.length)) + 2;
  return rows.map(([what, text]) => `${what.padEnd(width)}${closeLine(text)}`);
}

/** What to tell somebody who does not find us, best first; empty where nobody else can reach this machine. */
export function addressLines({ network }: Pick<Snapshot, 'network'>): string[] {
  const { group, port } = network;
  const tellable = tellableCards(network.interfaces);
  if (tellable.length === 0) return [];
  const flag = group === GROUP_DEFAULT ? '' : ` -multicast ${group}`;
  const places = tellable.map(({ address }) => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`));
  return [
    'Whoever does not find you types one of these:',
    ...places.map((place) => `p2pchat -connect ${place}${flag}`),
    `or in a chat that runs already: /connect ${places[0]}`,
  ].map((line) => line.replace('one of these', places.length === 1 ? 'this' : 'one of these, the first best'));
}

/** How many are linked, present through others, and on their way. */
function peersText({ people, network }: Pick<Snapshot, 'people' | 'network'>): string {
  const { linked, relayed } = peerCounts(people);
  const parts = [
    linked > 0 ? `${linked} linked` : '',
    relayed > 0 ? `${relayed} through others` : '',
    network.unlinked > 0 ? `reaching ${network.unlinked}` : '',
  ].filter((part) => part !== '');
  return parts.join(', ') || 'nobody linked';
}

export function peerCounts(people: readonly Person[]): { readonly linked: number; readonly relayed: number } {
  const relayed = people.filter((person) => person.relayed).length;
  return { linked: people.filter(({ me }) => !me).length - relayed, relayed };
}

function linkFacts(person: Person, timeOf: InputContext['timeOf']): string[] {
  const { relayed, address, roundTripMs, linkedAt, since, lacks } = person;
  const way = relayed ? ['through others'] : ['direct', address ?? 'address unknown'];
  const roundTrip = roundTripMs === undefined ? [] : [milliseconds(roundTripMs)];
  return [shownName(person), ...way, ...roundTrip, `since ${timeOf(linkedAt ?? since)}`, ...syncFacts(relayed, lacks)];
}

function syncFacts(relayed: boolean, lacks: number | undefined): string[] {
  if (relayed) return [];
  if (lacks === undefined) return ['comparing'];
  if (lacks === 0) return ['in sync'];
  return [lacks > 0 ? `lacks ${grouped(lacks)} of ours` : `has ${grouped(-lacks)} that we lack`];
}

function targetText({ text, state, why }: Target): string {
  return closeLine(`${text} ${state}${why === undefined ? '' : ` (${why})`}`);
}

function cardsText(cards: readonly Card[]): string {
  return cards.map(({ name, address }) => `${name} ${address}`).join(', ') || 'none: this machine is on no network';
}

function historyText({ name, entries, catchingUp }: Snapshot['room']): string {
  const here = `${grouped(entries)} ${entries === 1 ? 'message' : 'messages'} in ${name}`;
  const missing = catchingUp === undefined ? 0 : catchingUp.known - catchingUp.held;
  return missing > 0 ? `${here}, ${grouped(missing)} to come` : here;
}

/** Loopback where there is nothing else: then it is for another chat on this machine. */
function tellableCards(cards: readonly Card[]): readonly Card[] {
  const distinct = [...new Map(cards.map((card) => [card.address, card])).values()];
  const reachable = distinct.filter(({ address }) => !IPV6_OF_ONE_CABLE.test(address));
  const outer = reachable.filter(({ address }) => !LOOPBACK.test(address));
  return (outer.length > 0 ? outer : reachable).toSorted((left, right) => rank(left) - rank(right));
}

function rank({ name, address }: Card): number {
  return (INNER_CARD.test(name) ? 2 : 0) + (address.includes(':') ? 1 : 0);
}

function closeGaps(facts: readonly string[]): string {
  return facts.map(closeLine).join(GAP);
}
