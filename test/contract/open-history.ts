import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { History } from '../../internal/store/history.ts';
import { scratchFolder } from './scratch.ts';

const opened: History[] = [];

afterEach(() => {
  for (const history of opened.splice(0)) history.close();
});

/** Has it closed when the test is over. */
export function keep(history: History): History {
  opened.push(history);
  return history;
}

/** A sound history, closed when the test is over. */
export function open(path: string): History {
  const { history, setAside } = History.open(path);
  keep(history);
  expect(setAside).toBeUndefined();
  return history;
}

/** An empty one. */
export function fresh(): History {
  return open(join(scratchFolder(), 'history.db'));
}

/** Closes it before the test is over. */
export function closed(history: History): void {
  opened.splice(opened.indexOf(history), 1);
  history.close();
}
