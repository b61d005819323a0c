/**
 * `npm run bench -- parting` prints how long the others take to show that somebody is gone: who quits, and who is killed,
 * which nobody announces. Somebody who is stopped for three seconds is not gone, and must not be shown as such.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { allMeet, nth } from '../crowd.ts';
import { type ChatProcess, left } from '../process.ts';
import { Stage } from '../stage.ts';

const PROCESSES = 6;
const RUNS = 5;
const STALL_MS = 3_000;
/** Longer than anybody takes to find somebody dead. */
const WATCHED_MS = 7_000;

type Part = (chat: ChatProcess) => void;

export async function benchParting(): Promise<void> {
  const table: Record<string, { 'median ms': number; 'slowest ms': number }> = {};
  table['quits (/quit)'] = await measure((chat) => chat.say('/quit'));
  table['quits (Ctrl-C)'] = await measure((chat) => chat.signal('SIGINT'));
  table['machine without power (SIGSTOP for good)'] = await measure((chat) => chat.signal('SIGSTOP'));
  table['killed (SIGKILL)'] = await measure((chat) => chat.signal('SIGKILL'));
  console.table(table);
  console.log(`stopped for ${STALL_MS} ms: shown as gone ${await stalled()} times of ${RUNS * (PROCESSES - 1)}`);
}

/** From the moment at which the last one parts until each of the others shows it. */
async function measure(part: Part): Promise<{ 'median ms': number; 'slowest ms': number }> {
  const spans: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    await withCrowd(async (others, parting) => {
      const at = performance.now();
      part(parting);
      const lines = await Promise.all(others.map((chat) => chat.waitForLine('stderr', left(parting.name))));
      spans.push(...lines.map((line) => line.at - at));
    });
  }
  const sorted = spans.toSorted((one, two) => one - two);
  return {
    'median ms': Math.round(nth(sorted, sorted.length >> 1)),
    'slowest ms': Math.round(nth(sorted, sorted.length - 1)),
  };
}

/** How often somebody was shown as gone who only stood still for a while. */
async function stalled(): Promise<number> {
  let gone = 0;
  for (let run = 0; run < RUNS; run += 1) {
    await withCrowd(async (others, stopped) => {
      stopped.signal('SIGSTOP');
      await pause(STALL_MS);
      stopped.signal('SIGCONT');
      await pause(WATCHED_MS - STALL_MS);
      gone += others.filter((chat) => chat.stderr.some(({ text }) => left(stopped.name).test(text))).length;
    });
  }
  return gone;
}

async function withCrowd(act: (others: readonly ChatProcess[], last: ChatProcess) => Promise<void>): Promise<void> {
  const stage = new Stage();
  try {
    const chats = await stage.startAll(Array.from({ length: PROCESSES }, (_, number) => `peer${number}`));
    await allMeet(chats);
    // What was folded of the meeting is told, and the lines are quiet.
    await pause(1_500);
    await act(chats.slice(0, -1), nth(chats, chats.length - 1));
  } finally {
    await stage.close();
  }
}
