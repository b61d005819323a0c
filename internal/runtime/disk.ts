/**
 * The store as the core uses it: what one turn of the event loop asks for goes to the history's thread together, and each
 * effect is answered by one input, whatever becomes of the thread.
 */
import type { Effect } from '../../pkg/peer/effect.ts';
import type { Input, Ticket } from '../../pkg/peer/input.ts';
import type { HistoryAnswer, HistoryTask } from '../store/history-talk.ts';
import type { HistoryThread } from '../store/history-thread.ts';
import { nothingFor } from '../store/read-task.ts';

type DiskEffect = Extract<
  Effect,
  { readonly type: 'store' | 'load' | 'page' | 'search' | 'keep-fork' | 'hold' | 'let-go' }
>;

type Answered = Extract<DiskEffect, { readonly ticket: Ticket }>['type'];

export class Disk {
  readonly #thread: HistoryThread;
  readonly #deliver: (input: Input) => void;
  #waiting: HistoryTask[] = [];
  #turn: NodeJS.Immediate | undefined;
  /** What is not answered yet. */
  readonly #open = new Map<Ticket, Answered>();
  #death: string | undefined;
  #rested: (() => void)[] = [];

  /** `trouble` is told of what could not be read, for the trace. */
  constructor(thread: HistoryThread, deliver: (input: Input) => void, trouble: (text: string) => void) {
    this.#thread = thread;
    this.#deliver = deliver;
    thread.listen({
      answered: (answers) => this.#answered(answers),
      trouble,
      died: (why) => {
        trouble(why);
        this.#died(why);
      },
    });
  }

  add(effect: DiskEffect): void {
    if ('ticket' in effect) this.#open.set(effect.ticket, effect.type);
    this.#waiting.push(effect.type === 'store' ? toStore(effect) : effect);
    this.#turn ??= setImmediate(() => this.flush());
  }

  /** Sends at once what still waits; the thread does it before it closes. */
  flush(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    const tasks = this.#waiting;
    this.#waiting = [];
    if (this.#death !== undefined) this.#died(this.#death);
    else if (tasks.length > 0) this.#thread.post(tasks);
  }

  /** Resolves when everything asked so far is answered. */
  async rest(): Promise<void> {
    if (this.#open.size > 0) await new Promise<void>((resolve) => this.#rested.push(resolve));
  }

  #answered(answers: readonly HistoryAnswer[]): void {
    for (const answer of answers) {
      this.#open.delete(answer.ticket);
      this.#deliver(answer);
    }
    if (this.#open.size > 0) return;
    for (const resolve of this.#rested.splice(0)) resolve();
  }

  /** Nothing can be stored or read any more: that is the answer to all that was asked. */
  #died(why: string): void {
    this.#death = why;
    this.#answered([...this.#open].map(([ticket, type]) => failure(ticket, type, why)));
  }
}

/** Without what the history does not keep, as all that is sent to a thread is copied. */
function toStore({
  type,
  ticket,
  runs,
  leaps,
  releases,
}: Extract<DiskEffect, { readonly type: 'store' }>): HistoryTask {
  const bare = runs.map(({ run, hash }, place) => {
    const { room, author, first, last, firstClock, clock, prev, text } = run;
    const bare = { room, author, first, last, firstClock, clock, prev, text };
    return place === 0 ? { run: bare, hash, leaps, releases } : { run: bare, hash };
  });
  return { type, ticket, runs: bare };
}

function failure(ticket: Ticket, type: Answered, why: string): HistoryAnswer {
  if (type === 'store') return { type: 'store-failed', ticket, why };
  return nothingFor(type, ticket);
}
