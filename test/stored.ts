/** What chats have on disk, which is how tests judge whether they have converged. */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { findFolders } from '../internal/store/folders.ts';
import type { Entry, Run } from '../pkg/wire/entry.ts';
import { parseRun } from '../pkg/wire/run.ts';

/** Whose history it is: a process, running or ended, or what is left of one. */
export interface Owner {
  readonly name: string;
  /** The folder in which it keeps everything. */
  readonly home: string;
}

/** Between two looks at the disks. */
const LOOK_MS = 50;

/**
 * Everything that one has stored, in the one order: by clock, then by author. Reads the file beside the process that
 * writes it. Throws when it is no history: a run that cannot be read, or a feed with a gap or a broken chain.
 */
function storedRuns(owner: Owner): Run[] {
  const runs = reading(owner, (database) => texts(database).map((text) => runOf(owner, text)));
  checkFeeds(owner, runs);
  return runs.sort((left, right) => left.firstClock - right.firstClock || (left.author < right.author ? -1 : 1));
}

/**
 * Waits until all of these have stored the same, byte for byte, and in it every text of `said`, and returns it in the
 * one order. Each text of `said` must be a message of its own. Rejects with who lacks what when that takes too long,
 * and with the text when one is there twice.
 */
export async function allStoreTheSame(
  owners: readonly Owner[],
  said: readonly string[],
  timeoutMs = 30_000,
): Promise<Entry[]> {
  const givenUpAt = performance.now() + timeoutMs;
  while (!agree(owners) || !hasAll(owners[0], said)) {
    if (performance.now() > givenUpAt) throw new Error(`not the same after ${timeoutMs} ms:\n${lacks(owners, said)}`);
    await pause(LOOK_MS);
  }
  return wholeComparison(owners, said);
}

/** The texts of an author in the order in which they were stored. */
export function textsOf(entries: readonly Entry[], sender: string): string[] {
  return entries.filter((entry) => entry.sender === sender).map(({ content }) => content);
}

function wholeComparison(owners: readonly Owner[], said: readonly string[]): Entry[] {
  const [first, ...others] = owners.map((owner) => ({ owner, runs: storedRuns(owner) }));
  if (first === undefined) return [];
  const bytes = first.runs.map(({ text }) => text).join('\n');
  for (const { owner, runs } of others) {
    if (runs.map(({ text }) => text).join('\n') === bytes) continue;
    throw new Error(`${owner.name} and ${first.owner.name} have other bytes under the same heads`);
  }
  const entries = first.runs.flatMap((run) => run.entries);
  entries.sort((left, right) => left.clock - right.clock || (left.author < right.author ? -1 : 1));
  const counts = countsOf(entries);
  const repeated = said.filter((text) => counts.get(text) !== 1);
  if (repeated.length > 0) throw new Error(`stored more than once: ${repeated.slice(0, 5).join(', ')}`);
  return entries;
}

/** Cheap enough to be asked often: the heads bear the hashes of all that is below them. */
function agree(owners: readonly Owner[]): boolean {
  return new Set(owners.map((owner) => JSON.stringify(heads(owner)))).size <= 1;
}

function hasAll(owner: Owner | undefined, said: readonly string[]): boolean {
  if (owner === undefined) return false;
  const counts = countsOf(storedRuns(owner).flatMap((run) => run.entries));
  return said.every((text) => counts.has(text));
}

function countsOf(entries: readonly Entry[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { content } of entries) counts.set(content, (counts.get(content) ?? 0) + 1);
  return counts;
}

function heads(owner: Owner): unknown[] {
  return reading(owner, (database) =>
    database.prepare('SELECT room, author, sequence, hash FROM feed ORDER BY room, author').all(),
  );
}

function texts(database: DatabaseSync): string[] {
  return database
    .prepare('SELECT text FROM run ORDER BY feed, first')
    .all()
    .map(({ text }) => String(text));
}

function runOf(owner: Owner, text: string): Run {
  const run = parseRun(text);
  if (run.type === 'fault') throw new Error(`${owner.name} has stored what is no run: ${run.why}\n${text}`);
  return run;
}

/** The runs of each feed stand together, lowest first. */
function checkFeeds(owner: Owner, runs: readonly Run[]): void {
  let before: Run | undefined;
  for (const run of runs) {
    const follows = before?.author === run.author && before.room === run.room ? before : undefined;
    const prev = follows === undefined ? '' : hash('sha256', follows.text, 'base64url');
    if (run.first !== (follows?.last ?? 0) + 1) {
      throw new Error(`${owner.name} has ${run.first} of ${run.entries[0]?.sender} after ${follows?.last}`);
    }
    if (run.prev !== prev) throw new Error(`${owner.name} has a broken chain at ${run.first} of ${run.author}`);
    before = run;
  }
}

/** For people: how much each has of whom, and the first of the texts that it lacks. */
function lacks(owners: readonly Owner[], said: readonly string[]): string {
  return owners
    .map((owner) => {
      const entries = storedRuns(owner).flatMap((run) => run.entries);
      const has = new Set(entries.map(({ content }) => content));
      const missing = said.filter((text) => !has.has(text));
      const senders = Map.groupBy(entries, ({ sender }) => sender);
      const counts = [...senders].map(([sender, { length }]) => `${sender} ${length}`).sort();
      return `${owner.name} has ${counts.join(', ')}; lacks ${missing.length}: ${missing.slice(0, 5).join(', ')}`;
    })
    .join('\n');
}

function reading<Result>({ name, home }: Owner, read: (database: DatabaseSync) => Result): Result {
  const surroundings = { platform: process.platform, home, environment: { P2PCHAT_HOME: home } };
  const database = new DatabaseSync(join(findFolders(name, surroundings).profile, 'history.db'), { readOnly: true });
  try {
    database.exec('PRAGMA busy_timeout = 1000');
    return read(database);
  } finally {
    database.close();
  }
}
