import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { EVENTS_BEHIND_MAX } from '../../pkg/base/limits.ts';
import { TooSlowError } from '../runtime/inbox.ts';

interface Line {
  readonly stream: Writable;
  readonly text: string;
}

/**
 * Writes lines in order, no faster than they are read: what a stream does not take waits here, and what is handed over
 * is never more than the stream holds at once.
 */
export class Printer {
  readonly #signal: AbortSignal;
  readonly #waiting: Line[] = [];
  #writing = false;
  #written: Promise<void> = Promise.resolve();

  /** Nothing more is written once `signal` aborts. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Writes a line, now or later. Throws a `TooSlowError` when `EVENTS_BEHIND_MAX` lines wait already. */
  print(stream: Writable, text: string): void {
    if (this.#waiting.length >= EVENTS_BEHIND_MAX) throw new TooSlowError();
    this.#waiting.push({ stream, text });
    if (!this.#writing) this.#written = this.#write();
  }

  /** Resolves when every line is handed to its stream, or nothing more is written. */
  done(): Promise<void> {
    return this.#written;
  }

  async #write(): Promise<void> {
    this.#writing = true;
    while (!this.#signal.aborted) {
      const line = this.#waiting.shift();
      if (line === undefined) break;
      if (line.stream.errored !== null || line.stream.destroyed) continue;
      const full = !line.stream.write(`${line.text}\n`);
      if (full) await this.#drained(line.stream);
    }
    this.#writing = false;
  }

  /** Returns also when the stream fails or `signal` aborts: whoever listens to those ends the chat. */
  async #drained(stream: Writable): Promise<void> {
    if (stream.writableNeedDrain) await once(stream, 'drain', { signal: this.#signal }).catch(() => undefined);
  }
}
