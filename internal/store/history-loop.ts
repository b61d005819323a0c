import { never } from '../../pkg/base/assert.ts';
import { LOADS_PER_TURN_MAX, STORE_BYTES_MAX } from '../../pkg/base/limits.ts';
import { History, type LoadedRuns } from './history.ts';
import type { FromHistory, HistoryAnswer, HistoryTask, ReadTask, StoreTask, ToHistory } from './history-talk.ts';
import { StoreError } from './store-error.ts';

interface LoopPorts {
  readonly say: (said: FromHistory) => void;
  /** Everything is done and closed, and nothing may be asked any more. */
  readonly ended: () => void;
}

/**
 * A history that is asked by messages. Each turn of the event loop stores what waits, in one transaction of about
 * `STORE_BYTES_MAX` at most, and then reads: what a person waits for first, what peers wait for in the order in which it
 * was asked. So nobody waits long behind anybody, and the cost of a disk flush is shared where runs come thick.
 */
export class HistoryLoop {
  readonly #ports: LoopPorts;
  #history: History | undefined;
  #stores: StoreTask[] = [];
  #pages: ReadTask[] = [];
  #loads: ReadTask[] = [];
  #turn: NodeJS.Immediate | undefined;
  #closing = false;

  constructor(ports: LoopPorts) {
    this.#ports = ports;
  }

  take(asked: ToHistory): void {
    switch (asked.type) {
      case 'open':
        return this.#open(asked.path);
      case 'tasks':
        for (const task of asked.tasks) this.#queueOf(task);
        return this.#schedule();
      case 'close':
        this.#closing = true;
        return this.#schedule();
      default:
        return never(asked);
    }
  }

  #open(path: string): void {
    try {
      const { history, setAside } = History.open(path);
      this.#history = history;
      this.#ports.say({ type: 'opened', heads: history.heads(), setAside });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#ports.say({ type: 'refused', code: error.code, message: error.message });
    }
  }

  #queueOf(task: HistoryTask): void {
    if (task.type === 'store') this.#stores.push(task);
    else if (task.type === 'load') this.#loads.push(task);
    else this.#pages.push(task);
  }

  get #busy(): boolean {
    return this.#stores.length + this.#pages.length + this.#loads.length > 0;
  }

  #schedule(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#work();
    });
  }

  #work(): void {
    const history = this.#history;
    if (history !== undefined && this.#busy) {
      this.#store(history, this.#nextStores());
      this.#read(history, [...this.#pages.splice(0), ...this.#loads.splice(0, LOADS_PER_TURN_MAX)]);
      return this.#schedule();
    }
    if (!this.#closing) return;
    history?.close();
    this.#ports.ended();
  }

  /** At least one, where any wait. */
  #nextStores(): StoreTask[] {
    let bytes = 0;
    let count = 0;
    for (const { runs } of this.#stores) {
      for (const { run } of runs) bytes += run.text.length;
      if (count > 0 && bytes > STORE_BYTES_MAX) break;
      count += 1;
    }
    return this.#stores.splice(0, count);
  }

  #store(history: History, tasks: readonly StoreTask[]): void {
    if (tasks.length === 0) return;
    const outcomes = history.store(tasks.map(({ runs }) => runs));
    const answers = tasks.map(({ ticket }, place): HistoryAnswer => {
      const outcome = outcomes[place];
      if (outcome?.type === 'stored') return { type: 'stored', ticket };
      return { type: 'store-failed', ticket, why: outcome?.why ?? 'nothing was written' };
    });
    this.#ports.say({ type: 'answers', answers });
  }

  #read(history: History, tasks: readonly ReadTask[]): void {
    for (const task of tasks) {
      const answer: HistoryAnswer = { type: 'loaded', ticket: task.ticket, ...this.#found(history, task) };
      this.#ports.say({ type: 'answers', answers: [answer] });
    }
  }

  /** Nothing, where the file is damaged: that is found and mended at the next start. */
  #found(history: History, task: ReadTask): LoadedRuns {
    try {
      return task.type === 'load' ? history.load(task) : history.page(task);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#ports.say({ type: 'trouble', text: error.message });
      return { runs: [], more: false };
    }
  }
}
