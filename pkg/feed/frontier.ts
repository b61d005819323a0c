import type { PeerId } from '../identity/peer-id.ts';

/** What somebody holds of a room: for each author the last sequence. Joining two keeps the greater of each. */
export class Frontier {
  readonly #heads = new Map<PeerId, number>();
  #digest = 0;
  #rises = 0;

  get size(): number {
    return this.#heads.size;
  }

  /** How often it has risen: while this is the same, so is the frontier. */
  get rises(): number {
    return this.#rises;
  }

  /** The last sequence held of `author`, 0 for none. */
  of(author: PeerId): number {
    return this.#heads.get(author) ?? 0;
  }

  /** Raises an author's head; a lower one changes nothing. Whether it rose. */
  raise(author: PeerId, sequence: number): boolean {
    const before = this.of(author);
    if (sequence <= before) return false;
    this.#heads.set(author, sequence);
    this.#rises += 1;
    if (before > 0) this.#digest ^= mix(author, before);
    this.#digest ^= mix(author, sequence);
    return true;
  }

  [Symbol.iterator](): IterableIterator<[PeerId, number]> {
    return this.#heads[Symbol.iterator]();
  }

  /**
   * Equal frontiers have equal digests, different ones almost always different ones; kept up as heads rise. It only
   * saves telling equal frontiers to each other and is no proof: who forges one merely starts an exchange.
   */
  digest(): string {
    return `${this.#heads.size}.${(this.#digest >>> 0).toString(36)}`;
  }
}

/** A well-spread 32-bit number of a head (FNV-1a and a finaliser). */
function mix(author: PeerId, sequence: number): number {
  let hash = 0x811c9dc5 ^ (sequence | 0);
  hash = Math.imul(hash ^ Math.floor(sequence / 0x1_0000_0000), 0x01000193);
  for (let place = 0; place < author.length; place += 1) hash = Math.imul(hash ^ author.charCodeAt(place), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
