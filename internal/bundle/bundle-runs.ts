import type { Entry, Run } from '../../pkg/wire/entry.ts';
import { decodeMessage } from '../../pkg/wire/message.ts';
import { isEntry, RunCollector } from '../../pkg/wire/run.ts';
import type { BundleLine } from './bundle-lines.ts';

/** A run by the number of its first line. */
export interface BundleRun {
  readonly type: 'run';
  readonly line: number;
  readonly run: Run;
}

/** Lines that make no run. */
export interface Unreadable {
  readonly type: 'unreadable';
  /** The number of the line at which it shows, and how many lines are lost by it. */
  readonly line: number;
  readonly lines: number;
  readonly why: string;
}

const CUT = 'a run ends before its last line';

/** Collects the lines of a bundle into runs, and begins anew behind whatever makes none. Holds at most one run. */
export class BundleRuns {
  #collector = new RunCollector();
  /** Of the run that has begun. */
  #firstLine = 0;
  #lines = 0;
  #last: Entry | undefined;

  /** What the line completes: a run, or what cannot be read; both where it cuts off a run and is one by itself. */
  *push({ number, text }: BundleLine): Generator<BundleRun | Unreadable> {
    if (typeof text !== 'string') return yield* this.#lose(number, text.why);
    const message = decodeMessage(text);
    if (message.type === 'fault') return yield* this.#lose(number, message.why);
    if (!isEntry(message)) return yield* this.#lose(number, 'a line that is no entry');
    if (this.#last !== undefined && !goesOn(this.#last, message)) yield* this.#cut(number - 1);
    if (this.#lines === 0) this.#firstLine = number;
    this.#lines += 1;
    this.#last = message;
    const found = this.#collector.push(message, text);
    if (found === undefined) return;
    if (found.type === 'fault') return yield* this.#drop(number, found.why);
    const line = this.#firstLine;
    this.#reset();
    yield { type: 'run', line, run: found };
  }

  /** What is left when the bundle is over. */
  *end(): Generator<Unreadable> {
    if (this.#lines > 0) yield* this.#cut(this.#firstLine + this.#lines - 1);
  }

  /** A line that is no entry, which takes the run around it along. */
  *#lose(number: number, why: string): Generator<Unreadable> {
    this.#lines += 1;
    yield* this.#drop(number, why);
  }

  *#cut(number: number): Generator<Unreadable> {
    yield* this.#drop(number, CUT);
  }

  *#drop(line: number, why: string): Generator<Unreadable> {
    const lines = this.#lines;
    this.#reset();
    yield { type: 'unreadable', line, lines, why };
  }

  #reset(): void {
    this.#collector = new RunCollector();
    this.#lines = 0;
    this.#last = undefined;
  }
}

/** Whether an entry may stand behind another in one run; where it may not, a run was cut and another begins. */
function goesOn(before: Entry, { room, author, sequence }: Entry): boolean {
  return before.room === room && before.author === author && before.sequence + 1 === sequence;
}
