import { type Instant, instant, type Now, wallTime } from '../../pkg/base/units.ts';

const WALL_AT_START = Date.UTC(2026, 0, 1);
/** A process reads its first instant some milliseconds after its start. */
const FIRST_INSTANT_MS = 30;
/** Waking a nanosecond late saves waking twice because a sum was rounded down. */
const ROUNDING_MS = 1e-6;

/**
 * The clocks of one machine against the world's time. The monotonic one begins anew with each process, may drift, and
 * stands still while the machine sleeps; the wall clock is set back and forth as people and servers like.
 */
export class HostClock {
  #rate = 1;
  #worldBase = 0;
  #localBase = FIRST_INSTANT_MS;
  #wallAheadMs = 0;

  /** Local milliseconds for one of the world's: 1.001 runs a thousandth fast. Set before the process begins. */
  drift(rate: number): void {
    this.#rate = rate;
  }

  /** A process begins at the world's time `world`. */
  begin(world: number): void {
    this.#worldBase = world;
    this.#localBase = FIRST_INSTANT_MS;
  }

  /** Somebody sets the wall clock. */
  jump(ms: number): void {
    this.#wallAheadMs += ms;
  }

  /** The machine slept for `ms` of the world's time, which its monotonic clock did not count. */
  stoodStill(ms: number): void {
    this.#localBase -= ms * this.#rate;
  }

  now(world: number): Now {
    return { at: instant(this.#local(world)), wall: wallTime(WALL_AT_START + world + this.#wallAheadMs) };
  }

  /** The world's time at which the monotonic clock shows `at`, or has just shown it. */
  worldAt(at: Instant): number {
    return this.#worldBase + (at - this.#localBase) / this.#rate + ROUNDING_MS;
  }

  #local(world: number): number {
    return this.#localBase + (world - this.#worldBase) * this.#rate;
  }
}
