import { ANNOUNCE_CHECKS_BURST_MAX, ANNOUNCE_CHECKS_PER_SECOND_MAX, ANNOUNCE_SOURCES_MAX } from '../base/limits.ts';
import { TokenBucket } from '../base/token-bucket.ts';
import type { Instant } from '../base/units.ts';

/** How many signatures may be verified for each source: a flood of forgeries costs its own machine the hearing. */
export class CheckBudgets {
  /** By source address, the one heard last at the end. */
  readonly #budgets = new Map<string, TokenBucket>();

  /** Whether one more may be verified for a source. */
  take(address: string, now: Instant): boolean {
    const budget =
      this.#budgets.get(address) ?? new TokenBucket(ANNOUNCE_CHECKS_BURST_MAX, ANNOUNCE_CHECKS_PER_SECOND_MAX, now);
    this.#budgets.delete(address);
    this.#budgets.set(address, budget);
    const oldest = this.#budgets.keys().next().value;
    if (this.#budgets.size > ANNOUNCE_SOURCES_MAX && oldest !== undefined) this.#budgets.delete(oldest);
    return budget.take(now);
  }
}
