import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { play } from './situations/play.ts';
import { AT_ONCE, type Situation } from './situations/situation.ts';
import { lanSupport } from './support.ts';

const lan = await lanSupport();
if (lan.type === 'no') process.stderr.write(`skipped, no hosts here: ${lan.why}\n`);

const MATRIX = fileURLToPath(new URL('./matrix.ts', import.meta.url));
const run = promisify(execFile);

const QUIET: Situation = {
  name: 'quiet',
  discovery: AT_ONCE,
  verdicts: ['healthy'],
  build: async (ground) => ({ players: await ground.pair() }),
};

describe('the matrix of network situations', () => {
  it('has at least 16, each with a name of its own', async () => {
    const { stdout } = await run(process.execPath, [MATRIX, '--list']);
    const names = stdout.trim().split('\n');
    expect(names.length).toBeGreaterThanOrEqual(16);
    expect(new Set(names).size).toBe(names.length);
  });

  it('refuses what it does not know', async () => {
    await expect(run(process.execPath, [MATRIX, 'no such situation'])).rejects.toMatchObject({ code: 2 });
  });
});

describe.skipIf(lan.type === 'no')('a situation', () => {
  it('is as expected when those who can find each other do in time', async () => {
    const { discoveryMs, ok } = await play({ ...QUIET, discovery: { medianMs: 5_000, maxMs: 5_000 } }, false);
    expect([discoveryMs !== undefined && discoveryMs > 0, ok]).toEqual([true, true]);
  });

  it('is not when they are late, or find each other where they should not', async () => {
    expect((await play({ ...QUIET, discovery: { medianMs: 0, maxMs: 0 } }, false)).ok).toBe(false);
    expect((await play({ ...QUIET, discovery: 'never' }, false)).ok).toBe(false);
  });

  it('is not when they do not find each other, or when it cannot be laid out', async () => {
    const apart: Situation = {
      ...QUIET,
      discovery: { medianMs: 1, maxMs: 1 },
      build: async (ground) => {
        const players = await ground.pair();
        await players[0].host.cable().setPlugged(false);
        return { players };
      },
    };
    expect(await play(apart, false)).toMatchObject({ discoveryMs: undefined, ok: false });
    const impossible: Situation = { ...QUIET, build: () => Promise.reject(new Error('no such cable')) };
    expect(await play(impossible, false)).toMatchObject({ found: 'no such cable', ok: false });
  });
});
