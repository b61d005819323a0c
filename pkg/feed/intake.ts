import { BATCH_BYTES_MAX, PENDING_BYTES_IN_ALL_MAX, PENDING_BYTES_MAX } from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';

/**
 * How many bytes of each link wait to be verified and stored. Past `PENDING_BYTES_MAX`, or less where all links together
 * bring too much, the link is not read until half is done, so that the sender's TCP holds back and nothing here grows.
 */
export class Intake {
  readonly #pending = new Map<LinkId, number>();
  readonly #paused = new Set<LinkId>();
  #inAll = 0;

  /** Counts bytes in; true when the link is to be read no longer. */
  add(link: LinkId, bytes: number): boolean {
    const pending = (this.#pending.get(link) ?? 0) + bytes;
    this.#pending.set(link, pending);
    this.#inAll += bytes;
    if (pending <= this.#allowed || this.#paused.has(link)) return false;
    this.#paused.add(link);
    return true;
  }

  /** Counts bytes out; true when the link is to be read again. */
  remove(link: LinkId, bytes: number): boolean {
    const pending = this.#pending.get(link);
    if (pending === undefined) return false;
    this.#pending.set(link, pending - bytes);
    this.#inAll -= bytes;
    if (pending - bytes > this.#allowed / 2) return false;
    return this.#paused.delete(link);
  }

  forget(link: LinkId): void {
    this.#inAll -= this.#pending.get(link) ?? 0;
    this.#pending.delete(link);
    this.#paused.delete(link);
  }

  /** Of one link. */
  get #allowed(): number {
    return this.#inAll > PENDING_BYTES_IN_ALL_MAX ? BATCH_BYTES_MAX : PENDING_BYTES_MAX;
  }
}
