import { DatabaseSync } from 'node:sqlite';
import type { HashedRun } from '../../pkg/feed/feed.ts';

/** A history file as the first version wrote it, holding whole feeds. */
export function writeVersionOne(path: string, feeds: readonly (readonly HashedRun[])[]): void {
  const database = new DatabaseSync(path);
  database.exec(`
    CREATE TABLE feed (
      id INTEGER PRIMARY KEY, room TEXT NOT NULL, author TEXT NOT NULL,
      sequence INTEGER NOT NULL, clock INTEGER NOT NULL, hash TEXT NOT NULL, UNIQUE (room, author)
    ) STRICT;
    CREATE TABLE run (
      feed INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, first_clock INTEGER NOT NULL,
      room TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (feed, first)
    ) STRICT;
    CREATE INDEX run_in_order ON run (room, first_clock);
    PRAGMA user_version = 1;
  `);
  const addFeed = database.prepare('INSERT INTO feed VALUES (?, ?, ?, ?, ?, ?)');
  const addRun = database.prepare('INSERT INTO run VALUES (?, ?, ?, ?, ?, ?)');
  for (const [place, runs] of feeds.entries()) {
    const end = runs.at(-1);
    if (end === undefined) continue;
    const { room, author, last, clock } = end.run;
    addFeed.run(place + 1, room, author, last, clock, end.hash);
    for (const { run } of runs) addRun.run(place + 1, run.first, run.last, run.firstClock, room, run.text);
  }
  database.close();
}
