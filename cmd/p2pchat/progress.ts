/** A line of progress is drawn anew no more often than this. */
const DRAW_INTERVAL_MS = 200;

/** One line on standard error that says what is being done; nothing where that is no terminal. */
export class Doing {
  readonly #stream: NodeJS.WriteStream;
  #drawn = false;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  readonly show = (what: string): void => {
    if (!this.#stream.isTTY || process.env['TERM'] === 'dumb') return;
    this.#drawn = true;
    this.#stream.write(`\r\u001b[K-- ${what} ...`);
  };

  /** Takes the line away. */
  clear(): void {
    if (this.#drawn) this.#stream.write('\r\u001b[K');
    this.#drawn = false;
  }
}

/** One line on standard error that says how far long work is; nothing where that is no terminal. */
export class Progress {
  readonly #words: string;
  readonly #stream: NodeJS.WriteStream;
  #drawnAt = performance.now();
  #drawn = false;

  /** `words` stand behind the number. */
  constructor(words: string, stream: NodeJS.WriteStream = process.stderr) {
    this.#words = words;
    this.#stream = stream;
  }

  /** How much is done. Work that is over at once shows nothing. */
  readonly show = (count: number): void => {
    const now = performance.now();
    if (!this.#stream.isTTY || process.env['TERM'] === 'dumb' || now - this.#drawnAt < DRAW_INTERVAL_MS) return;
    this.#drawnAt = now;
    this.#drawn = true;
    this.#stream.write(`\r-- ${count} ${this.#words}`);
  };

  /** Takes the line away. */
  clear(): void {
    if (this.#drawn) this.#stream.write('\r\u001b[K');
    this.#drawn = false;
  }
}
