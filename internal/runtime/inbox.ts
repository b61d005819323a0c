import { EVENTS_BEHIND_MAX } from '../../pkg/base/limits.ts';

/** The reader fell so far behind that keeping more for it would cost the chat its memory. */
export class TooSlowError extends Error {
  override readonly name = 'TooSlowError';
  readonly code = 'too-slow';

  constructor() {
    super(`more than ${EVENTS_BEHIND_MAX} events were not read in time; read faster, or start again from the history`);
  }
}

/**
 * A queue from one writer to one reader who may lose nothing: the reader gets every item in order until `signal`
 * aborts, or a `TooSlowError` once more than `EVENTS_BEHIND_MAX` wait.
 */
export class Inbox<Item> {
  readonly #signal: AbortSignal;
  #items: Item[] = [];
  #overflowed = false;
  #wake: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  push(item: Item): void {
    if (this.#items.length >= EVENTS_BEHIND_MAX) {
      this.#overflowed = true;
      this.#items = [];
    }
    if (!this.#overflowed) this.#items.push(item);
    this.#wake?.();
  }

  async *read(): AsyncGenerator<Item, void, void> {
    while (!this.#signal.aborted) {
      if (this.#overflowed) throw new TooSlowError();
      const items = this.#items;
      this.#items = [];
      for (const item of items) {
        if (this.#signal.aborted) return;
        yield item;
      }
      if (this.#items.length > 0 || this.#overflowed) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (this.#signal.aborted) resolve();
      });
      this.#wake = undefined;
    }
  }
}
