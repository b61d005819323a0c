import { LINKS_QUICK_MAX, QUICK_PEERS } from '../base/limits.ts';
import type { PeerId } from '../identity/peer-id.ts';

/**
 * Which of the linked peers are nearest, on the ring of all ids in their order: those watch over each other. In a full
 * mesh both ends of a pair come to the same.
 */
export class Nearby {
  readonly #me: PeerId;
  readonly #peers = new Set<PeerId>();

  constructor(me: PeerId) {
    this.#me = me;
  }

  get size(): number {
    return this.#peers.size;
  }

  add(peer: PeerId): void {
    this.#peers.add(peer);
  }

  remove(peer: PeerId): void {
    this.#peers.delete(peer);
  }

  /** Those to whom beats go often: all while they are few. */
  quick(): ReadonlySet<PeerId> {
    if (this.#peers.size <= LINKS_QUICK_MAX) return this.#peers;
    const ring = [...this.#peers, this.#me].sort();
    const place = ring.indexOf(this.#me);
    const reach = QUICK_PEERS / 2;
    const near = new Set<PeerId>();
    for (let step = -reach; step <= reach; step += 1) {
      const peer = ring[(place + step + ring.length) % ring.length];
      if (peer !== undefined && peer !== this.#me) near.add(peer);
    }
    return near;
  }
}
