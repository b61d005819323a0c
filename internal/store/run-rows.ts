import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RoomName } from '../../pkg/identity/room-name.ts';
import type { StoredRun } from '../../pkg/peer/input.ts';
import { numberOf, storedRunOf, textOf } from './row.ts';
import type { SaidPlace } from './said.ts';

/** A run by its row, whose number rises with each run stored and is never used again. */
export interface RunRow {
  readonly row: number;
  /** The row of its feed. */
  readonly feed: number;
  readonly text: string;
}

/** The runs of a history as the full-text index sees them. Throws what SQLite throws. */
export class RunRows {
  readonly #after: StatementSync;
  readonly #feedsOf: StatementSync;
  readonly #ends: StatementSync;
  readonly #upTo: StatementSync;
  readonly #firstClock: StatementSync;

  constructor(database: DatabaseSync) {
    this.#after = database.prepare('SELECT rowid AS row, feed, text FROM run WHERE rowid > ? ORDER BY rowid');
    this.#feedsOf = database.prepare('SELECT id FROM feed WHERE room = ?');
    this.#ends = database.prepare('SELECT base, sequence FROM feed WHERE id = ?');
    const upTo = 'FROM run WHERE feed = ? AND first <= ? ORDER BY first DESC LIMIT 1';
    this.#upTo = database.prepare(`SELECT first, last, text ${upTo}`);
    this.#firstClock = database.prepare(`SELECT first, last, first_clock ${upTo}`);
  }

  /** The runs behind a row, in the order of storing: about `bytesMax` bytes of them, but at least one. */
  after(row: number, bytesMax: number): RunRow[] {
    const runs: RunRow[] = [];
    let bytes = 0;
    for (const found of this.#after.iterate(row)) {
      const run = { row: numberOf(found, 'row'), feed: numberOf(found, 'feed'), text: textOf(found, 'text') };
      bytes += run.text.length;
      if (runs.length > 0 && bytes > bytesMax) break;
      runs.push(run);
    }
    return runs;
  }

  feedsOf(room: RoomName): number[] {
    return this.#feedsOf.all(room).map((row) => numberOf(row, 'id'));
  }

  /** The run that holds an entry, or undefined when it is gone. */
  holding(place: SaidPlace): StoredRun | undefined {
    const sequence = 'sequence' in place ? place.sequence : this.#sequenceAt(place.feed, place.clock);
    const row = this.#upTo.get(place.feed, sequence);
    return row === undefined ? undefined : storedRunOf(row);
  }

  /** A sequence in the last run of a feed that begins at `clock` or before. Clocks and sequences rise together. */
  #sequenceAt(feed: number, clock: number): number {
    const ends = this.#ends.get(feed);
    if (ends === undefined) return 0;
    let found = 0;
    let from = numberOf(ends, 'base');
    let to = numberOf(ends, 'sequence');
    while (from <= to) {
      const row = this.#firstClock.get(feed, from + Math.floor((to - from) / 2));
      if (row === undefined) return found;
      if (numberOf(row, 'first_clock') > clock) {
        to = numberOf(row, 'first') - 1;
      } else {
        found = numberOf(row, 'first');
        from = numberOf(row, 'last') + 1;
      }
    }
    return found;
  }
}
