import { execFileSync } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Lock, lockProfile } from '../../internal/store/lock.ts';
import { StoreError } from '../../internal/store/store-error.ts';
import { Child } from './child.ts';
import { scratchFolder } from './scratch.ts';

const posix = process.platform !== 'win32';

function refusal(folder: string): StoreError {
  try {
    lockProfile(folder, 'alice').release();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

async function holder(folder: string): Promise<Child> {
  const child = Child.start('holding-lock.ts', folder);
  await child.says((line) => line === 'held');
  return child;
}

describe('the lock of a profile', () => {
  it('is refused while another process holds it, naming that process and what to do', async () => {
    const folder = join(scratchFolder(), 'alice');
    const child = await holder(folder);
    const { code, message } = refusal(folder);
    expect(code).toBe('already-running');
    expect(message).toContain(`process ${child.pid}`);
    expect(message).toContain('another -username');
  });

  it('is free at once when its holder is killed, again and again', async () => {
    const folder = scratchFolder();
    for (let round = 0; round < 3; round += 1) {
      const child = await holder(folder);
      expect(refusal(folder).code).toBe('already-running');
      await child.kill();
      const lock = lockProfile(folder, 'alice');
      expect(refusal(folder).message).toContain(`process ${process.pid}`);
      lock.release();
    }
  });

  it('is had by exactly one of several that start together', async () => {
    const folder = scratchFolder();
    const children = Array.from({ length: 4 }, () => Child.start('holding-lock.ts', folder));
    const said = await Promise.all(children.map((child) => child.says(() => true)));
    expect(said.sort()).toEqual(['already-running', 'already-running', 'already-running', 'held']);
  });

  it('is kept against a second taker in the same process, until it is released', () => {
    const folder = scratchFolder();
    const lock = lockProfile(folder, 'alice');
    for (let round = 0; round < 2; round += 1) expect(refusal(folder).code).toBe('already-running');
    lock.release();
    lock.release();
    lockProfile(folder, 'alice').release();
  });

  it('is kept against other processes though the same process tried to take it twice', async () => {
    const folder = scratchFolder();
    const lock: Lock = lockProfile(folder, 'alice');
    refusal(folder);
    const child = Child.start('holding-lock.ts', folder);
    expect(await child.says(() => true)).toBe('already-running');
    lock.release();
  });

  it.runIf(posix)('lies in files for their owner only', () => {
    const folder = join(scratchFolder(), 'alice');
    const lock = lockProfile(folder, 'alice');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) {
      expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
    lock.release();
  });

  it('that cannot be taken at all says so', () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, 'file'), '');
    const { code, message } = refusal(join(folder, 'file'));
    expect(code).toBe('lock-unavailable');
    expect(message).toContain(join(folder, 'file'));
  });

  it.each(['no database at all', ''])('is had though its file is damaged, and held as well: %j', async (damage) => {
    const folder = scratchFolder();
    writeFileSync(join(folder, 'lock.db'), damage.repeat(1_000));
    const lock = lockProfile(folder, 'alice');
    expect(refusal(folder).code).toBe('already-running');
    const child = Child.start('holding-lock.ts', folder);
    expect(await child.says(() => true)).toBe('already-running');
    lock.release();
    lockProfile(folder, 'alice').release();
  });

  it('whose file is damaged is had by exactly one of several that start together', async () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, 'lock.db'), 'no database at all'.repeat(1_000));
    const children = Array.from({ length: 4 }, () => Child.start('holding-lock.ts', folder));
    const said = await Promise.all(children.map((child) => child.says(() => true)));
    expect(said.sort()).toEqual(['already-running', 'already-running', 'already-running', 'held']);
  });

  it.runIf(posix)('is kept when its file is damaged while it is held', async () => {
    const folder = scratchFolder();
    const lock = lockProfile(folder, 'alice');
    // Another process does the damage: this one would lose the lock by closing the file again.
    execFileSync('sh', ['-c', 'yes damaged | head -1000 >"$1"', 'sh', join(folder, 'lock.db')]);
    expect(refusal(folder).code).toBe('already-running');
    const child = Child.start('holding-lock.ts', folder);
    expect(await child.says(() => true)).toBe('already-running');
    lock.release();
    lockProfile(folder, 'alice').release();
  });
});
