import { EventEmitter } from 'node:events';

/** The terminal as it is written to: `process.stdout`, or what stands for it. */
export interface TerminalOutput extends NodeJS.WritableStream {
  readonly columns?: number;
  readonly rows?: number;
}

type Done = (error?: Error | null) => void;

const ENTER_ALTERNATE_SCREEN = '\u001b[?1049h';
const LEAVE_ALTERNATE_SCREEN = '\u001b[?1049l';
const WRAP_OFF = '\u001b[?7l';
const WRAP_ON = '\u001b[?7h';
const HOME_AND_ERASE = '\u001b[H\u001b[J';
const MODES_ONLY = /^(?:\u001b\[\?\d+[hl])*$/;
const COLUMNS_WITHOUT_TERMINAL = 80;
const ROWS_WITHOUT_TERMINAL = 24;

/**
 * Stands between Ink and the terminal, and adds what Ink leaves open:
 *
 * - The terminal does not wrap lines while the screen is open. Terminals disagree on the width of some characters; a
 *   line that one of them finds too long is cut there instead of pushing every line below out of its place.
 * - A whole repaint begins at the upper left corner, wherever the cursor is believed to be.
 * - The size changes only by `measure`, so that Ink never draws a frame of one size into a terminal of another.
 */
export class ScreenOutput extends EventEmitter implements NodeJS.WritableStream {
  readonly isTTY = true;
  readonly #terminal: TerminalOutput;
  #columns = COLUMNS_WITHOUT_TERMINAL;
  #rows = ROWS_WITHOUT_TERMINAL;
  #silent = false;
  #whole = true;

  constructor(terminal: TerminalOutput) {
    super();
    this.#terminal = terminal;
    this.measure();
  }

  get writable(): boolean {
    return this.#terminal.writable;
  }

  get columns(): number {
    return this.#columns;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Takes over the terminal's size. */
  measure(): { readonly columns: number; readonly rows: number } {
    this.#columns = this.#terminal.columns || COLUMNS_WITHOUT_TERMINAL;
    this.#rows = this.#terminal.rows || ROWS_WITHOUT_TERMINAL;
    return { columns: this.#columns, rows: this.#rows };
  }

  /** Makes the next frame a whole one. `forget` makes the renderer forget the last; what it writes is dropped. */
  repaint(forget: () => void): void {
    this.#silent = true;
    try {
      forget();
    } finally {
      this.#silent = false;
    }
    this.#whole = true;
  }

  write(data: Uint8Array | string, encodingOrDone?: BufferEncoding | Done, done?: Done): boolean {
    const after = typeof encodingOrDone === 'function' ? encodingOrDone : done;
    if (this.#silent) {
      after?.();
      return true;
    }
    return this.#terminal.write(typeof data === 'string' ? this.#completed(data) : data, after);
  }

  end(): this {
    return this;
  }

  #completed(text: string): string {
    if (text.includes(ENTER_ALTERNATE_SCREEN)) return text + WRAP_OFF;
    if (text.includes(LEAVE_ALTERNATE_SCREEN)) return WRAP_ON + text;
    if (!this.#whole || MODES_ONLY.test(text)) return text;
    this.#whole = false;
    return HOME_AND_ERASE + text;
  }
}
