/** Comings and goings in words. */
import { type Millis, millis } from '../base/units.ts';
import type { PeerId } from '../identity/peer-id.ts';
import { closeLine } from './shown.ts';
import type { Attendance, Notice } from './snapshot.ts';
import { spanText } from './span-text.ts';

/** One change of presence, as it happens. */
export type ComingOrGoing = Extract<Notice['what'], { readonly type: 'joined' | 'left' }>;

/** What several did at once: `bob, carol and dave` `joined`. */
export interface Clause {
  readonly people: readonly Pick<Attendance, 'peer' | 'nick'>[];
  /** What stands behind the names, safe to show. */
  readonly what: string;
  /** Whether these people are here after it. */
  readonly here: boolean;
}

/** What somebody did, with one more change; `awayMs` is how long the absence was that a coming ends. */
export function attended(before: Attendance | undefined, what: ComingOrGoing, awayMs: Millis = millis(0)): Attendance {
  const { peer, nick } = what;
  const { wasHere, leaves, ...last } = before ?? { wasHere: what.type === 'left', leaves: 0, ...NEVER };
  if (what.type === 'left') {
    return { peer, nick, wasHere, here: false, leaves: leaves + 1, awayMs: last.awayMs, reason: what.reason };
  }
  return { peer, nick, wasHere, here: true, leaves, awayMs, reason: last.reason };
}

/** Those who did the same together, in the order of the first of them. */
export function clauses(people: readonly Attendance[]): readonly Clause[] {
  const byWords = new Map<string, Attendance[]>();
  for (const person of people) {
    const words = attendanceText(person, false);
    const same = byWords.get(words);
    if (same === undefined) byWords.set(words, [person]);
    else same.push(person);
  }
  return [...byWords].map(([alone, same]) => {
    const [first] = same;
    const what = first === undefined || same.length === 1 ? alone : attendanceText(first, true);
    return { people: same, what, here: same.every(({ here }) => here) };
  });
}

/** `bob`, `bob and carol`, `bob, carol and dave`; past `max` names `bob, carol and 5 more`. The names are safe to show. */
export function listed(names: readonly string[], max = names.length): string {
  const shown = names.length <= max ? names.slice(0, -1) : names.slice(0, Math.max(1, max - 1));
  const last = names.length <= max ? (names.at(-1) ?? '') : `${names.length - shown.length} more`;
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** The names of a clause, where a label tells namesakes apart. */
export function namesOf({ people }: Clause, label: (nick: string, peer: PeerId) => string, max?: number): string {
  return listed(
    people.map(({ nick, peer }) => label(nick, peer)),
    max,
  );
}

function attendanceText({ wasHere, here, leaves, awayMs, reason }: Attendance, several: boolean): string {
  const is = several ? 'are' : 'is';
  const why = reason === '' ? '' : ` (${closeLine(reason)})`;
  if (leaves === 0) return 'joined';
  if (leaves === 1 && wasHere) return here ? `${several ? 'were' : 'was'} away for ${spanText(awayMs)}` : `left${why}`;
  if (leaves === 1 && !here) return `came and left${why}`;
  const times = leaves === 1 ? 'came and went' : `came and went ${leaves} times`;
  return here ? `${times}, ${is} here` : `${times}, ${is} gone${why}`;
}

const NEVER = { awayMs: millis(0), reason: '' };
