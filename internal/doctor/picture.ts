/** What follows from the facts at a glance: the words in which the rules are written. */
import { endpointText } from '../../pkg/wire/endpoint.ts';
import type { Way } from '../../pkg/wire/fields.ts';
import type { CardFact, Facts, HeardFact, VisitFact, WayFact } from './facts.ts';

export interface Picture {
  readonly facts: Facts;
  /** Cards in use that reach others, with an address. */
  readonly cards: readonly CardFact[];
  /** Nothing but the loopback is in use, by choice. */
  readonly loopbackOnly: boolean;
  /** Others of this version and network, heard on a card in use. */
  readonly heard: readonly HeardFact[];
  /** Others that could be reached. */
  readonly reached: readonly VisitFact[];
  /** Others that were tried in vain. */
  readonly unreached: readonly VisitFact[];
  /** The places that the person named, each with the visits to its addresses; oneself is none. */
  readonly named: readonly NamedPlace[];
  /** What `-interface` names and no card has. */
  readonly unknown: readonly string[];
  /** Others that told what they see of us. */
  readonly told: readonly VisitFact[];
  /** Our probes to everybody came to somebody. */
  readonly goesOut: boolean;
  /** Somebody's datagrams to everybody came here. */
  readonly comesIn: boolean;
  /** Probes by the ways to everybody on the cards in use. */
  readonly ways: readonly WayFact[];
}

/** A place as the person wrote it. */
interface NamedPlace {
  readonly text: string;
  readonly visits: readonly VisitFact[];
}

export function isToEverybody(way: Way): boolean {
  return way !== 'unicast';
}

export function look(facts: Facts): Picture {
  const inUse = facts.cards.filter(({ chosen, addresses }) => chosen && addresses.length > 0);
  const cards = inUse.filter(({ loopback }) => !loopback);
  const loopbackOnly = facts.wanted.length > 0 && cards.length === 0 && inUse.length > 0;
  const counts = ({ local }: { readonly local: boolean }) => loopbackOnly || !local;
  const heard = facts.heard.filter(
    (one) => counts(one) && one.chosen && one.version === facts.version && (one.group ?? facts.group) === facts.group,
  );
  const visits = facts.visits.filter((visit) => counts(visit) && visit.failure !== 'self');
  const reached = visits.filter(({ failure }) => failure === undefined);
  const told = reached.filter(({ visited }) => visited !== undefined && isOurs(visited, facts));
  const names = new Set((loopbackOnly ? inUse : cards).map(({ name }) => name));
  return {
    facts,
    cards,
    loopbackOnly,
    heard,
    reached,
    unreached: visits.filter(({ failure, otherCard }) => failure !== undefined && otherCard === undefined),
    named: namedPlaces(facts),
    unknown: facts.wanted.filter((want) => !facts.cards.some((card) => isNamed(card, want))),
    told,
    goesOut: told.some(({ visited }) => visited?.heard.some(isToEverybody)),
    comesIn: heard.some(({ ways }) => ways.some(isToEverybody)),
    ways: facts.ways.filter(({ card }) => names.has(card)),
  };
}

function namedPlaces({ visits }: Facts): NamedPlace[] {
  const places = new Map<string, VisitFact[]>();
  for (const visit of visits) {
    if (visit.source !== 'named' || visit.failure === 'self') continue;
    const text = visit.asked ?? endpointText(visit.at);
    places.set(text, [...(places.get(text) ?? []), visit]);
  }
  return [...places].map(([text, of]) => ({ text, visits: of }));
}

function isNamed({ name, addresses }: CardFact, want: string): boolean {
  return name === want || addresses.some(({ address }) => address === want || address.split('%')[0] === want);
}

/** Nobody knows an address of that name. */
export function isNameless(failure: string | undefined): boolean {
  return failure === 'ENOTFOUND' || failure === 'EAI_AGAIN';
}

export function isOurs(visited: { readonly version: number; readonly group: string }, facts: Facts): boolean {
  return visited.version === facts.version && visited.group === facts.group;
}
