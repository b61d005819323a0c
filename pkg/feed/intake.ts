import { PENDING_BYTES_MAX } from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';

/**
 * How many bytes of each link wait to be verified and stored. Past `PENDING_BYTES_MAX` the link is not read until half
 * is done, so that the sender's TCP holds back and nothing here grows.
 */
export class Intake {
  readonly #pending = new Map<LinkId, number>();
  readonly #paused = new Set<LinkId>();

  /** Counts bytes in; true when the link is to be read no longer. */
  add(link: LinkId, bytes: number): boolean {
    const pending = (this.#pending.get(link) ?? 0) + bytes;
    this.#pending.set(link, pending);
    if (pending <= PENDING_BYTES_MAX || this.#paused.has(link)) return false;
    this.#paused.add(link);
    return true;
  }

  /** Counts bytes out; true when the link is to be read again. */
  remove(link: LinkId, bytes: number): boolean {
    const pending = this.#pending.get(link);
    if (pending === undefined) return false;
    this.#pending.set(link, pending - bytes);
    if (pending - bytes > PENDING_BYTES_MAX / 2) return false;
    return this.#paused.delete(link);
  }

  forget(link: LinkId): void {
    this.#pending.delete(link);
    this.#paused.delete(link);
  }
}
