/**
 * `npm run bench -- opening`: a profile of 1,000,000 entries beside an empty one. How long the first screen takes from the
 * start of the process, on a real terminal, alternating; how long a search takes, in words that are rare and in words that
 * stand in every entry; and how long it took to index them all.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { History } from '../../internal/store/history.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import { historyPath, layPast, wordOf } from './past.ts';
import { firstFrameMs } from './start.ts';
import { median } from './told.ts';

const ENTRIES = 1_000_000;
const AUTHORS = 100;
/** A mix of what people type and what scripts pour. */
const RUN_ENTRIES = 4;
const STARTS = 9;
const SEARCHES = 15;
const HITS = 21;

export async function benchOpening(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'p2pchat-bench-'));
  try {
    const [full, empty] = [join(folder, 'full'), join(folder, 'empty')];
    layPast(full, 'bench', { entries: ENTRIES, authors: AUTHORS, runEntries: RUN_ENTRIES });
    searches(historyPath(full, 'bench'));
    await starts(full, empty);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function starts(full: string, empty: string): Promise<void> {
  const spans = { full: [] as number[], empty: [] as number[] };
  for (const home of [full, empty]) await firstFrameMs(home);
  for (let start = 0; start < STARTS; start += 1) {
    spans.full.push(await firstFrameMs(full));
    spans.empty.push(await firstFrameMs(empty));
  }
  console.table({
    [`first screen, ${ENTRIES} entries`]: row(spans.full),
    'first screen, empty': row(spans.empty),
  });
  console.log(`over an empty one: ${Math.round(median(spans.full) - median(spans.empty))} ms`);
}

function searches(path: string): void {
  const { history } = History.open(path);
  const startedAt = performance.now();
  while (history.index());
  const indexedMs = performance.now() - startedAt;
  const words: Readonly<Record<string, string>> = {
    'a word of one entry': wordOf(ENTRIES >> 1),
    'the beginning of many': wordOf(ENTRIES >> 1).slice(0, 6),
    'a word of every entry': 'somebody',
    'two words of every entry': 'somebody says',
    'no word at all': 'nowhere',
  };
  const table = Object.entries(words).map(([what, text]) => {
    const spans = Array.from({ length: SEARCHES }, () => {
      const askedAt = performance.now();
      history.search({ room: GENERAL, text, limit: HITS });
      return performance.now() - askedAt;
    });
    return [what, row(spans)] as const;
  });
  history.close();
  const bytes = (name: string): number => Math.round(statSync(name).size / 1e6);
  console.table(Object.fromEntries(table));
  const searchPath = path.replace(/history\.db$/, 'search.db');
  console.log(
    `indexed ${ENTRIES} entries in ${(indexedMs / 1_000).toFixed(1)} s; history ${bytes(path)} MB, index ${bytes(searchPath)} MB`,
  );
}

function row(spans: readonly number[]): Record<string, string> {
  return {
    'median ms': median(spans).toFixed(1),
    'min ms': Math.min(...spans).toFixed(1),
    'max ms': Math.max(...spans).toFixed(1),
  };
}
