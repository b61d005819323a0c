import { afterEach } from 'vitest';
import type { HistoryAnswer, HistoryTask } from '../../internal/store/history-talk.ts';
import { HistoryThread } from '../../internal/store/history-thread.ts';
import type { Retention } from '../../internal/store/settings.ts';
import type { Ticket } from '../../pkg/peer/input.ts';

const started: AskedThread[] = [];

afterEach(async () => {
  for (const { thread } of started.splice(0)) await thread.close();
});

/** A history's thread that writes down what it answers; ended when the test is over. */
export class AskedThread {
  readonly thread: HistoryThread;
  readonly answers: HistoryAnswer[] = [];
  readonly troubles: string[] = [];
  readonly #waiting = new Set<() => void>();
  #tickets = 0;

  constructor(path: string, retention: Retention = {}) {
    this.thread = new HistoryThread(path, retention);
    started.push(this);
    this.thread.listen({
      answered: (answers) => {
        this.answers.push(...answers);
        for (const wake of this.#waiting) wake();
      },
      trouble: (text) => this.troubles.push(text),
      died: () => undefined,
    });
  }

  ticket(): Ticket {
    this.#tickets += 1;
    return this.#tickets as Ticket;
  }

  /** Has one thing done and resolves with its answer. */
  async ask(task: Extract<HistoryTask, { readonly ticket: Ticket }>): Promise<HistoryAnswer> {
    this.thread.post([task]);
    return await this.answerTo(task.ticket);
  }

  async answerTo(ticket: Ticket): Promise<HistoryAnswer> {
    for (;;) {
      const answer = this.answers.find((one) => one.ticket === ticket);
      if (answer !== undefined) return answer;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }
}
