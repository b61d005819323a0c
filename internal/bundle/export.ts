/**
 * Writes a history as a bundle: every line of every feed as it travelled, each with a line feed behind it; feeds by room
 * and author, their runs in the order of the chain. So equal histories make equal bundles, and whoever reads one can
 * verify it with nothing else at hand.
 */
import type { HistoryReader } from '../store/history-reader.ts';

/** Where a bundle goes. */
export interface Sink {
  /** Resolves when more may be written: false where nobody takes it any more. Rejects with a `BundleError`. */
  write(text: string): Promise<boolean>;
}

export interface Exported {
  readonly entries: number;
  readonly authors: number;
  /** Whether all of it was taken: false where the reader has gone or it was stopped. */
  readonly whole: boolean;
}

interface ExportOptions {
  readonly history: HistoryReader;
  readonly sink: Sink;
  /** Stops between two pages. */
  readonly signal: AbortSignal;
  /** Told after each page how many entries are written. */
  readonly onProgress: (entries: number) => void;
}

/** Holds one page of runs at a time. What is said while it writes is left out. Throws `StoreError` and `BundleError`. */
export async function exportHistory({ history, sink, signal, onProgress }: ExportOptions): Promise<Exported> {
  const authors = new Set<string>();
  let entries = 0;
  for (const feed of history.feeds()) {
    let after = 0;
    for (let runs = history.runs(feed, after); runs.length > 0; runs = history.runs(feed, after)) {
      if (signal.aborted) return { entries, authors: authors.size, whole: false };
      const taken = await sink.write(runs.map(({ text }) => `${text}\n`).join(''));
      if (!taken) return { entries, authors: authors.size, whole: false };
      authors.add(feed.author);
      for (const { first, last } of runs) entries += last - first + 1;
      after = runs.at(-1)?.last ?? feed.sequence;
      onProgress(entries);
    }
  }
  return { entries, authors: authors.size, whole: !signal.aborted };
}
