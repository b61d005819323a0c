/** Machines that sleep, and machines whose clocks are wrong. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ChatProcess } from '../process.ts';

const PRELOAD = `--import=${new URL('./asleep.ts', import.meta.url)}`;

/** The environment of a chat that can be put to sleep. */
export const SLEEPER: Readonly<Record<string, string>> = { NODE_OPTIONS: PRELOAD };

/** The environment of a chat whose wall clock is wrong by so much. */
export function clockOff(offsetMs: number): Readonly<Record<string, string>> {
  return { ...SLEEPER, P2PCHAT_TEST_WALL_OFFSET_MS: `${offsetMs}` };
}

/**
 * Puts a chat that was started as a `SLEEPER` to sleep for so long, as a closed lid does: nothing of it runs, its wall
 * clock goes on and its monotonic clock does not. Its cards stay as they are. Resolves once it is awake.
 */
export async function suspend(chat: ChatProcess, ms: number): Promise<void> {
  const file = join(chat.home, 'slept-ms');
  chat.signal('SIGSTOP');
  while (stateOf(chat.pid) !== 'T') await pause(1);
  const stoppedAt = performance.now();
  await pause(ms);
  const sleptMs = performance.now() - stoppedAt;
  writeFileSync(file, `${sleptBefore(file) + sleptMs}`);
  chat.signal('SIGCONT');
}

/** As the system tells it: `T` is stopped. */
function stateOf(pid: number): string {
  return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
}

function sleptBefore(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}
