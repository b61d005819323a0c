/** A digest of everything that happened in a run, in order: equal for equal seeds, and cheap enough to be always on. */
import { createHash } from 'node:crypto';
import type { Effect } from '../../pkg/peer/effect.ts';
import type { Input } from '../../pkg/peer/input.ts';

const NUMBERS = 4_096;

export class Trace {
  readonly #hash = createHash('sha256');
  readonly #numbers = new Float64Array(NUMBERS);
  #filled = 0;
  #steps = 0;

  /** How many steps were noted. */
  get steps(): number {
    return this.#steps;
  }

  /** Notes one step of one host: when, what came in, what came of it and how long that was. */
  note(at: number, host: number, input: Input, effects: readonly Effect[]): void {
    let mixed = mix(host, codeOf(input.type));
    for (const effect of effects) {
      mixed = mix(mixed, codeOf(effect.type));
      if ('text' in effect) mixed = mix(mixed, effect.text.length);
    }
    this.#steps += 1;
    this.#numbers[this.#filled] = at;
    this.#numbers[this.#filled + 1] = mixed;
    this.#filled += 2;
    if (this.#filled === NUMBERS) this.#flush();
  }

  digest(): string {
    this.#flush();
    return this.#hash.copy().digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#numbers.subarray(0, this.#filled));
    this.#filled = 0;
  }
}

const codes = new Map<string, number>();

/** A number that stands for a type's name, in whatever order names are met. */
function codeOf(name: string): number {
  const known = codes.get(name);
  if (known !== undefined) return known;
  let code = 0x811c9dc5;
  for (let place = 0; place < name.length; place += 1) code = mix(code, name.charCodeAt(place));
  codes.set(name, code);
  return code;
}

function mix(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193);
}
