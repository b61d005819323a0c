import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hashText } from '../../internal/crypto/verifier.ts';
import type { History } from '../../internal/store/history.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import { parseRun } from '../../pkg/wire/run.ts';
import { Author } from './author.ts';
import { Child } from './child.ts';
import { closed, open } from './open-history.ts';
import { AskedThread } from './open-thread.ts';
import { scratchFolder } from './scratch.ts';

const EVER = Number.MAX_SAFE_INTEGER;
const PAGE_BYTES = 4_096;
const RUNS = 400;

/** The path of a history of one author, closed. */
function written(): string {
  const path = join(scratchFolder(), 'history.db');
  const history = open(path);
  const author = new Author();
  history.store([Array.from({ length: RUNS }, () => author.say(['x'.repeat(1_000)]))]);
  closed(history);
  return path;
}

/** The end of the feed as its runs tell it, which must be a chain from the first on. */
function endOf(history: History): { last: number; hash: string } {
  let end = { last: 0, hash: '' };
  const [head] = history.heads();
  for (let more = head !== undefined; more && head !== undefined; ) {
    const loaded = history.load({ ...head, from: end.last + 1, to: EVER });
    for (const { text } of loaded.runs) {
      const run = parseRun(text);
      if (run.type === 'fault') throw new Error(run.why);
      expect([run.first, run.prev]).toEqual([end.last + 1, end.hash]);
      end = { last: run.last, hash: hashText(text) };
    }
    more = loaded.more;
  }
  return end;
}

describe('damage met on the thread', () => {
  it('of a file torn in its middle is told at the opening, and a fresh one begun', async () => {
    const path = written();
    truncateSync(path, Math.floor(statSync(path).size / 2 / PAGE_BYTES) * PAGE_BYTES + 1_000);
    const torn = readFileSync(path);
    const asked = new AskedThread(path);
    const { heads, setAside } = asked.thread;
    expect(setAside).toBe(path.replace('history.db', 'history.corrupt-1.db'));
    expect(readFileSync(setAside ?? '').equals(torn)).toBe(true);
    expect(heads).toEqual([]);
    const stored = await asked.ask({ type: 'store', ticket: asked.ticket(), runs: [new Author().say(['again'])] });
    expect(stored.type).toBe('stored');
  });

  it('of a page of zeros is told when it is read, and the file set aside at the next start', async () => {
    const path = written();
    const bytes = readFileSync(path);
    const middle = Math.floor(bytes.length / 2 / PAGE_BYTES) * PAGE_BYTES;
    writeFileSync(path, bytes.fill(0, middle, middle + PAGE_BYTES));
    const asked = new AskedThread(path);
    expect(asked.thread).toMatchObject({ setAside: undefined, heads: [{ sequence: RUNS }] });
    await readAll(asked);
    expect(asked.troubles[0]).toContain('the file is damaged; start p2pchat again, it will be set aside');
    await asked.thread.close();
    expect(existsSync(`${path}.damaged`)).toBe(true);
    const again = new AskedThread(path);
    expect(again.thread).toMatchObject({ heads: [], setAside: expect.stringContaining('corrupt-1') });
    const run = new Author().say(['again']);
    const stored = await again.ask({ type: 'store', ticket: again.ticket(), runs: [run] });
    expect(stored.type).toBe('stored');
  });
});

async function readAll(asked: AskedThread): Promise<void> {
  for (let before = RUNS + 1; before > 1; before -= 100) {
    await asked.ask({ type: 'page', ticket: asked.ticket(), room: GENERAL, before });
  }
}

describe('a log of writes that was cut off', () => {
  it('gives back everything before the cut, and nothing half', async () => {
    const path = join(scratchFolder(), 'history.db');
    const child = Child.start('writing-history.ts', path);
    await child.says((line) => Number(line) >= 60);
    await child.kill();
    const whole = statSync(`${path}-wal`).size;
    expect(whole).toBeGreaterThan(0);
    truncateSync(`${path}-wal`, Math.floor(whole * 0.7));
    const history = open(path);
    const [head] = history.heads();
    expect(head?.sequence).toBeGreaterThan(0);
    expect(endOf(history)).toEqual({ last: head?.sequence, hash: head?.hash });
  });
});

/** Runs the script on a disk of two megabytes of its own, and returns what it says, or why there is no such disk. */
function onSmallDisk(script: string): { readonly steps: unknown[] } | { readonly why: string } {
  const folder = scratchFolder();
  const mount = `mount -t tmpfs -o size=2m none "$1" || exit 77; shift; exec "$@"`;
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const path = fileURLToPath(new URL(script, import.meta.url));
  const words = ['-Urm', 'sh', '-c', mount, 'sh', folder, process.execPath, ...flags, path, folder];
  const run = spawnSync('unshare', words, { encoding: 'utf8', timeout: 30_000 });
  if (run.error !== undefined || run.status !== 0) return { why: run.error?.message ?? `${run.status} ${run.stderr}` };
  return {
    steps: run.stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  };
}

describe('a full disk', () => {
  const possible =
    process.platform === 'linux' && spawnSync('unshare', ['-Urm', 'sh', '-c', 'mount -t tmpfs none /tmp']).status === 0;
  if (!possible) console.warn('the test with a full disk is skipped: no disk of its own can be made here');

  it.skipIf(!possible)('refuses what is to be stored, says so, reads on, and stores again once there is space', () => {
    const ran = onSmallDisk('filling-disk.ts');
    if ('why' in ran) throw new Error(ran.why);
    const told = new Map(
      ran.steps.map((step): [unknown, unknown] => (Array.isArray(step) ? [step[0], step[1]] : ['', step])),
    );
    expect(told.get('refused')).toContain('free some space');
    expect(told.get('stored')).toBeGreaterThan(10);
    expect(told.get('again')).toBe('stored');
    expect(ran.steps.filter((step) => Array.isArray(step) && step[0] === 'read')).toEqual([
      ['read', told.get('stored')],
      ['read', Number(told.get('stored')) + 1],
    ]);
    expect(told.has('died')).toBe(false);
  });
});
