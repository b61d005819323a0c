import { existsSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { LOAD_BYTES_MAX } from '../../pkg/base/limits.ts';
import { isPeerId, type PeerId } from '../../pkg/identity/peer-id.ts';
import { isRoomName, type RoomName } from '../../pkg/identity/room-name.ts';
import { numberOf, textOf } from './row.ts';
import { SCHEMA_VERSION, schemaVersion } from './schema.ts';
import { sqliteReason } from './sqlite-failure.ts';
import { StoreError } from './store-error.ts';

/** A feed as it stood when it was asked for. */
export interface KeptFeed {
  readonly id: number;
  readonly room: RoomName;
  readonly author: PeerId;
  /** Of the last entry. */
  readonly sequence: number;
}

export interface KeptRun {
  readonly first: number;
  readonly last: number;
  /** The lines as they travelled, parted by line feeds, without one at the end. */
  readonly text: string;
}

/**
 * Reads a history file and changes nothing of it: it is not mended, brought up to date or begun. The chat of the same
 * profile may run meanwhile; each call is a reading of its own, so that however slowly somebody takes what is read, the
 * chat's file does not grow for it. Calls block and throw `StoreError`s.
 */
export class HistoryReader {
  readonly #database: DatabaseSync;
  readonly #runs: StatementSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
    this.#runs = database.prepare(
      'SELECT first, last, text FROM run WHERE feed = ? AND first > ? AND last <= ? ORDER BY first',
    );
  }

  /** Undefined where no history was begun yet. */
  static open(path: string): HistoryReader | undefined {
    if (!existsSync(path)) return undefined;
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path, { readOnly: true });
      database.exec('PRAGMA busy_timeout = 1000');
      const version = schemaVersion(database);
      if (version > SCHEMA_VERSION) throw newer(path);
      if (version > 0) return new HistoryReader(database);
      database.close();
      return undefined;
    } catch (cause) {
      database?.close();
      if (cause instanceof StoreError) throw cause;
      throw new StoreError('history-unavailable', `cannot open the history ${path}: ${sqliteReason(cause)}`, cause);
    }
  }

  /** All feeds, by room, then author, each in the order of its bytes. */
  feeds(): KeptFeed[] {
    return reading(() =>
      this.#database
        .prepare('SELECT id, room, author, sequence FROM feed ORDER BY room, author')
        .all()
        .flatMap((row) => {
          const room = textOf(row, 'room');
          const author = textOf(row, 'author');
          if (!isRoomName(room) || !isPeerId(author)) return [];
          return [{ id: numberOf(row, 'id'), room, author, sequence: numberOf(row, 'sequence') }];
        }),
    );
  }

  /** The runs of a feed behind `after` up to its end, lowest first: about `LOAD_BYTES_MAX` bytes, none at the end. */
  runs({ id, sequence }: KeptFeed, after: number): KeptRun[] {
    return reading(() => {
      const runs: KeptRun[] = [];
      let chars = 0;
      for (const row of this.#runs.iterate(id, after, sequence)) {
        const run = { first: numberOf(row, 'first'), last: numberOf(row, 'last'), text: textOf(row, 'text') };
        runs.push(run);
        chars += run.text.length;
        if (chars >= LOAD_BYTES_MAX) break;
      }
      return runs;
    });
  }

  /** Nothing may be called after it. */
  close(): void {
    this.#database.close();
  }
}

function reading<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    throw new StoreError('history-unreadable', `cannot read the history: ${sqliteReason(cause)}`, cause);
  }
}

function newer(path: string): StoreError {
  return new StoreError('history-newer', `${path} was written by a newer p2pchat; install that version or a later one`);
}
