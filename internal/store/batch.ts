import type { Run } from '../../pkg/wire/entry.ts';
import type { RunHash } from '../../pkg/wire/fields.ts';

/** What is needed of a run to store it. */
export interface RunToStore {
  readonly run: Pick<Run, 'room' | 'author' | 'first' | 'last' | 'firstClock' | 'clock' | 'prev' | 'text'>;
  readonly hash: RunHash;
  /** It does not follow on what is stored of its feed: nobody has what is between any more. */
  readonly leaps?: boolean;
  /** It says what is held of its room up to this place: that is forgotten with the storing. 0 for nothing. */
  readonly releases?: number;
}

/** What became of a batch. `why` says what the person can do. */
export type StoreOutcome = { readonly type: 'stored' } | { readonly type: 'store-failed'; readonly why: string };

/** The end of what is stored of a feed; its hash is that of the last run. */
export interface FeedEnd {
  readonly sequence: number;
  readonly clock: number;
  readonly hash: string;
}

/** The end of a feed of which nothing is stored. */
export const NOTHING_SAID: FeedEnd = { sequence: 0, clock: 0, hash: '' };

/** Where a batch leads a feed; `base` where it goes on behind a gap. */
export type Advance =
  | { readonly type: 'advance'; readonly end: FeedEnd; readonly base: number | undefined }
  | Extract<StoreOutcome, { readonly type: 'store-failed' }>;

/** Checks that all runs of a batch continue one feed that ends at `end`. */
export function advance(batch: readonly RunToStore[], end: FeedEnd): Advance {
  const start = batch[0]?.run;
  let base: number | undefined;
  let at = end;
  for (const { run, hash, leaps = false } of batch) {
    const follows = leaps ? run.first > at.sequence : run.first === at.sequence + 1 && run.prev === at.hash;
    if (leaps) base = run.first;
    if (run.room !== start?.room || run.author !== start.author || !follows || run.firstClock <= at.clock) {
      const why = `run ${run.first} of ${run.author} in ${run.room} does not continue ${at.sequence}`;
      return { type: 'store-failed', why: `p2pchat has a bug: ${why}; please report it` };
    }
    at = { sequence: run.last, clock: run.clock, hash };
  }
  return { type: 'advance', end: at, base };
}
