/**
 * Entries as the full-text index numbers them: in the order of their room as far as it goes, so that the newest matches
 * are read off its end. A number holds all that is needed to find the entry again, and keeps 64 bits.
 */
import { assert } from '../../pkg/base/assert.ts';
import { SEQUENCE_MAX } from '../../pkg/base/limits.ts';

/** An entry that can be searched for. */
export interface Said {
  readonly id: bigint;
  readonly author: string;
  readonly sequence: number;
  readonly clock: number;
  readonly content: string;
}

/** Where an entry stands in the history: its feed's row there, and its clock or its sequence. */
export type SaidPlace =
  | { readonly feed: number; readonly clock: number }
  | { readonly feed: number; readonly sequence: number };

const FEED_BITS = 20n;
const FEED_ROWS_MAX = 2 ** 20;
/** Clocks from here on, which nobody reaches but on purpose, come last of all and by their sequence. */
const CLOCK_ORDERED_MAX = 2 ** 42;
const BEYOND = 1n << 62n;

/** The entries of a run of the feed in row `feed`. A line that is none any more is passed over. */
export function saidIn(feed: number, text: string): Said[] {
  if (feed >= FEED_ROWS_MAX) return [];
  return text.split('\n').flatMap((line) => {
    const { author, sequence, clock, content } = fieldsOf(line);
    if (typeof author !== 'string' || typeof content !== 'string') return [];
    if (typeof sequence !== 'number' || typeof clock !== 'number' || sequence > SEQUENCE_MAX) return [];
    return [{ id: saidId({ feed, clock, sequence }), author, sequence, clock, content }];
  });
}

function saidId({ feed, clock, sequence }: { feed: number; clock: number; sequence: number }): bigint {
  const low = BigInt(feed);
  if (clock < CLOCK_ORDERED_MAX) return (BigInt(clock) << FEED_BITS) | low;
  assert(sequence < CLOCK_ORDERED_MAX, 'a sequence, which rises by one, that does not fit');
  return BEYOND | (BigInt(sequence) << FEED_BITS) | low;
}

export function saidPlace(id: bigint): SaidPlace {
  const feed = Number(BigInt.asUintN(Number(FEED_BITS), id));
  const count = Number((id & ~BEYOND) >> FEED_BITS);
  return id < BEYOND ? { feed, clock: count } : { feed, sequence: count };
}

/** The newest first: by clock, then by author. */
export function byNewest(left: Said, right: Said): number {
  return right.clock - left.clock || (left.author < right.author ? 1 : -1);
}

function fieldsOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
