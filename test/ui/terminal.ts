/** The true screen on a terminal of memory: what Ink writes is replayed by xterm, keys go in as a keyboard sends them. */
import './environment.ts';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import xterm from '@xterm/headless';
import { type OpenScreen, openScreen } from '../../internal/terminal/screen.tsx';
import type { TerminalOutput } from '../../internal/terminal/screen-output.ts';
import type { Chat } from '../../pkg/chat/chat.ts';
import type { Picture } from './picture.ts';

/** Keys as terminals send them. */
export const KEYS = {
  enter: '\r',
  altEnter: '\u001b\r',
  backspace: '\u007f',
  altBackspace: '\u001b\u007f',
  delete: '\u001b[3~',
  left: '\u001b[D',
  right: '\u001b[C',
  up: '\u001b[A',
  down: '\u001b[B',
  ctrlLeft: '\u001b[1;5D',
  ctrlRight: '\u001b[1;5C',
  home: '\u001b[H',
  end: '\u001b[F',
  pageUp: '\u001b[5~',
  pageDown: '\u001b[6~',
  escape: '\u001b',
} as const;

export function ctrl(letter: string): string {
  return String.fromCharCode(letter.charCodeAt(0) & 31);
}

export function alt(letter: string): string {
  return `\u001b${letter}`;
}

export function paste(text: string): string {
  return `\u001b[200~${text}\u001b[201~`;
}

class Output extends EventEmitter implements TerminalOutput {
  readonly writable = true;
  readonly written: string[] = [];
  columns: number;
  rows: number;

  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  write(data: Uint8Array | string, encodingOrDone?: unknown, done?: unknown): boolean {
    this.written.push(String(data));
    const after = typeof encodingOrDone === 'function' ? encodingOrDone : done;
    if (typeof after === 'function') after();
    return true;
  }

  end(): this {
    return this;
  }
}

class Input extends PassThrough {
  readonly isTTY = true;
  raw = false;

  setRawMode(raw: boolean): this {
    this.raw = raw;
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

export class TestTerminal {
  readonly input = new Input();
  readonly quits: string[] = [];
  readonly screen: OpenScreen;
  readonly titles: string[] = [];
  readonly #output: Output;
  readonly #xterm: xterm.Terminal;
  #replayed = 0;

  /** `typed` was on its way before there was a screen. */
  constructor(
    chat: Chat,
    { columns, rows, colour = true, typed = '' }: { columns: number; rows: number; colour?: boolean; typed?: string },
  ) {
    if (typed !== '') this.input.write(typed);
    this.#output = new Output(columns, rows);
    // A terminal in raw mode still turns a line feed into carriage return and line feed.
    const modes = { convertEol: true, allowProposedApi: true, scrollback: 1000 };
    this.#xterm = new xterm.Terminal({ ...modes, cols: columns, rows });
    this.#xterm.onTitleChange((title) => this.titles.push(title));
    this.screen = openScreen({
      chat,
      stdin: this.input,
      stdout: this.#output,
      colour,
      onQuit: (reason) => this.quits.push(reason),
    });
  }

  get bytes(): string {
    return this.#output.written.join('');
  }

  /** What the person sees, line by line, without the spaces at line ends. */
  async lines(): Promise<string[]> {
    await this.#settled();
    const buffer = this.#xterm.buffer.active;
    const all = Array.from({ length: this.#xterm.rows }, (_, y) => buffer.getLine(buffer.baseY + y));
    return all.map((line) => line?.translateToString(true, 0, this.#output.columns) ?? '');
  }

  /** The screen as one text. */
  async text(): Promise<string> {
    return (await this.lines()).join('\n');
  }

  /** Waits until the screen shows `text`. */
  async shows(text: string | RegExp): Promise<string> {
    for (;;) {
      const seen = await this.text();
      if (typeof text === 'string' ? seen.includes(text) : text.test(seen)) return seen;
      await this.#tick();
    }
  }

  async hides(text: string): Promise<void> {
    while ((await this.text()).includes(text)) await this.#tick();
  }

  /** Waits until `holds` does. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await this.#tick();
  }

  async cursor(): Promise<{ x: number; y: number }> {
    await this.#settled();
    const { cursorX: x, cursorY: y } = this.#xterm.buffer.active;
    return { x, y };
  }

  async inAlternateScreen(): Promise<boolean> {
    await this.#settled();
    return this.#xterm.buffer.active.type === 'alternate';
  }

  async modes(): Promise<xterm.IModes> {
    await this.#settled();
    return this.#xterm.modes;
  }

  /** The colours in a line of the screen, and whether anything in it is drawn in another way than plainly. */
  async looks(y: number): Promise<{ colours: number[]; plain: boolean }> {
    await this.#settled();
    const line = this.#xterm.buffer.active.getLine(this.#xterm.buffer.active.baseY + y);
    const cells = Array.from({ length: this.#xterm.cols }, (_, x) => line?.getCell(x)).filter(
      (cell) => cell !== undefined,
    );
    const colours = cells.filter((cell) => !cell.isFgDefault()).map((cell) => cell.getFgColor());
    return { colours: [...new Set(colours)], plain: cells.every((cell) => cell.isAttributeDefault()) };
  }

  /** The pieces of a line that are drawn dimly, without the spaces at their ends. */
  async dimmed(y: number): Promise<string[]> {
    await this.#settled();
    const line = this.#xterm.buffer.active.getLine(this.#xterm.buffer.active.baseY + y);
    let text = '';
    for (let x = 0; x < this.#xterm.cols; x += 1) {
      const cell = line?.getCell(x);
      text += cell !== undefined && cell.isDim() !== 0 ? cell.getChars() || ' ' : '\0';
    }
    return text
      .split('\0')
      .map((piece) => piece.trim())
      .filter((piece) => piece !== '');
  }

  /** Writes to the terminal as a shell would after the chat. */
  async print(text: string): Promise<void> {
    await this.#settled();
    return new Promise((resolve) => this.#xterm.write(text, resolve));
  }

  /** Whether the last word on the cursor was to show it. */
  get cursorShown(): boolean {
    return this.bytes.lastIndexOf('\u001b[?25h') > this.bytes.lastIndexOf('\u001b[?25l');
  }

  /** What a person sees, to be compared with a `Picture`. */
  async picture(): Promise<Picture> {
    const lines = await this.lines();
    return { lines: lines.map((line) => line.trimEnd()), cursor: await this.cursor() };
  }

  /** How often the whole screen was drawn. */
  get wholeFrames(): number {
    return this.bytes.split('\u001b[H\u001b[J').length - 1;
  }

  type(...keys: readonly string[]): void {
    for (const key of keys) this.input.write(key);
  }

  resize(columns: number, rows: number): void {
    this.#replay();
    this.#xterm.resize(columns, rows);
    this.#output.columns = columns;
    this.#output.rows = rows;
    this.#output.emit('resize');
  }

  hangUp(): void {
    this.input.end();
  }

  breakOutput(error: Error): void {
    this.#output.emit('error', error);
  }

  async close(): Promise<void> {
    this.screen.close();
    await this.screen.closed;
    await this.#settled();
  }

  #replay(): void {
    const fresh = this.#output.written.slice(this.#replayed).join('');
    this.#replayed = this.#output.written.length;
    this.#xterm.write(fresh);
  }

  /** Everything written so far is on the screen. Nothing is waited for but the emulator. */
  #settled(): Promise<void> {
    this.#replay();
    return new Promise((resolve) => this.#xterm.write('', resolve));
  }

  #tick(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 2));
  }
}
