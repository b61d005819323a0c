import { Worker } from 'node:worker_threads';
import { never } from '../../pkg/base/assert.ts';
import type { StoredHead } from '../../pkg/feed/feeds-out.ts';
import type { FromHistory, HistoryAnswer, HistoryTask, ToHistory } from './history-talk.ts';
import type { Retention } from './settings.ts';
import { StoreError } from './store-error.ts';

/** The file beside this one, or beside the chunk of the bundle that this one is part of. */
const WORKER_FILE = import.meta.url.endsWith('.ts') ? './history-worker.ts' : './history-worker.js';

export interface OpenedHistory {
  readonly heads: readonly StoredHead[];
  /** Where a damaged file was moved, for the person to be told of; undefined when all was well. */
  readonly setAside: string | undefined;
}

export interface HistoryListener {
  answered(answers: readonly HistoryAnswer[]): void;
  /** Something could not be read: for the trace. */
  trouble(text: string): void;
  /** The thread has ended unasked, and answers nothing any more. `why` says what the person can do. */
  died(why: string): void;
}

/**
 * A history on a thread of its own, so that a slow disk is not felt on the typing line. Starting it costs the caller
 * about a millisecond; the thread takes some ten of its own to be ready, during which it can be asked already.
 */
export class HistoryThread {
  readonly #worker: Worker;
  readonly #opening = Promise.withResolvers<OpenedHistory>();
  readonly #ended: Promise<void>;
  #listener: HistoryListener | undefined;
  #asked = false;
  #closing = false;
  #failure: string | undefined;
  #death: string | undefined;

  constructor() {
    this.#worker = new Worker(new URL(WORKER_FILE, import.meta.url), { name: 'history' });
    this.#worker.on('message', (said: FromHistory) => this.#heard(said));
    this.#worker.on('error', (error) => {
      this.#failure = error instanceof Error ? error.message : String(error);
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#over();
        resolve();
      });
    });
    // Whoever opens it hears of the failure; when nobody does, there is nobody to hear.
    this.#opening.promise.catch(() => undefined);
  }

  /**
   * Opens or begins the file; to be called once, first. What `retention` does not keep is deleted by and by. Rejects with a `StoreError` when there is no history to be had.
   */
  open(path: string, retention: Retention = {}): Promise<OpenedHistory> {
    this.#asked = true;
    this.#post({ type: 'open', path, retention });
    return this.#opening.promise;
  }

  /** Who is told from now on; one that comes late hears at once that the thread has died. */
  listen(listener: HistoryListener): void {
    this.#listener = listener;
    if (this.#death !== undefined) listener.died(this.#death);
  }

  /** Has the tasks done. Each that has a ticket gets one answer, unless the thread dies first. */
  post(tasks: readonly HistoryTask[]): void {
    this.#post({ type: 'tasks', tasks });
  }

  /** Ends the thread when everything asked of it is done. Resolves when it has ended; may be called again. */
  close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      if (this.#asked) this.#post({ type: 'close' });
      else void this.#worker.terminate();
    }
    return this.#ended;
  }

  /** Ends it at once, whatever it does: for trying out what follows. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
    await this.#ended;
  }

  #post(asked: ToHistory): void {
    this.#worker.postMessage(asked);
  }

  #heard(said: FromHistory): void {
    switch (said.type) {
      case 'opened':
        return this.#opening.resolve({ heads: said.heads, setAside: said.setAside });
      case 'refused':
        return this.#opening.reject(new StoreError(said.code, said.message));
      case 'answers':
        return this.#listener?.answered(said.answers);
      case 'trouble':
        return this.#listener?.trouble(said.text);
      default:
        return never(said);
    }
  }

  #over(): void {
    if (this.#closing && this.#failure === undefined) return;
    this.#death = `the part of p2pchat that keeps the history has ended (${this.#failure ?? 'killed'}); start p2pchat again`;
    this.#opening.reject(new StoreError('history-unavailable', this.#death));
    this.#listener?.died(this.#death);
  }
}
