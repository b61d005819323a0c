import { failureCode } from '../../pkg/base/machine-error.ts';

/** Something that is to be open. */
export interface Wanted<Opened> {
  /** What it does, which also names it: `send on eth0 10.0.0.1`. */
  readonly what: string;
  /** What it hangs on; where that changes, it is opened anew. */
  readonly on: string;
  readonly open: () => Promise<Opened>;
}

/** What fails, by what it is, and why. Each failure is told once, until it passes or changes. */
export class Failures {
  readonly #trouble: (text: string) => void;
  readonly #codes = new Map<string, string>();

  constructor(trouble: (text: string) => void) {
    this.#trouble = trouble;
  }

  /** The system's code for each thing that fails now. */
  get codes(): ReadonlyMap<string, string> {
    return this.#codes;
  }

  failed(what: string, cause: unknown): void {
    const code = failureCode(cause);
    if (this.#codes.get(what) !== code) this.#trouble(`cannot ${what}: ${code}`);
    this.#codes.set(what, code);
  }

  passed(what: string): void {
    this.#codes.delete(what);
  }

  /** Forgets what is not wanted any more. */
  keep(wanted: (what: string) => boolean): void {
    for (const what of this.#codes.keys()) if (!wanted(what)) this.#codes.delete(what);
  }
}

/**
 * Keeps what is open in line with what is wanted. What cannot be opened stops nothing else and is tried again whenever
 * `keep` is called.
 */
export class Openings<Opened> {
  readonly #open = new Map<string, { readonly on: string; readonly opened: Opened }>();
  readonly #failures: Failures;
  readonly #close: (opened: Opened) => Promise<void>;
  #closed = false;

  constructor(options: {
    readonly trouble: (text: string) => void;
    readonly close: (opened: Opened) => Promise<void>;
  }) {
    this.#failures = new Failures(options.trouble);
    this.#close = options.close;
  }

  get failures(): ReadonlyMap<string, string> {
    return this.#failures.codes;
  }

  all(): readonly Opened[] {
    return [...this.#open.values()].map(({ opened }) => opened);
  }

  /** Takes in what was opened elsewhere. */
  add(what: string, on: string, opened: Opened): void {
    this.#open.set(what, { on, opened });
  }

  /** Closes what is not wanted, opens what is missing; whether something was opened. To be awaited before the next call. */
  async keep(wanted: readonly Wanted<Opened>[]): Promise<boolean> {
    const known = new Map(wanted.map((each) => [each.what, each]));
    this.#failures.keep((what) => known.has(what));
    const closing: Promise<void>[] = [];
    for (const [what, { on, opened }] of this.#open) {
      if (known.get(what)?.on === on) continue;
      this.#open.delete(what);
      closing.push(this.#close(opened));
    }
    await Promise.all(closing);
    const missing = [...known.values()].filter(({ what }) => !this.#open.has(what));
    const opened = await Promise.all(missing.map((each) => this.#try(each)));
    return opened.includes(true);
  }

  /** Resolves when nothing is open; nothing is opened from now on. */
  async close(): Promise<void> {
    this.#closed = true;
    const open = this.all();
    this.#open.clear();
    await Promise.all(open.map((opened) => this.#close(opened)));
  }

  async #try({ what, on, open }: Wanted<Opened>): Promise<boolean> {
    if (this.#closed) return false;
    try {
      const opened = await open();
      if (this.#closed) {
        await this.#close(opened);
        return false;
      }
      this.#failures.passed(what);
      this.#open.set(what, { on, opened });
      return true;
    } catch (cause) {
      this.#failures.failed(what, cause);
      return false;
    }
  }
}
