import { LISTEN_FIRST_MS, OWN_FEED_WAIT_MS } from '../base/limits.ts';
import { after, type Instant } from '../base/units.ts';

/**
 * Whoever starts listens before it speaks: for the room's clock, so that its first word does not stand before what was
 * said in years before it came; and for its own feed, because a profile that was restored from a backup or lost its
 * history would else use its sequences twice.
 *
 * Invariant listen-first: nothing is said before somebody has told the room's frontier and the own feed is as long as
 * they told, or before nobody has come, or brought it, in time.
 */
export class ListenFirst {
  #until: Instant | undefined;
  /** The length of the own feed that is waited for. */
  #awaited = 0;
  #over = false;

  /** Whether it is time to speak. */
  get over(): boolean {
    return this.#over;
  }

  begin(now: Instant): void {
    this.#until = after(now, LISTEN_FIRST_MS);
  }

  /** Somebody told its frontier, in which our feed is `told` long; here it is `held` long. */
  told(told: number, held: number, now: Instant): void {
    if (this.#over) return;
    // Who has less of it than we knows nothing of what we may have forgotten, and brings us nothing of it.
    if (told < held) return;
    // Once: whoever claims ever more would else silence us for ever.
    if (told > held && this.#awaited === 0) this.#until = after(now, OWN_FEED_WAIT_MS);
    this.#awaited = Math.max(this.#awaited, told);
    this.holds(held);
  }

  /** Our feed is `held` long here now. */
  holds(held: number): void {
    if (held >= this.#awaited) this.#end();
  }

  due(now: Instant): void {
    if (this.#until !== undefined && now >= this.#until) this.#end();
  }

  nextDeadline(): Instant | undefined {
    return this.#until;
  }

  #end(): void {
    this.#over = true;
    this.#until = undefined;
  }
}
