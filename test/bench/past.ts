import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunToStore } from '../../internal/store/batch.ts';
import { findFolders } from '../../internal/store/folders.ts';
import { History } from '../../internal/store/history.ts';
import { Author } from '../contract/author.ts';

/** What was said in a room before the measuring begins. */
export interface Past {
  readonly entries: number;
  readonly authors: number;
  /** Entries of each run: 1 as people type, more as scripts pour. */
  readonly runEntries: number;
}

const BATCH_RUNS = 5_000;

/**
 * Fills the history of a profile with true runs, signed and chained, in the order in which a talk would have brought
 * them. Each entry has a word of its own, `wordOf(number)`. The bytes of all runs.
 */
export function layPast(home: string, profile: string, { entries, authors, runEntries }: Past): number {
  const path = historyPath(home, profile);
  mkdirSync(dirname(path), { recursive: true });
  const { history } = History.open(path);
  const cast = Array.from({ length: authors }, () => new Author());
  let batches = new Map<Author, RunToStore[]>();
  let bytes = 0;
  let waiting = 0;
  const store = (): void => {
    for (const outcome of history.store([...batches.values()])) {
      if (outcome.type !== 'stored') throw new Error(outcome.why);
    }
    batches = new Map();
    waiting = 0;
  };
  for (let made = 0, turn = 0; made < entries; turn += 1) {
    const author = cast[turn % authors];
    if (author === undefined) throw new Error('nobody says anything');
    const count = Math.min(runEntries, entries - made);
    const run = author.say(
      Array.from({ length: count }, (_, place) => sentence(made + place)),
      made + 1,
    );
    batches.set(author, [...(batches.get(author) ?? []), run]);
    bytes += run.run.text.length + 1;
    made += count;
    waiting += 1;
    if (waiting >= BATCH_RUNS) store();
  }
  store();
  history.close();
  return bytes;
}

export function historyPath(home: string, profile: string): string {
  const environment = { P2PCHAT_HOME: home };
  return join(findFolders(profile, { platform: process.platform, home, environment }).profile, 'history.db');
}

/** The word that stands in entry `number` alone. */
export function wordOf(number: number): string {
  return `word${number.toString(36)}x`;
}

/** As long as people write. */
function sentence(number: number): string {
  return `${wordOf(number)} and what somebody says about it in a chat, which is a line or so, more or less`;
}
