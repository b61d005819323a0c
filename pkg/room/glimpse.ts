import type { Run } from '../wire/entry.ts';

/** The newest runs of a room, shown ahead of the rest: each is verified for itself, and they are shown together. */
export class Glimpse {
  readonly #runs: Run[] = [];
  #unverified = 0;
  #complete = false;

  /** A run has come and is being verified; `last` when no other one follows. */
  came(last: boolean): void {
    this.#unverified += 1;
    this.#complete ||= last;
  }

  /** A run was verified. All that are true, in the order of the room, once none is left to be verified. */
  verified(run: Run, valid: boolean): readonly Run[] | undefined {
    this.#unverified -= 1;
    if (valid) this.#runs.push(run);
    if (!this.#complete || this.#unverified > 0) return undefined;
    return this.#runs.splice(0).sort(inOrder);
  }
}

function inOrder(left: Run, right: Run): number {
  return left.firstClock - right.firstClock || (left.author < right.author ? -1 : 1);
}
