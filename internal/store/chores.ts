interface Chore {
  readonly name: string;
  /** Does one slice; whether there was anything to do. */
  readonly slice: () => boolean;
  /** It is due again so long after it was done; undefined where somebody says when. */
  readonly againMs: number | undefined;
  due: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** Work that can wait until nobody waits, done in slices, in the order in which it was added. */
export class Chores {
  readonly #wake: () => void;
  readonly #chores: Chore[] = [];
  #stopped = false;

  /** `wake` is called when something has become due: `doSlice` is to be called as soon as nothing else waits. */
  constructor(wake: () => void) {
    this.#wake = wake;
  }

  add(name: string, slice: () => boolean, againMs?: number): void {
    this.#chores.push({ name, slice, againMs, due: false, timer: undefined });
  }

  /** Has a chore done after a pause. Asked again meanwhile, it is done once. */
  due(name: string, afterMs: number): void {
    const chore = this.#chores.find((one) => one.name === name);
    if (chore !== undefined) this.#setTimer(chore, afterMs);
  }

  /** Whether a slice is to be done. */
  get waiting(): boolean {
    return this.#chores.some(({ due }) => due);
  }

  /** Does a slice of the first chore that is due. A chore that throws is put off until it is due again. */
  doSlice(): void {
    const chore = this.#chores.find(({ due }) => due);
    if (chore === undefined) return;
    chore.due = false;
    if (chore.againMs !== undefined) this.#setTimer(chore, chore.againMs);
    chore.due = chore.slice();
  }

  stop(): void {
    this.#stopped = true;
    for (const { timer } of this.#chores) clearTimeout(timer);
  }

  #setTimer(chore: Chore, afterMs: number): void {
    if (chore.due || chore.timer !== undefined || this.#stopped) return;
    chore.timer = setTimeout(() => {
      chore.timer = undefined;
      chore.due = true;
      this.#wake();
    }, afterMs);
  }
}
