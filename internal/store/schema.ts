import type { DatabaseSync } from 'node:sqlite';
import type { WallTime } from '../../pkg/base/units.ts';

/**
 * The steps that bring a history file up to date: step n leads from `user_version` n to n + 1. Only ever add. `at` is now, by
 * the wall clock.
 */
const MIGRATIONS: readonly ((at: WallTime) => string)[] = [
  () => `
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
  (at) => `
  -- Sequence of the first entry that is still here; past the last one where none is.
  ALTER TABLE feed ADD COLUMN base INTEGER NOT NULL DEFAULT 1;
  -- Of the runs that are here, in UTF-8; not known of feeds from before this column, until somebody asks.
  ALTER TABLE feed ADD COLUMN bytes INTEGER;

  -- By this machine's wall clock, in milliseconds since 1970. What was here before this column counts as stored now.
  ALTER TABLE run ADD COLUMN stored_at INTEGER NOT NULL DEFAULT ${at};

  -- Two runs that an author signed for one place of a feed.
  CREATE TABLE proof (
    room TEXT NOT NULL,
    author TEXT NOT NULL,
    one TEXT NOT NULL,
    other TEXT NOT NULL,
    UNIQUE (room, author)
  ) STRICT;

  -- One row: what tells this file from others, and a number of a run's row that was used, none lower being used again.
  CREATE TABLE mark (name TEXT NOT NULL, row INTEGER NOT NULL) STRICT;
  INSERT INTO mark VALUES (lower(hex(randomblob(16))), 0);
  `,
  () => `
  -- Own messages that wait for their run, in the order of their places; each leaves with the run that says it.
  CREATE TABLE held (
    room TEXT NOT NULL,
    place INTEGER NOT NULL,
    sender TEXT NOT NULL,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    -- The wall clock when it was said, in milliseconds since 1970.
    said_at INTEGER NOT NULL,
    UNIQUE (room, place)
  ) STRICT;
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** The version of the schema that a file has; 0 when it is new. */
export function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}

/** Runs the steps that are missing, each whole or not at all. */
export function migrate(database: DatabaseSync, at: WallTime): void {
  for (let version = schemaVersion(database); version < SCHEMA_VERSION; version += 1) {
    const step = MIGRATIONS[version]?.(at) ?? '';
    database.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${version + 1}; COMMIT`);
  }
}
