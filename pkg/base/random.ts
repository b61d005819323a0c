/**
 * A seeded generator (sfc32) for jitter and spreading: the same seed gives the same peer the same choices,
 * so that a simulation replays. Never for keys or nonces.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 0x1_0000_0000) | 0;
    this.#c = 0x9e3779b9;
    for (let round = 0; round < 12; round += 1) this.#next();
  }

  /** A number in [0, 1). */
  fraction(): number {
    return this.#next() / 0x1_0000_0000;
  }

  /** A whole number in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.fraction() * bound);
  }

  /** `span`, shifted at random by up to `share` of itself either way. */
  around(span: number, share: number): number {
    return span * (1 - share + 2 * share * this.fraction());
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }
}
