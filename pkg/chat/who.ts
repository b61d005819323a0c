import { foldNick } from '../identity/nick.ts';
import type { InputContext } from './input-action.ts';
import { shownLine } from './shown.ts';
import type { Person } from './snapshot.ts';

/** The nick, with the key tag where somebody else here could be mistaken for this person. */
export function shownName(person: Pick<Person, 'nick' | 'tag' | 'ambiguous'>): string {
  return shownLine(person.ambiguous ? `${person.nick}~${person.tag}` : person.nick);
}

/**
 * A line for each person here whose nick, tag, address or program contains `pattern`, whatever its capitals: all of
 * them when it is empty. By nick, safe to show.
 */
export function whoLines(pattern: string, { snapshot, timeOf }: InputContext): string[] {
  const wanted = foldNick(pattern);
  const matching = snapshot.people.filter((person) => matches(person, wanted));
  const heading = pattern === '' ? [`${matching.length === 1 ? 'only you are' : `${matching.length} are`} here:`] : [];
  if (matching.length === 0) return [];
  return [...heading, ...matching.map((person) => shownLine(facts(person, timeOf).join('   ')))];
}

function matches(person: Person, wanted: string): boolean {
  return [`${person.nick}~${person.tag}`, person.address ?? '', person.software].some((text) =>
    foldNick(text).includes(wanted),
  );
}

function facts(person: Person, timeOf: InputContext['timeOf']): string[] {
  const place = person.me ? 'you' : person.relayed ? 'through others' : (person.address ?? 'address unknown');
  const roundTrip = person.roundTripMs === undefined ? [] : [milliseconds(person.roundTripMs)];
  return [shownName(person), place, ...roundTrip, `since ${timeOf(person.since)}`, person.software];
}

/** `0.4 ms`, `31 ms`: under ten milliseconds one decimal matters, above it is only noise. */
export function milliseconds(spanMs: number): string {
  return `${spanMs < 10 ? spanMs.toFixed(1) : Math.round(spanMs)} ms`;
}
