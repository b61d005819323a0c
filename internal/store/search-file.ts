import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { touchPrivateFile } from './private-file.ts';

/** Rises whenever the same text would be indexed otherwise: an index of another version is made anew. */
const SEARCH_VERSION = 1;

const TABLES = `
  -- Which history this is the index of, and up to which row of its runs.
  CREATE TABLE progress (history TEXT NOT NULL, row INTEGER NOT NULL) STRICT;
  -- One row an entry, numbered as said.ts says. The texts themselves are in the history alone.
  CREATE VIRTUAL TABLE said USING fts5 (
    text, content = '', contentless_delete = 1, prefix = '2 3', tokenize = "unicode61 remove_diacritics 2"
  );
`;

/**
 * Opens the index of a history, or begins one where there is none that fits. All in it can be made again from the
 * history, so that nothing waits for the disk and a crash may take the newest of it. Throws what SQLite throws.
 */
export function openSearchFile(path: string, history: string): DatabaseSync {
  try {
    const database = openFitting(path, history);
    if (database !== undefined) return database;
  } catch {
    // Whatever it is: what stands in the way of a new one too will show.
  }
  removeSearchFile(path);
  const database = prepared(path);
  database.exec(`BEGIN; ${TABLES} PRAGMA user_version = ${SEARCH_VERSION}; COMMIT`);
  database.prepare('INSERT INTO progress (history, row) VALUES (?, 0)').run(history);
  return database;
}

/** No connection may be open to it. */
export function removeSearchFile(path: string): void {
  for (const companion of ['', '-wal', '-shm']) rmSync(path + companion, { force: true });
}

function openFitting(path: string, history: string): DatabaseSync | undefined {
  const database = prepared(path);
  try {
    const version = database.prepare('PRAGMA user_version').get()?.['user_version'];
    if (version === SEARCH_VERSION) {
      const of = database.prepare('SELECT history FROM progress').get()?.['history'];
      if (of === history) return database;
    }
  } catch (cause) {
    database.close();
    throw cause;
  }
  database.close();
  return undefined;
}

function prepared(path: string): DatabaseSync {
  touchPrivateFile(path);
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 1000');
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}
