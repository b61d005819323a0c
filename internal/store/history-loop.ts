import { never } from '../../pkg/base/assert.ts';
import {
  INDEX_DELAY_MS,
  INDEX_SLICE_BYTES,
  LOADS_PER_TURN_MAX,
  PRUNE_INTERVAL_MS,
  STORE_BYTES_MAX,
} from '../../pkg/base/limits.ts';
import { Chores } from './chores.ts';
import { History } from './history.ts';
import type {
  ForkTask,
  FromHistory,
  HistoryAnswer,
  HistoryTask,
  HoldTask,
  LetGoTask,
  ReadTask,
  StoreTask,
  ToHistory,
} from './history-talk.ts';
import { nothingFor, read } from './read-task.ts';
import type { Retention } from './settings.ts';
import { StoreError } from './store-error.ts';

interface LoopPorts {
  readonly say: (said: FromHistory) => void;
  /** Everything is done and closed, and nothing may be asked any more. */
  readonly ended: () => void;
}

/**
 * A history that is asked by messages. Each turn of the event loop stores what waits, in one transaction of about
 * `STORE_BYTES_MAX` at most, and then reads: what a person waits for first, what peers wait for in the order in which it
 * was asked. So nobody waits long behind anybody, and the cost of a disk flush is shared where runs come thick. A turn
 * for which nothing waits does a slice of a chore: indexing, deleting.
 */
export class HistoryLoop {
  readonly #ports: LoopPorts;
  #history: History | undefined;
  #chores: Chores | undefined;
  #stores: StoreTask[] = [];
  #forks: ForkTask[] = [];
  #holds: HoldTask[] = [];
  #letGos: LetGoTask[] = [];
  /** What the disk refused to let go of: tried again with whatever else is written, and at the end. */
  #owed: LetGoTask[] = [];
  /** For people. */
  #asked: ReadTask[] = [];
  #loads: ReadTask[] = [];
  /** Bytes stored since the index last had its turn. */
  #freshBytes = 0;
  #turn: NodeJS.Immediate | undefined;
  #closing = false;

  constructor(ports: LoopPorts) {
    this.#ports = ports;
  }

  take(message: ToHistory): void {
    switch (message.type) {
      case 'open':
        return this.#open(message.path, message.retention);
      case 'tasks':
        for (const task of message.tasks) this.#queue(task);
        return this.#schedule();
      case 'close':
        this.#closing = true;
        this.#chores?.stop();
        return this.#schedule();
      default:
        return never(message);
    }
  }

  #open(path: string, retention: Retention): void {
    try {
      const { history, setAside } = History.open(path);
      this.#history = history;
      if (setAside !== undefined)
        this.#ports.say({ type: 'trouble', text: `the history was set aside as ${setAside}` });
      this.#ports.say({ type: 'opened' });
      this.#chores = this.#choresOf(history, retention);
    } catch (error) {
      this.#ports.say({ type: 'refused', why: known(error).message });
    }
  }

  #queue(task: HistoryTask): void {
    if (task.type === 'store') this.#stores.push(task);
    else if (task.type === 'keep-fork') this.#forks.push(task);
    else if (task.type === 'hold') this.#holds.push(task);
    else if (task.type === 'let-go') this.#letGos.push(task);
    else if (task.type === 'load') this.#loads.push(task);
    else this.#asked.push(task);
  }

  get #busy(): boolean {
    const waiting = [this.#stores, this.#forks, this.#holds, this.#letGos, this.#asked, this.#loads];
    return waiting.some(({ length }) => length > 0);
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
      if (this.#stores.length + this.#holds.length + this.#letGos.length > 0) this.#settleHeld(history);
      this.#store(history, this.#nextStores());
      for (const fork of this.#forks.splice(0)) this.#attempt(() => history.keepFork(fork));
      for (const task of [...this.#asked.splice(0), ...this.#loads.splice(0, LOADS_PER_TURN_MAX)]) {
        this.#answer([this.#attempt(() => read(history, task)) ?? nothingFor(task.type, task.ticket)]);
      }
      return this.#schedule();
    }
    if (this.#closing) {
      if (history !== undefined) this.#settleHeld(history);
      history?.close();
      return this.#ports.ended();
    }
    if (this.#chores?.waiting !== true) return;
    this.#attempt(() => this.#chores?.doSlice());
    this.#schedule();
  }

  /** Before any store, which may release what waits to be held. */
  #settleHeld(history: History): void {
    const holds = this.#holds.splice(0);
    if (holds.length > 0) this.#attempt(() => history.hold(holds));
    const letGos = [...this.#owed, ...this.#letGos.splice(0)];
    this.#owed = letGos.filter(({ room, upTo }) => this.#attempt(() => [history.letGo(room, upTo)]) === undefined);
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
    this.#freshBytes += bytes;
    return this.#stores.splice(0, count);
  }

  #store(history: History, tasks: readonly StoreTask[]): void {
    if (tasks.length === 0) return;
    const outcomes = history.store(tasks.map(({ runs }) => runs));
    this.#chores?.due('index', INDEX_DELAY_MS);
    this.#answer(
      tasks.map(({ ticket }, place): HistoryAnswer => {
        const outcome = outcomes[place];
        if (outcome?.type === 'stored') return { type: 'stored', ticket };
        return { type: 'store-failed', ticket, why: outcome?.why ?? 'nothing was written' };
      }),
    );
  }

  #answer(answers: readonly HistoryAnswer[]): void {
    this.#ports.say({ type: 'answers', answers });
  }

  #choresOf(history: History, retention: Retention): Chores {
    const chores = new Chores(() => this.#schedule());
    chores.add('prune', () => history.prune(retention), PRUNE_INTERVAL_MS);
    chores.add('index', () => this.#index(history));
    // After the start too: the last run may have ended too early, and time has passed.
    if (Object.keys(retention).length > 0) chores.due('prune', INDEX_DELAY_MS);
    chores.due('index', INDEX_DELAY_MS);
    return chores;
  }

  /** While much comes in, indexing would take the processor from it: it follows when that is over. */
  #index(history: History): boolean {
    const bytes = this.#freshBytes;
    this.#freshBytes = 0;
    if (bytes <= INDEX_SLICE_BYTES) return history.index();
    this.#chores?.due('index', INDEX_DELAY_MS);
    return false;
  }

  /** Undefined where the file refuses; a damaged one is mended at the next start. */
  #attempt<Result>(work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      this.#ports.say({ type: 'trouble', text: known(error).message });
      return undefined;
    }
  }
}

/** What the store foresees. Anything else is our bug, and ends the thread. */
function known(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  throw error;
}
