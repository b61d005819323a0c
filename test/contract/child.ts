import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

const children: Child[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) await child.kill();
});

/** A script of this folder running in a process of its own; killed when the test is over. */
export class Child {
  readonly pid: number;
  /** What it has said so far, by line. */
  readonly lines: string[] = [];
  readonly exit: Promise<number | null>;
  readonly #process: ChildProcessByStdio<null, Readable, null>;
  readonly #waiting = new Set<() => void>();
  #over = false;

  private constructor(process: ChildProcessByStdio<null, Readable, null>, pid: number) {
    this.#process = process;
    this.pid = pid;
    const reader = createInterface({ input: process.stdout });
    reader.on('line', (line) => {
      this.lines.push(line);
      this.#changed();
    });
    this.exit = Promise.all([once(process, 'exit'), once(reader, 'close')]).then(([[code]]) => {
      this.#over = true;
      this.#changed();
      return code;
    });
  }

  static start(script: string, ...args: readonly string[]): Child {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
    const started = spawn(process.execPath, [...flags, path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (started.pid === undefined) throw new Error(`${script} could not be started`);
    const child = new Child(started, started.pid);
    children.push(child);
    return child;
  }

  /** Resolves when it has said a line that `wanted` accepts. Rejects when it ends without. */
  async says(wanted: (line: string) => boolean): Promise<string> {
    for (;;) {
      const line = this.lines.find(wanted);
      if (line !== undefined) return line;
      if (this.#over) throw new Error(`it ended having said: ${this.lines.join(' | ')}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** `kill -9`, and all it said before has been read. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.exit;
  }

  #changed(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
