import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LOCK_WAIT_MS } from '../../pkg/base/limits.ts';
import { makePrivateFolder, PRIVATE_FILE_MODE, touchPrivateFile } from './private-file.ts';
import { isBusy, isDamage, sqliteReason } from './sqlite-failure.ts';
import { StoreError } from './store-error.ts';

/** A profile held by this process until it is released or the process ends, however it ends. */
export interface Lock {
  release(): void;
}

/** A connection that nobody holds would be collected, and its lock with it. */
const HELD = new Set<DatabaseSync>();

/**
 * Takes a profile's lock: an exclusive transaction on a small SQLite file, which the operating system gives back the
 * moment its holder is gone, `kill -9` included. So it never goes stale, and no two processes can win a race for it as
 * with a file that holds a process id. `name` is what the message calls the profile. Blocks up to `LOCK_WAIT_MS` for a holder that is just leaving. Throws a
 * `StoreError`.
 */
export function lockProfile(folder: string, name: string): Lock {
  const path = join(folder, 'lock.db');
  let database: DatabaseSync | undefined;
  try {
    makePrivateFolder(folder);
    touchPrivateFile(path);
    database = holdMended(path);
    noteHolder(folder);
  } catch (cause) {
    database?.close();
    throw isBusy(cause) ? alreadyRunning(folder, name, cause) : lockUnavailable(path, cause);
  }
  const held = database;
  HELD.add(held);
  return {
    release: () => {
      if (HELD.delete(held)) held.close();
    },
  };
}

/**
 * Holds the file, a damaged one after emptying it: there is nothing in it to lose. It stays the same file, so that of
 * several processes that find it damaged, whoever empties it last takes no lock from one that has it already: locks lie
 * on the file, not on what is in it. While somebody holds it, it is busy and not damaged, whatever is in it.
 */
function holdMended(path: string): DatabaseSync {
  try {
    return hold(path);
  } catch (cause) {
    if (!isDamage(cause)) throw cause;
    truncateSync(path);
    return hold(path);
  }
}

function hold(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${LOCK_WAIT_MS}; BEGIN EXCLUSIVE`);
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

/** For the message only: the lock does not depend on it. */
function noteHolder(folder: string): void {
  writeFileSync(holderPath(folder), `${process.pid}\n`, { mode: PRIVATE_FILE_MODE });
}

function alreadyRunning(folder: string, name: string, cause: unknown): StoreError {
  const text = `${name} is already running here, as ${holder(folder)}`;
  return new StoreError('already-running', `${text}; leave there first, or start with another -username`, cause);
}

function holder(folder: string): string {
  try {
    const pid = Number.parseInt(readFileSync(holderPath(folder), 'utf8'), 10);
    return Number.isSafeInteger(pid) ? `process ${pid}` : 'another process';
  } catch {
    return 'another process';
  }
}

function lockUnavailable(path: string, cause: unknown): StoreError {
  return new StoreError('lock-unavailable', `cannot lock the profile with ${path}: ${sqliteReason(cause)}`, cause);
}

function holderPath(folder: string): string {
  return join(folder, 'lock.pid');
}
