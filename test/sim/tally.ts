import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { Run } from '../../pkg/wire/entry.ts';
import { decodeMessage } from '../../pkg/wire/message.ts';
import { isEntry, RunCollector } from '../../pkg/wire/run.ts';
import type { Pipe } from './pipe.ts';
import type { SimHost } from './sim-host.ts';

/** Texts whose runs are remembered: an author sends the same text to everyone. */
const TEXTS_KEPT_MAX = 1_000;

/** A run on its way over a link. */
export interface Crossing {
  readonly run: Run;
  /** The tally's number of each entry. */
  readonly numbers: readonly number[];
}

export const NO_RUNS: readonly Crossing[] = [];

/** Counts how often entries cross links. */
export class Tally {
  readonly #numbers = new Map<string, number>();
  readonly #texts = new Map<string, readonly Crossing[]>();
  readonly #received = new Map<SimHost, Map<number, number>>();
  #copies = 0;
  #distinct = 0;
  #perLinkMax = 0;

  /** How often an entry crossed one link in one direction, at most. */
  get perLinkMax(): number {
    return this.#perLinkMax;
  }

  /** Copies of an entry that a receiver got, on average over all entries that it got at all; 0 when there were none. */
  get copiesMean(): number {
    return this.#distinct === 0 ? 0 : this.#copies / this.#distinct;
  }

  /** Counts from here on: what was received before is forgotten. */
  reset(): void {
    this.#received.clear();
    this.#copies = 0;
    this.#distinct = 0;
  }

  /** The runs in a text that was sent at once; none where it holds no entries. */
  crossings(text: string): readonly Crossing[] {
    if (!text.startsWith('{"type":"chat"') && !text.startsWith('{"type":"action"')) return NO_RUNS;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= TEXTS_KEPT_MAX) this.#texts.clear();
    const crossings = runsIn(text).map((run) => ({ run, numbers: this.#numbersOf(run.author, run) }));
    this.#texts.set(text, crossings);
    return crossings;
  }

  /** A run has come out of a pipe. */
  crossed(pipe: Pipe, { numbers }: Crossing): void {
    const { to } = pipe;
    const crossed = pipe.crossed ?? new Map<number, number>();
    pipe.crossed = crossed;
    const received = this.#received.get(to) ?? new Map<number, number>();
    this.#received.set(to, received);
    for (const number of numbers) {
      const onLink = (crossed.get(number) ?? 0) + 1;
      crossed.set(number, onLink);
      this.#perLinkMax = Math.max(this.#perLinkMax, onLink);
      const before = received.get(number) ?? 0;
      received.set(number, before + 1);
      this.#copies += 1;
      if (before === 0) this.#distinct += 1;
    }
  }

  #numbersOf(author: PeerId, { first, entries }: Run): number[] {
    return entries.map((_, place) => {
      const id = `${author}/${first + place}`;
      const number = this.#numbers.get(id) ?? this.#numbers.size;
      this.#numbers.set(id, number);
      return number;
    });
  }
}

function runsIn(text: string): Run[] {
  const collector = new RunCollector();
  const runs: Run[] = [];
  for (const line of text.split('\n')) {
    const message = decodeMessage(line);
    if (message.type === 'fault' || !isEntry(message)) continue;
    const run = collector.push(message, line);
    if (run?.type === 'run') runs.push(run);
  }
  return runs;
}
