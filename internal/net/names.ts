import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { LOOKUPS_MAX } from '../../pkg/base/limits.ts';

/**
 * Resolves host names as every program of this machine does: by its hosts file, its name servers, and whatever else it has
 * been set up with. Such a look-up cannot be given up and holds one of the few threads that signatures are verified on, so
 * few run at once, and whoever asks for a name that is being resolved shares the answer.
 */
export class Names {
  readonly #asked = new Map<string, Promise<readonly string[]>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** All addresses of a host, in the order in which the system would try them; rejects with the system's error. */
  resolve(name: string): Promise<readonly string[]> {
    if (isIP(name) !== 0) return Promise.resolve([name]);
    let answer = this.#asked.get(name);
    if (answer === undefined) {
      answer = this.#look(name).finally(() => this.#asked.delete(name));
      this.#asked.set(name, answer);
    }
    return answer;
  }

  async #look(name: string): Promise<readonly string[]> {
    if (this.#running < LOOKUPS_MAX) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      const found = await lookup(name, { all: true, verbatim: true });
      return [...new Set(found.map(({ address }) => address))];
    } finally {
      // Whoever has waited longest takes the place over.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
