import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A line of JSON that a measured process printed. */
export type Told = Readonly<Record<string, unknown>> & { readonly what: string };

/** A process of a measurement, and what it tells on its standard output. */
export class Measured {
  readonly #child: ChildProcess;
  readonly #told: Told[] = [];
  readonly #exit: Promise<void>;
  readonly #waiting = new Set<() => void>();

  constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null) throw new Error('a process without an output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#told.push(JSON.parse(line));
      this.#wake();
    });
    this.#exit = new Promise((resolve) => child.once('close', () => resolve()));
    void this.#exit.then(() => this.#wake());
  }

  /** Runs a file of this folder on the Node that runs this. */
  static run(file: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): Measured {
    return Measured.start([join(import.meta.dirname, file), ...words], env);
  }

  /** Runs Node with these words. */
  static start(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Measured {
    const options = { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] } as const;
    return new Measured(spawn(process.execPath, argv, { ...options, stdio: [...options.stdio] }));
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('it could not be started');
    return this.#child.pid;
  }

  /** Writes a line to its input. */
  hear(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Waits until it tells of `what`. */
  async tells(what: string): Promise<Told> {
    for (;;) {
      const told = this.#told.find((one) => one.what === what);
      if (told !== undefined) return told;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`it ended before "${what}"`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Lets it leave, and waits until it has. */
  async end(): Promise<void> {
    this.#child.stdin?.end();
    await this.#exit;
  }
}

/** When something was told, in milliseconds of the clock that all processes share. */
export function atOf(told: Told): number {
  return Number(told['at']);
}

export function median(figures: readonly number[]): number {
  return figures.toSorted((left, right) => left - right)[figures.length >> 1] ?? Number.NaN;
}
