import { EXIT, type ExitCode } from './exit-code.ts';

export interface Caught {
  /** Why one leaves, in words for the others; empty where a goodbye says enough. */
  readonly reason: string;
  readonly code: ExitCode;
}

const CODES = { SIGINT: EXIT.interrupt, SIGTERM: EXIT.terminate, SIGHUP: EXIT.hangup } as const;
const REASONS = { SIGINT: '', SIGTERM: 'stopped', SIGHUP: 'terminal closed' } as const;
const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The signals that ask the program to leave. The first lets it say goodbye; a second does not wait for that: the process
 * ends at once (whatever restores the terminal hangs on its exit).
 */
export class Signals {
  readonly #first = Promise.withResolvers<Caught>();
  readonly #aborting = new AbortController();
  #caught: Caught | undefined;

  constructor() {
    for (const name of NAMES) process.on(name, this.#onSignal);
  }

  get first(): Promise<Caught> {
    return this.#first.promise;
  }

  get aborted(): AbortSignal {
    return this.#aborting.signal;
  }

  get caught(): Caught | undefined {
    return this.#caught;
  }

  stop(): void {
    for (const name of NAMES) process.off(name, this.#onSignal);
  }

  readonly #onSignal = (name: (typeof NAMES)[number]): void => {
    if (this.#caught !== undefined) process.exit(this.#caught.code);
    this.#leave({ reason: REASONS[name], code: CODES[name] });
  };

  #leave(caught: Caught): void {
    this.#caught ??= caught;
    this.#first.resolve(this.#caught);
    this.#aborting.abort();
  }
}
