import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChatProcess } from '../process.ts';
import { clockOff, SLEEPER, suspend } from './sleep.ts';

const SLEEP_MS = 700;
/** Prints both clocks for every line that it reads, on the main thread and in a worker. */
const CLOCKS = `
  const { Worker, isMainThread, parentPort } = require('node:worker_threads');
  if (!isMainThread) parentPort.on('message', () => parentPort.postMessage([performance.now(), Date.now()]));
  else {
    const worker = new Worker(__filename);
    worker.on('message', (clocks) => console.log('worker', ...clocks));
    worker.on('online', () => console.log('ready'));
    process.stdin.on('data', () => { console.log('main', performance.now(), Date.now()); worker.postMessage('tell'); });
  }
`;

describe.skipIf(process.platform !== 'linux')('a process that can be put to sleep', () => {
  let home: string;
  let sleeper: ChatProcess | undefined;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'p2pchat-test-'));
  });

  afterEach(async () => {
    await sleeper?.kill();
    rmSync(home, { recursive: true, force: true });
  });

  async function start(env: Readonly<Record<string, string>>): Promise<ChatProcess> {
    const program = join(home, 'clocks.cjs');
    writeFileSync(program, CLOCKS);
    const child = spawn(process.execPath, [program], { env: { ...env, P2PCHAT_HOME: home } });
    sleeper = new ChatProcess(child, { name: 'sleeper', home });
    await sleeper.waitForLine('stdout', /^ready/);
    return sleeper;
  }

  /** What the clocks of a thread show now. */
  async function clocks(chat: ChatProcess, where: 'main' | 'worker'): Promise<{ monotonic: number; wall: number }> {
    const from = chat.stdout.length;
    chat.say('');
    const other = where === 'main' ? 'worker' : 'main';
    const { text } = await chat.waitForLine('stdout', new RegExp(`^${where}`), { from });
    await chat.waitForLine('stdout', new RegExp(`^${other}`), { from });
    const [, monotonic, wall] = text.split(' ').map(Number);
    return { monotonic: monotonic ?? Number.NaN, wall: wall ?? Number.NaN };
  }

  it.each(['main', 'worker'] as const)('has slept, twice, by the clocks of its %s thread', async (where) => {
    const chat = await start(SLEEPER);
    let before = await clocks(chat, where);
    for (const round of [1, 2]) {
      const askedAt = performance.now();
      await suspend(chat, SLEEP_MS);
      const after = await clocks(chat, where);
      const wholeMs = performance.now() - askedAt;
      const [monotonicMs, wallMs] = [after.monotonic - before.monotonic, after.wall - before.wall];
      expect(wallMs, `round ${round}`).toBeGreaterThanOrEqual(SLEEP_MS - 5);
      expect(wallMs - monotonicMs, `round ${round}`).toBeGreaterThan(SLEEP_MS - 50);
      expect(wallMs - monotonicMs, `round ${round}`).toBeLessThan(wholeMs + 50);
      expect(monotonicMs).toBeGreaterThanOrEqual(0);
      before = after;
    }
  });

  it('goes on by its clocks while it is stopped when it cannot sleep', async () => {
    const chat = await start({});
    const before = await clocks(chat, 'main');
    await suspend(chat, SLEEP_MS);
    expect((await clocks(chat, 'main')).monotonic - before.monotonic).toBeGreaterThanOrEqual(SLEEP_MS);
  });

  it('has a clock that is hours off, and a monotonic clock like others', async () => {
    const offsetMs = -3 * 3_600_000;
    const chat = await start(clockOff(offsetMs));
    const before = await clocks(chat, 'main');
    expect(Math.abs(before.wall - Date.now() - offsetMs)).toBeLessThan(10_000);
    expect((await clocks(chat, 'main')).monotonic - before.monotonic).toBeLessThan(10_000);
  });
});
