import { never } from '../../pkg/base/assert.ts';
import type { History } from './history.ts';
import type { HistoryAnswer, ReadTask } from './history-talk.ts';

/** What a history answers to a task. Throws a `StoreError`. */
export function read(history: History, task: ReadTask): HistoryAnswer {
  const { ticket } = task;
  switch (task.type) {
    case 'load':
      return { type: 'loaded', ticket, ...history.load(task) };
    case 'page':
      return { type: 'paged', ticket, ...history.page(task) };
    case 'search':
      return { type: 'found', ticket, hits: history.search(task) };
    default:
      return never(task);
  }
}

/** The answer where nothing could be read. */
export function nothingFor(type: ReadTask['type'], ticket: ReadTask['ticket']): HistoryAnswer {
  if (type === 'search') return { type: 'found', ticket, hits: [] };
  return type === 'page'
    ? { type: 'paged', ticket, runs: [], floor: 0 }
    : { type: 'loaded', ticket, runs: [], more: false };
}
