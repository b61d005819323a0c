/**
 * Loaded into a program before all else (`--import`) by tests of sleep and of wrong clocks. The monotonic clock stands
 * still while a machine sleeps, but goes on while a process is stopped by a signal: the difference is taken off here.
 * Timers are the system's own, so that one that was due meanwhile fires at once where it would wait on in a true sleep.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** No program rests for so long between two looks at the clock: it was stopped, or its processor was taken. */
const GAP_MS = 100;
const LOOK_MS = 20;

const systemNow = performance.now.bind(performance);
const systemWall = Date.now.bind(Date);
const sleptFile = join(process.env['P2PCHAT_HOME'] ?? '/nonexistent', 'slept-ms');
const wallOffsetMs = Number(process.env['P2PCHAT_TEST_WALL_OFFSET_MS'] ?? 0);
let lookedAt = systemNow();
let sleptMs = readSleptMs();

performance.now = () => {
  const at = systemNow();
  // Whoever stopped this process has written down for how long before it woke it.
  if (at - lookedAt > GAP_MS) sleptMs = readSleptMs();
  lookedAt = at;
  return at - sleptMs;
};
Date.now = () => systemWall() + wallOffsetMs;
setInterval(() => performance.now(), LOOK_MS).unref();

function readSleptMs(): number {
  try {
    return Number(readFileSync(sleptFile, 'utf8'));
  } catch {
    return 0;
  }
}
