import type { Fault } from '../../pkg/wire/fault.ts';
import { LineSplitter } from '../../pkg/wire/lines.ts';

/** A line by its number, counted from 1: its text, or what is wrong with its bytes. */
export interface BundleLine {
  readonly number: number;
  readonly text: string | Fault;
}

const LINE_FEED = 0x0a;

/**
 * Cuts a bundle into lines. On a link the first fault is the end; here a line that is none is named and the next one is
 * read. Holds at most one line of the greatest length.
 */
export class BundleLines {
  #splitter = new LineSplitter();
  #count = 0;
  /** Inside a line that is too long: nothing counts up to its line feed. */
  #skipping = false;
  /** Whether the last byte that came did not end a line. */
  #begun = false;

  /** The lines that `chunk` completes. Take all of them before the next call. */
  *push(chunk: Uint8Array): Generator<BundleLine> {
    if (chunk.length > 0) this.#begun = chunk.at(-1) !== LINE_FEED;
    let rest = this.#skipping ? this.#skipped(chunk) : chunk;
    while (rest.length > 0) {
      const { lines, fault } = this.#splitter.push(rest);
      for (const text of lines) yield { number: this.#next(), text };
      if (fault === undefined) return;
      yield { number: this.#next(), text: fault };
      this.#splitter = new LineSplitter();
      rest = this.#skipped(behindLines(rest, lines.length));
    }
  }

  /** The last line, where no line feed stands behind it. */
  *end(): Generator<BundleLine> {
    if (this.#begun) yield* this.push(new Uint8Array([LINE_FEED]));
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }

  /** What stands behind the line that `chunk` begins in. */
  #skipped(chunk: Uint8Array): Uint8Array {
    const end = chunk.indexOf(LINE_FEED);
    this.#skipping = end === -1;
    return end === -1 ? chunk.subarray(chunk.length) : chunk.subarray(end + 1);
  }
}

function behindLines(chunk: Uint8Array, lines: number): Uint8Array {
  let start = 0;
  for (let line = 0; line < lines; line += 1) start = chunk.indexOf(LINE_FEED, start) + 1;
  return chunk.subarray(start);
}
