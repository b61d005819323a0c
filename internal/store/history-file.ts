import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failureCode } from '../../pkg/base/machine-error.ts';
import { wallTime } from '../../pkg/base/units.ts';
import { makePrivateFolder, touchPrivateFile } from './private-file.ts';
import { migrate, SCHEMA_VERSION, schemaVersion } from './schema.ts';
import { isDamage, isForeign, sqliteReason } from './sqlite-failure.ts';
import { StoreError } from './store-error.ts';

export interface OpenedFile {
  readonly database: DatabaseSync;
  /** Where a damaged file was moved, for the person to be told of; undefined when all was well. */
  readonly setAside: string | undefined;
}

/**
 * Opens the history file and brings it up to date; a damaged one is moved to `history.corrupt-<n>.db` and a fresh one
 * begun. Opening reads the file's first pages and the heads of the feeds and never scans the runs, however many there
 * are. Damage among the runs shows when they are read: then `markDamaged` leaves a mark, and the next opening looks
 * through the whole file before it trusts it. Throws a `StoreError` for what a fresh file would not heal.
 */
export function openHistoryFile(path: string): OpenedFile {
  try {
    makePrivateFolder(dirname(path));
    touchPrivateFile(path);
  } catch (cause) {
    throw unavailable(path, `the system says ${failureCode(cause)}; check the permissions`, cause);
  }
  const suspect = existsSync(markPath(path));
  try {
    const database = openSound(path, suspect);
    if (suspect) rmSync(markPath(path), { force: true });
    return { database, setAside: undefined };
  } catch (cause) {
    if (!isDamage(cause) && !isForeign(cause) && !(cause instanceof NotSound)) throw unusable(path, cause);
  }
  const setAside = moveAside(path);
  try {
    touchPrivateFile(path);
    return { database: openSound(path, false), setAside };
  } catch (cause) {
    throw unusable(path, cause);
  }
}

/** Remembers that reading the file met damage, for the next opening. */
export function markDamaged(path: string): void {
  try {
    touchPrivateFile(markPath(path));
  } catch {
    // The disk that damages files may refuse this one too; the damage will be met again.
  }
}

/** A whole check of the file found damage. */
class NotSound extends Error {}

function openSound(path: string, suspect: boolean): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 1000');
    if (schemaVersion(database) > SCHEMA_VERSION) throw newer(path);
    migrate(database, wallTime(Date.now()));
    const check = database.prepare(suspect ? 'PRAGMA integrity_check(1)' : 'PRAGMA quick_check(feed)').get();
    const verdict = Object.values(check ?? {})[0];
    if (verdict !== 'ok') throw new NotSound(String(verdict));
    database.prepare('SELECT feed, first, last, first_clock, room, text, stored_at FROM run LIMIT 1').get();
    database.prepare('SELECT name, row, place FROM mark, proof, held LIMIT 1').get();
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

function moveAside(path: string): string {
  const stem = path.replace(/\.db$/, '');
  let count = 1;
  while (existsSync(`${stem}.corrupt-${count}.db`)) count += 1;
  const aside = `${stem}.corrupt-${count}.db`;
  try {
    for (const companion of ['', '-wal', '-shm']) {
      if (existsSync(path + companion)) renameSync(path + companion, aside + companion);
    }
    rmSync(markPath(path), { force: true });
  } catch (cause) {
    throw unavailable(path, `it is damaged and cannot be set aside (${failureCode(cause)}); move it away`, cause);
  }
  return aside;
}

function markPath(path: string): string {
  return `${path}.damaged`;
}

function newer(path: string): StoreError {
  return new StoreError('history-newer', `${path} was written by a newer p2pchat; install that version or a later one`);
}

function unusable(path: string, cause: unknown): StoreError {
  return cause instanceof StoreError ? cause : unavailable(path, sqliteReason(cause), cause);
}

function unavailable(path: string, reason: string, cause: unknown): StoreError {
  return new StoreError('history-unavailable', `cannot open the history ${path}: ${reason}`, cause);
}
