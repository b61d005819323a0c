import { CATCHING_UP_FROM, PROGRESS_PATIENCE_MS } from '../base/limits.ts';
import { between, type Instant } from '../base/units.ts';
import type { PeerId } from '../identity/peer-id.ts';

/** How much of one room is still to come, as far as others have told: for the progress that people see. */
export class CatchingUp {
  /** For each author the last sequence told, and how much of it was missing when it was counted last. */
  readonly #feeds = new Map<PeerId, { readonly told: number; readonly missing: number }>();
  #missing = 0;
  #mostMissing = 0;
  #beganAt: Instant | undefined;
  #movedAt: Instant | undefined;

  /** Entries still to come. */
  get missing(): number {
    return this.#missing;
  }

  /** When it began to lack what it lacks now; undefined while nothing is missing. */
  get beganAt(): Instant | undefined {
    return this.#beganAt;
  }

  /** Somebody has the feed of `author` up to `sequence`; here it ends at `head`. */
  told(author: PeerId, sequence: number, head: number, now: Instant): void {
    const told = this.#feeds.get(author)?.told ?? 0;
    if (sequence <= told || sequence <= head) return;
    this.#movedAt ??= now;
    this.#count(author, sequence, head, now);
  }

  /** The feed of `author` has come up to `head`. */
  came(author: PeerId, head: number, now: Instant): void {
    const feed = this.#feeds.get(author);
    if (feed === undefined) return;
    this.#movedAt = now;
    this.#count(author, feed.told, head, now);
  }

  /** Nobody who could be asked has what was told of this feed. */
  givenUp(author: PeerId, head: number, now: Instant): void {
    if (this.#feeds.has(author)) this.#count(author, head, head, now);
  }

  /** Whether something is still on its way. */
  isComing(now: Instant): boolean {
    const moving = this.#movedAt !== undefined && between(this.#movedAt, now) < PROGRESS_PATIENCE_MS;
    return moving && this.#missing > 0;
  }

  /** Entries to come, while much is on its way and it moves on; undefined otherwise. */
  shown(now: Instant): number | undefined {
    return this.isComing(now) && this.#mostMissing >= CATCHING_UP_FROM ? this.#missing : undefined;
  }

  #count(author: PeerId, told: number, head: number, now: Instant): void {
    const missing = Math.max(0, told - head);
    this.#missing += missing - (this.#feeds.get(author)?.missing ?? 0);
    if (missing === 0) this.#feeds.delete(author);
    else this.#feeds.set(author, { told, missing });
    this.#mostMissing = this.#missing === 0 ? 0 : Math.max(this.#mostMissing, this.#missing);
    this.#beganAt = this.#missing === 0 ? undefined : (this.#beganAt ?? now);
    if (this.#missing === 0) this.#movedAt = undefined;
  }
}
