import { instant, type Now, wallTime } from '../../pkg/base/units.ts';

/** Both clocks of this machine. */
export function readClock(): Now {
  return { at: instant(performance.now()), wall: wallTime(Date.now()) };
}
