import { INPUT_HISTORY_MAX } from '../base/limits.ts';

/** What was sent or put aside before, and where in it the reader stands. */
export interface InputHistory {
  /** Oldest first, at most `INPUT_HISTORY_MAX`. */
  readonly entries: readonly string[];
  /** The entry shown; `entries.length` is the draft, which is no entry yet. */
  readonly place: number;
  /** What was being typed when the walk began. */
  readonly draft: string;
}

export const EMPTY_HISTORY: InputHistory = { entries: [], place: 0, draft: '' };

/** The history with one more entry, the reader back at an empty draft. Blank texts and repetitions are left out. */
export function remembered({ entries }: InputHistory, text: string): InputHistory {
  const adds = text.trim() !== '' && text !== entries.at(-1);
  const next = adds ? [...entries, text].slice(-INPUT_HISTORY_MAX) : entries;
  return { entries: next, place: next.length, draft: '' };
}

/** One entry further, and its text; undefined at either end. `text` is what stands in the input line now. */
export function walked(
  history: InputHistory,
  { to, text }: { readonly to: 'up' | 'down'; readonly text: string },
): { readonly history: InputHistory; readonly text: string } | undefined {
  const { entries, place } = history;
  const next = to === 'up' ? place - 1 : place + 1;
  if (next < 0 || next > entries.length) return undefined;
  // An entry that was changed becomes the draft: nothing typed is lost by walking on.
  const changed = place === entries.length || text !== entries[place];
  const draft = changed ? text : history.draft;
  return { history: { entries, place: next, draft }, text: entries[next] ?? draft };
}
