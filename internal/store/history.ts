import { dirname, join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '../../pkg/base/assert.ts';
import { LOAD_BYTES_MAX, RUN_BYTES_MAX, RUN_ENTRIES_MAX, TIMELINE_PAGE_RUNS } from '../../pkg/base/limits.ts';
import { type WallTime, wallTime } from '../../pkg/base/units.ts';
import type { HeldMessage, StoredHead } from '../../pkg/feed/feeds-out.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { RoomName } from '../../pkg/identity/room-name.ts';
import type { StoredRun } from '../../pkg/peer/input.ts';
import { utf8Bytes } from '../../pkg/wire/lines.ts';
import { advance, NOTHING_SAID, type RunToStore, type StoreOutcome } from './batch.ts';
import { endOf, type FeedFork, headOf } from './feed-rows.ts';
import { HeldRows } from './held-rows.ts';
import { markDamaged, openHistoryFile } from './history-file.ts';
import { Pruner } from './pruner.ts';
import { numberOf, storedRunOf, textOf } from './row.ts';
import { RunRows } from './run-rows.ts';
import { type Hit, Search, type SearchQuestion } from './search.ts';
import type { Retention } from './settings.ts';
import { isDamage, sqliteReason } from './sqlite-failure.ts';
import { StoreError } from './store-error.ts';
import { inTransaction } from './transaction.ts';

export interface Range {
  readonly room: RoomName;
  readonly author: PeerId;
  /** Sequences, both included. */
  readonly from: number;
  readonly to: number;
}

/** Runs of a feed, lowest first; `more` when the range goes on beyond them. */
export interface LoadedRuns {
  readonly runs: readonly StoredRun[];
  readonly more: boolean;
}

/** Runs of a room, lowest first, and the clock from which on the page lacks nothing; 0 when nothing is below it. */
export interface Page {
  readonly runs: readonly StoredRun[];
  readonly floor: number;
}

/** Bytes past which a page takes no more runs that share a clock. */
const PAGE_BYTES_MAX = TIMELINE_PAGE_RUNS * RUN_BYTES_MAX;

/**
 * All runs of a profile, in one SQLite file. What `store` calls stored has reached the disk (WAL with synchronous =
 * FULL) and survives a crash of the machine. Calls block; one at a time, from one thread.
 */
export class History {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #feed: StatementSync;
  readonly #beginFeed: StatementSync;
  readonly #moveFeed: StatementSync;
  readonly #addRun: StatementSync;
  readonly #range: StatementSync;
  readonly #page: StatementSync;
  readonly #reachingOver: StatementSync;
  readonly #held: HeldRows;
  readonly #search: Search;
  readonly #pruner: Pruner;
  /** The row of the next run. No number is used twice, so that the index knows by a row what it has. */
  #nextRow: number;

  private constructor(path: string, database: DatabaseSync) {
    this.#path = path;
    this.#database = database;
    const mark = database
      .prepare('SELECT name, max(row, coalesce((SELECT max(rowid) FROM run), 0)) AS row FROM mark')
      .get();
    assert(mark !== undefined, 'a history without its mark');
    this.#nextRow = numberOf(mark, 'row') + 1;
    const searched = { name: textOf(mark, 'name'), lastRow: () => this.#nextRow - 1 };
    this.#search = new Search(join(dirname(path), 'search.db'), searched, new RunRows(database));
    this.#held = new HeldRows(database);
    this.#pruner = new Pruner(database, (runs) => this.#forget(runs));
    this.#feed = database.prepare('SELECT id, sequence, clock, hash FROM feed WHERE room = ? AND author = ?');
    this.#beginFeed = database.prepare(
      `INSERT INTO feed (room, author, sequence, clock, hash, bytes) VALUES (?, ?, 0, 0, '', 0)`,
    );
    this.#moveFeed = database.prepare(
      'UPDATE feed SET sequence = ?, clock = ?, hash = ?, bytes = bytes + ?, base = coalesce(?, base) WHERE id = ?',
    );
    this.#addRun = database.prepare(
      'INSERT INTO run (rowid, feed, first, last, first_clock, room, text, stored_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#range = database.prepare(
      `SELECT first, last, text FROM run WHERE feed = :feed AND last >= :from AND first <= :to
         AND first >= coalesce((SELECT max(first) FROM run WHERE feed = :feed AND first <= :from), 0)
       ORDER BY first`,
    );
    this.#page = database.prepare(
      `SELECT run.first, run.last, run.first_clock, run.text, feed.author FROM run JOIN feed ON feed.id = run.feed
       WHERE run.room = ? AND run.first_clock < ? ORDER BY run.first_clock DESC`,
    );
    // The clock rises by one within a run, as whoever writes one does it.
    this.#reachingOver = database.prepare(
      `SELECT first, last, text FROM run WHERE room = :room AND first_clock < :floor AND first_clock > :floor - :span
         AND first_clock + last - first >= :floor ORDER BY first_clock`,
    );
  }

  /**
   * Opens or begins the file. `setAside` says where a damaged one was moved, for the person to be told. Throws a
   * `StoreError` when there is no history to be had.
   */
  static open(path: string): { readonly history: History; readonly setAside: string | undefined } {
    const { database, setAside } = openHistoryFile(path);
    return { history: new History(path, database), setAside };
  }

  /** The head of every feed. Takes time by the number of feeds, not of runs. */
  heads(): StoredHead[] {
    const heads = `SELECT room, author, sequence, clock, hash, base, one, other FROM feed LEFT JOIN proof USING (room, author)`;
    return this.#reading(() => this.#database.prepare(heads).all().map(headOf));
  }

  /** What was held and neither stored in a run nor let go of, each room's lowest place first. Throws a `StoreError`. */
  outbox(): HeldMessage[] {
    return this.#reading(() => this.#held.all());
  }

  /** Holds all of the messages or none, which survive a crash of the machine then. Throws a `StoreError`. */
  hold(messages: readonly HeldMessage[]): void {
    this.#changing(() => {
      inTransaction(this.#database, () => {
        for (const message of messages) this.#held.add(message);
      });
    });
  }

  /** Forgets what is held of a room up to a place. Throws a `StoreError`. */
  letGo(room: RoomName, upTo: number): void {
    this.#changing(() => this.#held.release(room, upTo));
  }

  /**
   * Stores batches, each of runs that continue one feed, in one transaction where that works. A batch is stored whole
   * or not at all, and one that fails takes no other with it: unless the other continues it. Outcomes are in the order
   * of the batches. `at` is now, by the wall clock, from which retention counts.
   */
  store(batches: readonly (readonly RunToStore[])[], at: WallTime = wallTime(Date.now())): readonly StoreOutcome[] {
    try {
      return inTransaction(this.#database, () => batches.map((batch) => this.#append(batch, at)));
    } catch (cause) {
      this.#note(cause);
      if (batches.length > 1) return batches.flatMap((batch) => this.store([batch], at));
      return batches.map(() => ({ type: 'store-failed', why: sqliteReason(cause) }));
    }
  }

  /** A feed's runs that overlap the range, at most `LOAD_BYTES_MAX` bytes of them but at least one. */
  load({ room, author, from, to }: Range): LoadedRuns {
    return this.#reading(() => {
      const feed = this.#feed.get(room, author);
      const runs: StoredRun[] = [];
      let bytes = 0;
      if (feed === undefined) return { runs, more: false };
      for (const row of this.#range.iterate({ feed: numberOf(feed, 'id'), from, to })) {
        const run = storedRunOf(row);
        bytes += utf8Bytes(run.text);
        if (runs.length > 0 && bytes > LOAD_BYTES_MAX) return { runs, more: true };
        runs.push(run);
      }
      return { runs, more: false };
    });
  }

  /**
   * The newest `TIMELINE_PAGE_RUNS` runs of a room whose first clock is below `before`, by clock, then author. Runs
   * that share the lowest first clock all come along, and those that begin below it and reach over it.
   */
  page({ room, before }: { readonly room: RoomName; readonly before: number }): Page {
    return this.#reading(() => {
      const found: { readonly run: StoredRun; readonly clock: number; readonly author: string }[] = [];
      let bytes = 0;
      let floor = 0;
      for (const row of this.#page.iterate(room, before)) {
        const clock = numberOf(row, 'first_clock');
        const lowest = found.at(-1)?.clock;
        const full = found.length >= TIMELINE_PAGE_RUNS && lowest !== undefined;
        if (full && (clock !== lowest || bytes > PAGE_BYTES_MAX)) {
          floor = lowest;
          break;
        }
        const run = storedRunOf(row);
        bytes += utf8Bytes(run.text);
        found.push({ run, clock, author: textOf(row, 'author') });
      }
      found.sort((left, right) => left.clock - right.clock || (left.author < right.author ? -1 : 1));
      const reaching =
        floor === 0 ? [] : this.#reachingOver.all({ room, floor, span: RUN_ENTRIES_MAX }).map(storedRunOf);
      return { runs: [...reaching, ...found.map(({ run }) => run)], floor };
    });
  }

  /**
   * Keeps the proof that an author has forked a feed; the first one counts. Throws a `StoreError` when it cannot be kept.
   */
  keepFork({ room, author, proof: [one, other] }: FeedFork): void {
    this.#changing(() => {
      if (this.#feed.get(room, author) === undefined) this.#beginFeed.run(room, author);
      const keep = 'INSERT OR IGNORE INTO proof (room, author, one, other) VALUES (?, ?, ?, ?)';
      this.#database.prepare(keep).run(room, author, one, other);
    });
  }

  /**
   * The entries of a room that contain all the words of a text, newest first, at most `limit`. Finds what is in the index.
   * Throws a `StoreError`.
   */
  search(question: SearchQuestion): readonly Hit[] {
    return this.#reading(() => this.#search.find(question));
  }

  /** Brings a slice of what was stored into the full-text index. Whether there was any. Throws a `StoreError`. */
  index(): boolean {
    return this.#changing(() => this.#search.follow());
  }

  /** Deletes a slice of what is not to be kept at `at`. Whether there was any. Throws a `StoreError`. */
  prune(retention: Retention, at: WallTime = wallTime(Date.now())): boolean {
    return this.#changing(() => this.#pruner.slice(retention, at));
  }

  /** Nothing may be called after it. */
  close(): void {
    this.#search.close();
    this.#database.close();
  }

  /** Checks the whole batch before it writes anything. */
  #append(batch: readonly RunToStore[], at: WallTime): StoreOutcome {
    const start = batch[0]?.run;
    if (start === undefined) return { type: 'stored' };
    const { room, author } = start;
    const row = this.#feed.get(room, author);
    const to = advance(batch, row === undefined ? NOTHING_SAID : endOf(row));
    if (to.type === 'store-failed') return to;
    const feed = row === undefined ? Number(this.#beginFeed.run(room, author).lastInsertRowid) : numberOf(row, 'id');
    let bytes = 0;
    for (const { run, releases = 0 } of batch) {
      const { first, last, firstClock, text } = run;
      if (releases > 0) this.#held.release(room, releases);
      this.#addRun.run(this.#nextRow, feed, first, last, firstClock, room, text, at);
      this.#nextRow += 1;
      bytes += Buffer.byteLength(text);
    }
    const { end, base } = to;
    this.#moveFeed.run(end.sequence, end.clock, end.hash, bytes, base ?? null, feed);
    return { type: 'stored' };
  }

  /** An index that cannot be written keeps nothing from being deleted: what it names in vain is passed over. */
  #forget(runs: Parameters<Search['forget']>[0]): void {
    try {
      this.#search.forget(runs);
    } catch (cause) {
      this.#note(cause);
    }
  }

  #changing<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (cause) {
      this.#note(cause);
      throw new StoreError('history-unwritable', `cannot write the history: ${sqliteReason(cause)}`, cause);
    }
  }

  #reading<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (cause) {
      this.#note(cause);
      throw new StoreError('history-unreadable', `cannot read the history: ${sqliteReason(cause)}`, cause);
    }
  }

  #note(cause: unknown): void {
    if (isDamage(cause)) markDamaged(this.#path);
  }
}
