import type { DatabaseSync } from 'node:sqlite';

/** The steps that bring a history file up to date: step n leads from `user_version` n to n + 1. Only ever add. */
const MIGRATIONS: readonly string[] = [
  `
  -- The head of each feed, kept with its runs in one transaction: opening a profile reads these rows and no others.
  CREATE TABLE feed (
    id INTEGER PRIMARY KEY,
    room TEXT NOT NULL,
    author TEXT NOT NULL,
    -- Of the last entry stored; the hash is that of the last run.
    sequence INTEGER NOT NULL,
    clock INTEGER NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (room, author)
  ) STRICT;

  -- One row a run, as it travelled. Its author, prev, signature and hash can be had from the text.
  CREATE TABLE run (
    feed INTEGER NOT NULL,
    -- Sequence of the first and of the last entry, clock of the first: a page holds each run of which any entry is on it.
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    first_clock INTEGER NOT NULL,
    room TEXT NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (feed, first)
  ) STRICT;

  -- The one order of a room.
  CREATE INDEX run_in_order ON run (room, first_clock);
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** The version of the schema that a file has; 0 when it is new. */
export function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}

/** Runs the steps that are missing, each whole or not at all. */
export function migrate(database: DatabaseSync): void {
  for (let version = schemaVersion(database); version < SCHEMA_VERSION; version += 1) {
    database.exec(`BEGIN IMMEDIATE; ${MIGRATIONS[version] ?? ''}; PRAGMA user_version = ${version + 1}; COMMIT`);
  }
}
