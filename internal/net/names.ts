import { execFile } from 'node:child_process';
import { isIP } from 'node:net';
import { LOOKUP_TIMEOUT_MS, LOOKUPS_MAX } from '../../pkg/base/limits.ts';
import { failureCode } from '../../pkg/base/machine-error.ts';

/** Prints the addresses, one a line, or the system's code for the failure. */
const SCRIPT = `require('node:dns').lookup(process.argv[1], { all: true, verbatim: true }, (error, found) => {
  process.exitCode = error === null ? 0 : 1;
  console.log(error === null ? found.map(({ address }) => address).join('\\n') : error.code);
});`;

/** A name could not be resolved; the code is the system's, or `timeout`. */
class NameError extends Error {
  readonly code: string;

  constructor(name: string, code: string) {
    super(`cannot resolve ${name}: ${code}`);
    this.code = code;
  }
}

/**
 * Resolves host names as every program of this machine does: by its hosts file, its name servers, and whatever else it has
 * been set up with. The system cannot be told to give up such a look-up, and a process does not end before it has: with a
 * name server that is silent that takes long. So each is done by a process of its own, which can be ended. Whoever asks
 * for a name that is being resolved shares the answer.
 */
export class Names {
  readonly #asked = new Map<string, Promise<readonly string[]>>();
  readonly #waiting: (() => void)[] = [];
  readonly #stop = new AbortController();
  #running = 0;

  /** All addresses of a host, in the order in which the system would try them; rejects with an error that has a code. */
  resolve(name: string): Promise<readonly string[]> {
    if (isIP(name) !== 0) return Promise.resolve([name]);
    let answer = this.#asked.get(name);
    if (answer === undefined) {
      answer = this.#look(name).finally(() => this.#asked.delete(name));
      this.#asked.set(name, answer);
    }
    return answer;
  }

  /** Ends every look-up, and each that is asked for from now on. */
  stop(): void {
    this.#stop.abort();
  }

  async #look(name: string): Promise<readonly string[]> {
    if (this.#running < LOOKUPS_MAX) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await lookUp(name, this.#stop.signal);
    } finally {
      // Whoever has waited longest takes the place over.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}

async function lookUp(name: string, signal: AbortSignal): Promise<readonly string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
  const options = { signal, timeout: LOOKUP_TIMEOUT_MS, env: { ...process.env, NODE_OPTIONS: '' } };
  execFile(process.execPath, ['-e', SCRIPT, '--', name], options, (error, stdout) => {
    const lines = stdout.split('\n').filter((line) => line !== '');
    if (error === null) resolve([...new Set(lines)]);
    else reject(new NameError(name, error.killed === true ? 'timeout' : (lines[0] ?? failureCode(error))));
  });
  return await promise;
}
