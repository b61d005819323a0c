import { Worker } from 'node:worker_threads';
import { never } from '../../pkg/base/assert.ts';
import { HISTORY_THREAD_DELAY_MS } from '../../pkg/base/limits.ts';
import type { HeldMessage, StoredHead } from '../../pkg/feed/feeds-out.ts';
import { History } from './history.ts';
import type { FromHistory, HistoryAnswer, HistoryTask, HoldTask, ReadTask, ToHistory } from './history-talk.ts';
import { nothingFor, read } from './read-task.ts';
import type { Retention } from './settings.ts';
import { StoreError } from './store-error.ts';

/** For what has just been made, on the thread: runs on their way to the disk die young, and need not pile up first. */
const YOUNG_HEAP = { maxYoungGenerationSizeMb: 8 };
/** The file beside this one, or beside the chunk of the bundle that this one is part of. */
const WORKER_FILE = import.meta.url.endsWith('.ts') ? './history-worker.ts' : './history-worker.js';

export interface HistoryListener {
  answered(answers: readonly HistoryAnswer[]): void;
  /** Something could not be read: for the trace. */
  trouble(text: string): void;
  /** The thread has ended unasked, and answers nothing any more. `why` says what the person can do. */
  died(why: string): void;
}

/**
 * A history on a thread of its own, so that a slow disk is not felt on the typing line. The file is opened here first, and
 * the first pages are read here, so that the first frame does not wait for a thread to come up; so is held what is said by
 * then. The thread begins with the first other task; or soon after, where there is something that it may have to index or
 * to delete. Whoever only listens on a new profile has none.
 */
export class HistoryThread {
  /** What the file held at the opening. */
  readonly heads: readonly StoredHead[];
  readonly outbox: readonly HeldMessage[];
  /** Where a damaged file was moved, for the person to be told of; undefined when all was well. */
  readonly setAside: string | undefined;
  readonly #open: Extract<ToHistory, { readonly type: 'open' }>;
  readonly #ended = Promise.withResolvers<void>();
  readonly #delay: NodeJS.Timeout | undefined;
  /** Open until the thread has opened the file. */
  #past: History | undefined;
  #worker: Worker | undefined;
  #listener: HistoryListener | undefined;
  #closing = false;
  #failure: string | undefined;
  #death: string | undefined;

  /**
   * Opens or begins the file. What `retention` does not keep is deleted by and by. Throws a `StoreError` when there is no
   * history to be had.
   */
  constructor(path: string, retention: Retention = {}) {
    const { history, setAside } = History.open(path);
    this.#past = history;
    this.heads = history.heads();
    this.outbox = history.outbox();
    this.setAside = setAside;
    this.#open = { type: 'open', path, retention };
    if (this.heads.length > 0) this.#delay = setTimeout(() => this.#started(), HISTORY_THREAD_DELAY_MS);
  }

  /** Who is told from now on; one that comes late hears at once that the thread has died. */
  listen(listener: HistoryListener): void {
    this.#listener = listener;
    if (this.#death !== undefined) listener.died(this.#death);
  }

  /** Has the tasks done. Each that has a ticket gets one answer, unless the thread dies first. */
  post(tasks: readonly HistoryTask[]): void {
    const past = this.#past;
    const others = past === undefined ? tasks : tasks.filter(({ type }) => type !== 'page' && type !== 'hold');
    if (past !== undefined) this.#doHere(past, tasks);
    if (others.length > 0) this.#started().postMessage({ type: 'tasks', tasks: others } satisfies ToHistory);
  }

  /** Ends the thread when everything asked of it is done. Resolves when it has ended; may be called again. */
  close(): Promise<void> {
    if (this.#closing) return this.#ended.promise;
    this.#closing = true;
    clearTimeout(this.#delay);
    this.#worker?.postMessage({ type: 'close' } satisfies ToHistory);
    if (this.#worker === undefined) this.#over();
    return this.#ended.promise;
  }

  /** Ends it at once, whatever it does: for trying out what follows. */
  async kill(): Promise<void> {
    await this.#started().terminate();
    await this.#ended.promise;
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    clearTimeout(this.#delay);
    const worker = new Worker(new URL(WORKER_FILE, import.meta.url), { name: 'history', resourceLimits: YOUNG_HEAP });
    this.#worker = worker;
    worker.on('message', (said: FromHistory) => this.#heard(said));
    worker.on('error', (error) => {
      this.#failure ??= error instanceof Error ? error.message : String(error);
    });
    worker.once('exit', () => this.#over());
    worker.postMessage(this.#open);
    return worker;
  }

  /**
   * Nothing counts as stored before the thread has opened the file: until then all that is stored is seen here. What is to
   * be held does not wait for the thread to come up, as the process may be killed meanwhile.
   */
  #doHere(past: History, tasks: readonly HistoryTask[]): void {
    const holds = tasks.filter((task) => task.type === 'hold');
    if (holds.length > 0) this.#holdHere(past, holds);
    const pages = tasks.filter((task) => task.type === 'page');
    for (const page of pages) this.#listener?.answered([this.#readHere(past, page)]);
  }

  #holdHere(past: History, holds: readonly HoldTask[]): void {
    try {
      past.hold(holds);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#listener?.trouble(error.message);
    }
  }

  #readHere(past: History, task: ReadTask): HistoryAnswer {
    try {
      return read(past, task);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#listener?.trouble(error.message);
      return nothingFor(task.type, task.ticket);
    }
  }

  #heard(said: FromHistory): void {
    switch (said.type) {
      case 'opened':
        return this.#forgetPast();
      case 'refused':
        this.#failure = said.why;
        void this.#worker?.terminate();
        return;
      case 'answers':
        return this.#listener?.answered(said.answers);
      case 'trouble':
        return this.#listener?.trouble(said.text);
      default:
        return never(said);
    }
  }

  #forgetPast(): void {
    this.#past?.close();
    this.#past = undefined;
  }

  #over(): void {
    this.#forgetPast();
    if (!this.#closing || this.#failure !== undefined) {
      const why = this.#failure ?? 'killed';
      this.#death = `the part of p2pchat that keeps the history has ended (${why}); start p2pchat again`;
      this.#listener?.died(this.#death);
    }
    this.#ended.resolve();
  }
}
