import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import xterm from '@xterm/headless';
import { builtProgram } from '../process.ts';
import type { Stage } from '../stage.ts';

const SCRIPT = '/usr/bin/script';
const PATIENCE_MS = 15_000;

/** Why there is no terminal for tests on this machine, or undefined when there is. */
export function noTerminal(): string | undefined {
  return existsSync(SCRIPT) ? undefined : `${SCRIPT} is missing`;
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The built program on a terminal of its own (`script` makes one), and what a person would see there. */
export class RealTerminal {
  readonly #script: ChildProcessWithoutNullStreams;
  readonly #xterm: xterm.Terminal;
  readonly #pidFile: string;
  readonly #exit: Promise<number | null>;
  readonly #watchers = new Set<() => void>();
  #written = '';

  constructor(
    stage: Stage,
    words: readonly string[],
    home: string,
    { columns, rows }: Size = { columns: 80, rows: 24 },
  ) {
    this.#pidFile = join(home, 'pid');
    const network = ['-interface', '127.0.0.1', '-multicast', stage.group];
    const program = [process.execPath, builtProgram(), ...words, ...network].map((word) => `'${word}'`).join(' ');
    const command = `mkdir -p '${home}'; stty rows ${rows} cols ${columns}; echo $$ > '${this.#pidFile}'; exec ${program}`;
    const env = {
      PATH: process.env['PATH'] ?? '',
      TERM: 'xterm-256color',
      SHELL: '/bin/sh',
      HOME: home,
      P2PCHAT_HOME: home,
    };
    this.#xterm = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#script = spawn(SCRIPT, ['-qec', command, '/dev/null'], { env });
    this.#script.stdout.on('data', (bytes: Buffer) => {
      this.#written += bytes.toString();
      this.#xterm.write(bytes, () => this.#wake());
    });
    this.#exit = new Promise((resolve) => this.#script.once('close', resolve));
    void this.#exit.then(() => this.#wake());
  }

  /** Everything that came to the terminal. */
  get written(): string {
    return this.#written;
  }

  /** Settles with the program's exit code once the terminal is free again. */
  get exit(): Promise<number | null> {
    return this.#exit;
  }

  type(keys: string): void {
    this.#script.stdin.write(keys);
  }

  /** The screen as one text. */
  text(): string {
    const { active } = this.#xterm.buffer;
    const rows = Array.from({ length: this.#xterm.rows }, (_, row) => active.getLine(active.baseY + row));
    return rows.map((row) => row?.translateToString(true) ?? '').join('\n');
  }

  /** Waits until the screen shows it, or the normal screen after the program has ended. */
  async shows(what: string): Promise<void> {
    const timer = setTimeout(() => this.#wake(), PATIENCE_MS);
    const endsAt = performance.now() + PATIENCE_MS;
    while (!this.text().includes(what)) {
      if (performance.now() >= endsAt - 1) throw new Error(`"${what}" did not come; the screen shows:\n${this.text()}`);
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
    clearTimeout(timer);
  }

  signal(name: NodeJS.Signals): void {
    process.kill(Number(readFileSync(this.#pidFile, 'utf8')), name);
  }

  /** The terminal itself goes away, as when its window is closed. */
  hangUp(): void {
    this.#script.kill('SIGKILL');
  }

  /** What of the terminal is not as a shell expects it. */
  async disorder(): Promise<string[]> {
    await new Promise<void>((resolve) => this.#xterm.write('', resolve));
    const { modes, buffer } = this.#xterm;
    const last = (on: string, off: string) => this.#written.lastIndexOf(on) > this.#written.lastIndexOf(off);
    return Object.entries({
      'alternate screen': buffer.active.type === 'alternate',
      'bracketed paste': modes.bracketedPasteMode,
      'no line wrapping': !modes.wraparoundMode,
      'hidden cursor': last('\u001b[?25l', '\u001b[?25h'),
      'mouse tracking': modes.mouseTrackingMode !== 'none',
      'application cursor keys': modes.applicationCursorKeysMode,
      'scrollback wiped': this.#written.includes('\u001b[3J'),
    }).flatMap(([what, is]) => (is ? [what] : []));
  }

  async close(): Promise<void> {
    // Without its terminal the program would still say goodbye, and write down whom it met.
    if (existsSync(this.#pidFile)) endIfThere(Number(readFileSync(this.#pidFile, 'utf8')));
    if (this.#script.exitCode === null && this.#script.signalCode === null) this.#script.kill('SIGKILL');
    await this.#exit;
    this.#xterm.dispose();
  }

  #wake(): void {
    for (const wake of this.#watchers) wake();
    this.#watchers.clear();
  }
}

function endIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
