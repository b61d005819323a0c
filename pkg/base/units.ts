/**
 * Numbers that say what they count. The brands exist at compile time only; the constructors here are the
 * single place where a bare number becomes one of them.
 */

/** A span of time, in milliseconds. */
export type Millis = number & { readonly __unit: 'ms' };

/** A point on the monotonic clock, in milliseconds since an arbitrary start; never set back. */
export type Instant = number & { readonly __unit: 'instant' };

/** A point on the wall clock, in milliseconds since 1970 UTC. For display only: it may be wrong or jump. */
export type WallTime = number & { readonly __unit: 'wall' };

/** Both clocks, read once at the moment an input is taken in. */
export interface Now {
  readonly at: Instant;
  readonly wall: WallTime;
}

export function millis(count: number): Millis {
  return count as Millis;
}

export function instant(count: number): Instant {
  return count as Instant;
}

export function wallTime(count: number): WallTime {
  return count as WallTime;
}

/** The instant `span` after `at`. */
export function after(at: Instant, span: number): Instant {
  return instant(at + span);
}

/** The span from `earlier` to `later`. */
export function between(earlier: Instant, later: Instant): Millis {
  return millis(later - earlier);
}
