import type { History } from './history.ts';
import type { HistoryAnswer, ReadTask } from './history-talk.ts';

/** What a history gives for a task. */
export type Read = ReturnType<History['load']> | { readonly hits: ReturnType<History['search']> };

/** Throws a `StoreError`. */
export function read(history: History, task: ReadTask): Read {
  if (task.type === 'load') return history.load(task);
  return task.type === 'page' ? history.page(task) : { hits: history.search(task) };
}

/** The answer to a task; an empty one where nothing could be read. */
export function answerTo({ type, ticket }: ReadTask, got: Read | undefined): HistoryAnswer {
  if (type === 'search') return { type: 'found', ticket, hits: got !== undefined && 'hits' in got ? got.hits : [] };
  return { type: 'loaded', ticket, ...(got !== undefined && 'runs' in got ? got : { runs: [], more: false }) };
}
