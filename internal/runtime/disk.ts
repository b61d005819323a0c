/**
 * The store as the core uses it: what one turn of the event loop asks for is done together in the next, all writes in
 * one transaction. So cost follows turns where messages come thick, and links get to say that they are full between two
 * reads.
 */
import type { Effect } from '../../pkg/peer/effect.ts';
import type { Input } from '../../pkg/peer/input.ts';
import type { History, LoadedRuns } from '../store/history.ts';

type Task = Extract<Effect, { readonly type: 'store' | 'load' | 'page' }>;

export class Disk {
  readonly #history: History;
  readonly #deliver: (input: Input) => void;
  readonly #trouble: (text: string) => void;
  #tasks: Task[] = [];
  #turn: NodeJS.Immediate | undefined;

  /** `trouble` is told of what could not be read, for the trace. */
  constructor(history: History, deliver: (input: Input) => void, trouble: (text: string) => void) {
    this.#history = history;
    this.#deliver = deliver;
    this.#trouble = trouble;
  }

  add(task: Task): void {
    this.#tasks.push(task);
    this.#turn ??= setImmediate(() => this.#work());
  }

  /** Does at once what still waits. */
  flush(): void {
    clearImmediate(this.#turn);
    this.#work();
  }

  #work(): void {
    this.#turn = undefined;
    const tasks = this.#tasks;
    this.#tasks = [];
    const writes = tasks.filter((task) => task.type === 'store');
    const outcomes = writes.length === 0 ? [] : this.#history.store(writes.map(({ runs }) => runs));
    for (const [place, { ticket }] of writes.entries()) {
      const outcome = outcomes[place];
      if (outcome?.type === 'stored') this.#deliver({ type: 'stored', ticket });
      else this.#deliver({ type: 'store-failed', ticket, why: outcome?.why ?? 'nothing was written' });
    }
    for (const task of tasks) {
      if (task.type === 'store') continue;
      this.#deliver({ type: 'loaded', ticket: task.ticket, ...this.#read(task) });
    }
  }

  /** Nothing, where the file is damaged: that is found and mended at the next start. */
  #read(task: Exclude<Task, { readonly type: 'store' }>): LoadedRuns {
    try {
      return task.type === 'load' ? this.#history.load(task) : this.#history.page(task);
    } catch (error) {
      this.#trouble(error instanceof Error ? error.message : String(error));
      return { runs: [], more: false };
    }
  }
}
