import type { SimHost } from './sim-host.ts';

/** More hosts than any scenario has. */
const HOSTS_MAX = 4_096;

/** Who cannot reach whom, one way each. Cuts that overlap are counted: a way is open when all of them are lifted. */
export class Cuts {
  readonly #counts = new Map<number, number>();

  /** Whether nothing `from` sends reaches `to`. */
  between(from: SimHost, to: SimHost): boolean {
    return this.#counts.size > 0 && this.#counts.has(from.number * HOSTS_MAX + to.number);
  }

  /** Cuts all ways from one of `left` to one of `right`. The function returned lifts it again, once. */
  add(left: readonly SimHost[], right: readonly SimHost[]): () => void {
    const ways: number[] = [];
    for (const from of left) for (const to of right) ways.push(from.number * HOSTS_MAX + to.number);
    for (const way of ways) this.#counts.set(way, (this.#counts.get(way) ?? 0) + 1);
    let standing = true;
    return () => {
      if (standing) for (const way of ways) this.#lift(way);
      standing = false;
    };
  }

  clear(): void {
    this.#counts.clear();
  }

  #lift(way: number): void {
    const count = this.#counts.get(way) ?? 0;
    if (count > 1) this.#counts.set(way, count - 1);
    else this.#counts.delete(way);
  }
}
