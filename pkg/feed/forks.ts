/**
 * Authors who told two histories. What was kept first stays, nothing is taken behind it, and the proof is kept: two runs
 * of which each is signed and that cannot both be true. Everybody else goes on as before.
 */
import { FORK_PROOF_BYTES_MAX } from '../base/limits.ts';
import type { Run } from '../wire/entry.ts';
import { fault } from '../wire/fault.ts';
import { parseRun } from '../wire/run.ts';
import type { Bearer } from './feed.ts';

export const FORK = fault('fork', 'a signed run that continues another history');

/** The text of the run that was kept, and of the one that contradicts it. */
export type ForkProof = readonly [kept: string, other: string];

/** A run that stands where another one was kept. */
export interface Suspicion {
  readonly run: Run;
  readonly from: Bearer;
  /** Whether its signature was found to be its author's. */
  readonly signed: boolean;
}

/** The latest proofs, to be told on, up to `FORK_PROOF_BYTES_MAX` in all; the others are on disk. */
export class ForkProofs {
  readonly #proofs = new Map<string, { readonly proof: ForkProof; readonly place: number }>();
  #chars = 0;

  /** The proof against the author of a feed, by the feed's name; undefined where there is none at hand. */
  of(name: string): ForkProof | undefined {
    return this.#proofs.get(name)?.proof;
  }

  /** Whether a proof means anything to somebody who has the feed up to `sequence`: below the fork it is one history. */
  concerns(name: string, sequence: number): boolean {
    const known = this.#proofs.get(name);
    return known !== undefined && sequence >= known.place;
  }

  keep(name: string, proof: ForkProof): void {
    const chars = proof[0].length + proof[1].length;
    if (this.#proofs.has(name) || chars > FORK_PROOF_BYTES_MAX) return;
    const [kept, other] = [parseRun(proof[0]), parseRun(proof[1])];
    if (kept.type === 'fault' || other.type === 'fault') return;
    this.#chars += chars;
    for (const [oldest, { proof: gone }] of this.#proofs) {
      if (this.#chars <= FORK_PROOF_BYTES_MAX) break;
      this.#proofs.delete(oldest);
      this.#chars -= gone[0].length + gone[1].length;
    }
    // Where the other one follows on the one kept, who has that one can judge it.
    this.#proofs.set(name, { proof, place: Math.min(other.first, kept.last) });
  }
}
