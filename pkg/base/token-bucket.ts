import { between, type Instant } from './units.ts';

/** Lets `burst` things through at once and `perSecond` in the long run. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #filledAt: Instant;

  constructor(burst: number, perSecond: number, now: Instant) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#tokens = burst;
    this.#filledAt = now;
  }

  /** Takes one token; false when there is none. */
  take(now: Instant): boolean {
    const gained = (between(this.#filledAt, now) / 1_000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
