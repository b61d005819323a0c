/** What the main thread and the thread of the history say to each other. All of it is copied on the way. */
import type { Effect } from '../../pkg/peer/effect.ts';
import type { Input, Ticket } from '../../pkg/peer/input.ts';
import type { RunToStore } from './batch.ts';
import type { Retention } from './settings.ts';

export interface StoreTask {
  readonly type: 'store';
  readonly ticket: Ticket;
  readonly runs: readonly RunToStore[];
}

export type ReadTask = Extract<Effect, { readonly type: 'load' | 'page' | 'search' }>;

export type ForkTask = Extract<Effect, { readonly type: 'keep-fork' }>;

export type HoldTask = Extract<Effect, { readonly type: 'hold' }>;

export type LetGoTask = Extract<Effect, { readonly type: 'let-go' }>;

export type HistoryTask = StoreTask | ReadTask | ForkTask | HoldTask | LetGoTask;

export type HistoryAnswer = Extract<Input, { readonly type: 'stored' | 'store-failed' | 'loaded' | 'paged' | 'found' }>;

export type ToHistory =
  /** Comes first; what follows it is done only where it was opened. */
  | { readonly type: 'open'; readonly path: string; readonly retention: Retention }
  | { readonly type: 'tasks'; readonly tasks: readonly HistoryTask[] }
  /** Comes last: the thread ends when everything asked before is done. */
  | { readonly type: 'close' };

export type FromHistory =
  | { readonly type: 'opened' }
  | { readonly type: 'refused'; readonly why: string }
  /** One for each task that has a ticket, in the order in which they were done. */
  | { readonly type: 'answers'; readonly answers: readonly HistoryAnswer[] }
  /** What went wrong beside the answers, for the trace. */
  | { readonly type: 'trouble'; readonly text: string };
