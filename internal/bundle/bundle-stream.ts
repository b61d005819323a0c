import type { Writable } from 'node:stream';
import { failureCode } from '../../pkg/base/machine-error.ts';
import { BundleError } from './bundle-error.ts';
import type { Sink } from './export.ts';

/** A bundle that goes to whoever reads a stream, as fast as they read. That they stop reading is no failure. */
export class BundleStream implements Sink {
  readonly #stream: Writable;
  readonly #signal: AbortSignal;

  constructor(stream: Writable, signal: AbortSignal) {
    this.#stream = stream;
    this.#signal = signal;
  }

  /** Resolves when the system has it; false where nobody reads any more, or the signal says not to wait for them. */
  write(text: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const stop = () => resolve(false);
      this.#signal.addEventListener('abort', stop, { once: true });
      this.#stream.write(text, (error) => {
        this.#signal.removeEventListener('abort', stop);
        if (error === null || error === undefined) resolve(true);
        else if (GONE.has(failureCode(error))) resolve(false);
        else reject(new BundleError('unwritable', `cannot write the bundle: ${failureCode(error)}`, error));
      });
    });
  }
}

const GONE = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);
