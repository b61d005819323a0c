/** Things to come, earliest first; those of one moment in the order in which they were planned. */
export class Agenda<Item> {
  readonly #heap: { readonly at: number; readonly turn: number; readonly item: Item }[] = [];
  #turns = 0;

  /** When the earliest is due. */
  get nextAt(): number | undefined {
    return this.#heap[0]?.at;
  }

  plan(at: number, item: Item): void {
    this.#turns += 1;
    const slot = { at, turn: this.#turns, item };
    let place = this.#heap.length;
    this.#heap.push(slot);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#heap[parent];
      if (above === undefined || !earlier(slot, above)) break;
      this.#heap[place] = above;
      place = parent;
    }
    this.#heap[place] = slot;
  }

  take(): { readonly at: number; readonly item: Item } | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined || this.#heap.length === 0) return first;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const a = this.#heap[left];
      const b = this.#heap[left + 1];
      if (a === undefined) break;
      const right = b !== undefined && earlier(b, a);
      const child = right ? b : a;
      if (!earlier(child, last)) break;
      this.#heap[place] = child;
      place = right ? left + 1 : left;
    }
    this.#heap[place] = last;
    return first;
  }
}

function earlier(a: { at: number; turn: number }, b: { at: number; turn: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.turn < b.turn);
}
