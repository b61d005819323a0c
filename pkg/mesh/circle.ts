import type { PeerId } from '../identity/peer-id.ts';

/**
 * Somebody's neighbours and itself, as a digest: the same for two that are linked with the same peers and with each
 * other. Joining and leaving cost the same however many there are.
 */
export class Circle {
  #count = 0;
  #sum = 0;

  add(peer: PeerId): void {
    this.#count += 1;
    this.#sum = (this.#sum ^ hashOf(peer)) >>> 0;
  }

  remove(peer: PeerId): void {
    this.#count -= 1;
    this.#sum = (this.#sum ^ hashOf(peer)) >>> 0;
  }

  /** `count.sum`, the sum in base 36. */
  digest(): string {
    return `${this.#count}.${this.#sum.toString(36)}`;
  }
}

/** FNV-1a, 32 bits. Whoever makes keys that collide only hides that it knows others. */
function hashOf(peer: PeerId): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < peer.length; place += 1) {
    hash = Math.imul(hash ^ peer.charCodeAt(place), 0x01000193);
  }
  return hash >>> 0;
}
