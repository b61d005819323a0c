import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { PRUNE_SLICE_RUNS } from '../../pkg/base/limits.ts';
import { numberOf, type Row, textOf } from './row.ts';
import type { Keep, Retention } from './settings.ts';
import { inTransaction } from './transaction.ts';

const DAY_MS = 86_400_000;
const MEGABYTE = 1_000_000;

interface Victim {
  readonly row: number;
  readonly feed: number;
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

/** Called before runs are deleted, with their texts. */
type Forget = (runs: readonly Victim[]) => void;

/**
 * Deletes what is no longer to be kept: always whole runs from the oldest end of a feed, so that what is left of it is
 * without a gap; the head of a feed stays. Throws what SQLite throws.
 */
export class Pruner {
  readonly #database: DatabaseSync;
  readonly #forget: Forget;
  readonly #rooms: StatementSync;
  readonly #agedFeeds: StatementSync;
  readonly #oldestOfFeed: StatementSync;
  readonly #oldestOfRoom: StatementSync;
  readonly #held: StatementSync;

  constructor(database: DatabaseSync, forget: Forget) {
    this.#database = database;
    this.#forget = forget;
    this.#rooms = database.prepare('SELECT DISTINCT room FROM feed');
    this.#agedFeeds = database.prepare(
      `SELECT feed.id FROM feed JOIN run ON run.feed = feed.id AND run.first = feed.base
       WHERE feed.room = ? AND run.stored_at < ? LIMIT ?`,
    );
    const columns = 'SELECT rowid AS row, feed, first, last, text, stored_at FROM run';
    this.#oldestOfFeed = database.prepare(`${columns} WHERE feed = ? ORDER BY first`);
    this.#oldestOfRoom = database.prepare(`${columns} WHERE room = ? ORDER BY first_clock`);
    this.#held = database.prepare(
      'SELECT sum(sequence - base + 1) AS entries, coalesce(sum(bytes), 0) AS bytes FROM feed WHERE room = ?',
    );
  }

  /** Deletes the next slice of what is too old or too much at the wall clock's `at`. Whether there was anything. */
  slice(retention: Retention, at: number): boolean {
    for (const found of this.#rooms.all()) {
      const room = textOf(found, 'room');
      const keep = retention[room] ?? retention['*'];
      if (keep === undefined) continue;
      const victims = [...this.#aged(room, keep, at), ...this.#surplus(room, keep)];
      if (victims.length === 0) continue;
      // What is too old may be what is too much.
      const once = new Map(victims.map((victim) => [victim.row, victim]));
      this.#delete([...once.values()]);
      return true;
    }
    return false;
  }

  /** By the time of storing: what an author says of the time proves nothing. */
  #aged(room: string, { days }: Keep, at: number): Victim[] {
    if (days === undefined) return [];
    const limit = at - days * DAY_MS;
    const victims: Victim[] = [];
    for (const { id } of this.#agedFeeds.all(room, limit, PRUNE_SLICE_RUNS)) {
      for (const row of this.#oldestOfFeed.iterate(id ?? null)) {
        if (numberOf(row, 'stored_at') >= limit || victims.length >= PRUNE_SLICE_RUNS) break;
        victims.push(victimOf(row));
      }
    }
    return victims;
  }

  /** The oldest in the room's order, each of which is the oldest of its feed. */
  #surplus(room: string, { entries, megabytes }: Keep): Victim[] {
    if (entries === undefined && megabytes === undefined) return [];
    if (megabytes !== undefined) this.#measure();
    const held = this.#held.get(room) ?? {};
    let tooMany = numberOf(held, 'entries') - (entries ?? Number.POSITIVE_INFINITY);
    let tooLarge = numberOf(held, 'bytes') - (megabytes ?? Number.POSITIVE_INFINITY) * MEGABYTE;
    const victims: Victim[] = [];
    if (tooMany <= 0 && tooLarge <= 0) return victims;
    for (const row of this.#oldestOfRoom.iterate(room)) {
      const victim = victimOf(row);
      const entriesOf = victim.last - victim.first + 1;
      const bytesOf = Buffer.byteLength(victim.text);
      // A run goes whole or stays: of entries as many as asked for are kept at least, of bytes at most.
      if ((tooMany < entriesOf && tooLarge <= 0) || victims.length >= PRUNE_SLICE_RUNS) break;
      victims.push(victim);
      tooMany -= entriesOf;
      tooLarge -= bytesOf;
    }
    return victims;
  }

  /** Feeds of a file of an earlier version are not measured yet: it is done once, and only where it is asked for. */
  #measure(): void {
    this.#database.exec(
      `UPDATE feed SET bytes = (SELECT coalesce(sum(octet_length(text)), 0) FROM run WHERE run.feed = feed.id)
       WHERE bytes IS NULL`,
    );
  }

  #delete(victims: readonly Victim[]): void {
    this.#forget(victims);
    inTransaction(this.#database, () => {
      // The number of a row is never used again, by which the index knows what it has.
      this.#database.exec('UPDATE mark SET row = max(row, (SELECT max(rowid) FROM run))');
      const remove = this.#database.prepare('DELETE FROM run WHERE rowid = ?');
      const move = this.#database.prepare('UPDATE feed SET base = max(base, ?), bytes = bytes - ? WHERE id = ?');
      for (const { row, feed, last, text } of victims) {
        remove.run(row);
        move.run(last + 1, Buffer.byteLength(text), feed);
      }
    });
  }
}

function victimOf(row: Row): Victim {
  return {
    row: numberOf(row, 'row'),
    feed: numberOf(row, 'feed'),
    first: numberOf(row, 'first'),
    last: numberOf(row, 'last'),
    text: textOf(row, 'text'),
  };
}
