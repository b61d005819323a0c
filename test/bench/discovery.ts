/**
 * `npm run bench -- discovery` prints how long it takes, after the last one is up, until all see
 * all: the median of five runs and the slowest, for ten processes on loopback and five hosts in namespaces. A process
 * is up when it says `here`; how long Node takes to get there is not counted. `at once` starts all together, so that
 * their starts compete for the processor; `one by one` lets the last join a mesh that stands.
 */
import type { Host } from '../lan/host.ts';
import { Island } from '../lan/island.ts';
import { lanSupport } from '../lan/support.ts';
import type { ChatProcess } from '../process.ts';
import { Stage } from '../stage.ts';

const RUNS = 5;
const PROCESSES = 10;
const HOSTS = 5;

type Where = readonly (Host | 'loopback')[];

type Table = Record<string, { 'median ms': number; 'slowest ms': number; 'all runs': string }>;

export async function benchDiscovery(): Promise<void> {
  const table: Table = {};
  await measure(table, `${PROCESSES} processes on loopback`, async () => ({
    where: Array.from({ length: PROCESSES }, () => 'loopback' as const),
    close: () => Promise.resolve(),
  }));
  const lan = await lanSupport();
  if (lan.type === 'yes') {
    await measure(table, `${HOSTS} hosts in namespaces`, async () => {
      const island = await Island.open();
      return { where: await island.lan(HOSTS), close: () => island.close() };
    });
  } else {
    console.error(`no hosts here: ${lan.why}`);
  }
  console.table(table);
}

async function measure(
  table: Table,
  what: string,
  make: () => Promise<{ where: Where; close: () => Promise<void> }>,
): Promise<void> {
  for (const [how, run] of [
    ['at once', atOnce],
    ['one by one', oneByOne],
  ] as const) {
    const spans: number[] = [];
    for (let count = 0; count < RUNS; count += 1) {
      const { where, close } = await make();
      const stage = new Stage();
      try {
        spans.push(Math.round(await run(stage, where)));
      } finally {
        await stage.close();
        await close();
      }
    }
    const sorted = spans.toSorted((left, right) => left - right);
    table[`${what}, ${how}`] = {
      'median ms': sorted[RUNS >> 1] ?? Number.NaN,
      'slowest ms': sorted.at(-1) ?? Number.NaN,
      'all runs': spans.join(' '),
    };
  }
}

async function atOnce(stage: Stage, where: Where): Promise<number> {
  const chats = start(stage, where);
  const lines = await Promise.all(chats.map(async (chat) => (await chat.here()).line));
  return await spanUntilAllMet(chats, Math.max(...lines.map((line) => line.at)));
}

async function oneByOne(stage: Stage, where: Where): Promise<number> {
  const [last, ...first] = start(stage, where.slice(1)).reverse();
  if (last === undefined) throw new Error('nobody to measure');
  await spanUntilAllMet([last, ...first], 0);
  const late = stage.start({ name: 'late', where: where[0] ?? 'loopback', debug: 'p2pchat:mesh' });
  const { line } = await late.here();
  return await spanUntilAllMet([last, ...first, late], line.at);
}

function start(stage: Stage, where: Where): ChatProcess[] {
  return where.map((place, number) => stage.start({ name: `peer${number}`, where: place, debug: 'p2pchat:mesh' }));
}

/** From `upAt` until each is linked with all the others, by what it traces; 0 when that was before. Lines for people fold. */
async function spanUntilAllMet(chats: readonly ChatProcess[], upAt: number): Promise<number> {
  const seenAt = await Promise.all(
    chats.map((chat) => chat.until(`${chats.length - 1} links`, () => linkedAt(chat, chats.length - 1))),
  );
  return Math.max(0, ...seenAt.map((at) => at - upAt));
}

/** When the program was linked with so many. */
function linkedAt({ stderr }: ChatProcess, count: number): number | undefined {
  const peers = new Set<string>();
  for (const { text, at } of stderr) {
    const peer = /p2pchat:mesh linked with (\w+)/.exec(text)?.[1];
    if (peer !== undefined) peers.add(peer);
    if (peers.size === count) return at;
  }
  return undefined;
}
