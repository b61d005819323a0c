/**
 * `npm run bench -- newcomer`: how long a newcomer takes for 100,000 entries by 20 authors, verified and stored, from the
 * moment of the link; beside the floor (`floor.ts`) with the same lines in the same run, alternating; once as people type,
 * a run for each entry, and once as scripts pour, many entries a run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyPath, layPast, type Past } from './past.ts';
import { atOf, Measured, median } from './told.ts';

const ENTRIES = 100_000;
const AUTHORS = 20;
const RUNS = 3;
const GROUP = '239.255.77.2:19778';

interface Taken {
  readonly screenMs: number;
  readonly storedMs: number;
  readonly searchableMs: number;
  readonly blockMs: number;
  readonly rssMB: number;
}

export async function benchNewcomer(): Promise<void> {
  const table: Record<string, Record<string, number | string>> = {};
  for (const runEntries of [1, 32]) {
    const past = { entries: ENTRIES, authors: AUTHORS, runEntries };
    const { floors, taken } = await measure(past);
    const stored = median(taken.map(({ storedMs }) => storedMs));
    table[runEntries === 1 ? 'a run for each entry' : `${runEntries} entries a run`] = {
      'floor ms': Math.round(median(floors)),
      'stored ms': Math.round(stored),
      ratio: (stored / median(floors)).toFixed(2),
      'all runs': taken.map(({ storedMs }) => Math.round(storedMs)).join(' '),
      'screen ms': median(taken.map(({ screenMs }) => screenMs)),
      'searchable after ms': median(taken.map(({ searchableMs, storedMs }) => searchableMs - storedMs)),
      'longest block ms': median(taken.map(({ blockMs }) => blockMs)),
      'RSS MB': median(taken.map(({ rssMB }) => rssMB)),
    };
  }
  console.table(table);
}

async function measure(past: Past): Promise<{ floors: number[]; taken: Taken[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'p2pchat-bench-'));
  const floors: number[] = [];
  const taken: Taken[] = [];
  try {
    const home = join(folder, 'holder');
    layPast(home, 'holder', past);
    for (let run = 0; run < RUNS; run += 1) {
      floors.push(await floorMs(historyPath(home, 'holder'), join(folder, `floor-${run}.db`)));
      taken.push(await take(home, join(folder, `newcomer-${run}`)));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { floors, taken };
}

async function floorMs(from: string, to: string): Promise<number> {
  const sender = Measured.run('floor.ts', ['sender', from]);
  const { port } = await sender.tells('up');
  const receiver = Measured.run('floor.ts', ['receiver', to, String(port)]);
  const { rows, ms } = await receiver.tells('stored');
  if (rows !== ENTRIES) throw new Error(`the floor stored ${rows} of ${ENTRIES} lines`);
  await Promise.all([sender.end(), receiver.end()]);
  return Number(ms);
}

async function take(holderHome: string, home: string): Promise<Taken> {
  const holder = Measured.run('party.ts', ['holder', GROUP, '127.0.0.1'], { P2PCHAT_HOME: holderHome });
  await holder.tells('up');
  const newcomer = Measured.run('party.ts', ['newcomer', GROUP, '127.0.0.1', String(ENTRIES)], { P2PCHAT_HOME: home });
  const [linked, screen, stored, searchable] = await Promise.all(
    ['linked', 'screen', 'stored', 'searchable'].map((what) => newcomer.tells(what)),
  );
  await Promise.all([newcomer.end(), holder.end()]);
  if (linked === undefined || screen === undefined || stored === undefined || searchable === undefined)
    throw new Error('?');
  return {
    screenMs: atOf(screen) - atOf(linked),
    storedMs: atOf(stored) - atOf(linked),
    searchableMs: atOf(searchable) - atOf(linked),
    blockMs: Number(stored['blockMs']),
    rssMB: Number(stored['rssMB']),
  };
}
