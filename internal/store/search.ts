import { INDEX_SLICE_BYTES } from '../../pkg/base/limits.ts';
import type { RoomName } from '../../pkg/identity/room-name.ts';
import type { RunRows } from './run-rows.ts';
import { byNewest, saidIn, saidPlace } from './said.ts';
import { SearchIndex } from './search-index.ts';
import { searchQuery } from './search-words.ts';
import { isDamage } from './sqlite-failure.ts';

/** An entry that was searched for: its run as it travelled, and which of its entries it is. */
export interface Hit {
  readonly sequence: number;
  readonly text: string;
}

export interface SearchQuestion {
  readonly room: RoomName;
  /** Words as a person types them. */
  readonly text: string;
  readonly limit: number;
}

/** What has to be known of the history that is searched. */
interface Searched {
  /** Tells one history file from another. */
  readonly name: string;
  /** The number of the last row that was ever stored. */
  lastRow(): number;
}

/**
 * Finds entries by their words. The index follows the history in slices, and nobody who stores waits for it. It is opened
 * when it is first needed, and made anew where it is damaged or does not fit the history.
 */
export class Search {
  readonly #path: string;
  readonly #searched: Searched;
  readonly #rows: RunRows;
  #opened: SearchIndex | undefined;

  constructor(path: string, searched: Searched, rows: RunRows) {
    this.#path = path;
    this.#searched = searched;
    this.#rows = rows;
  }

  /** Indexes the next slice of what is not in the index yet. Whether anything was left to do. */
  follow(): boolean {
    const row = this.#withIndex((index) => index.row);
    const runs = this.#rows.after(row, INDEX_SLICE_BYTES);
    const last = runs.at(-1);
    if (last === undefined) return false;
    const said = runs.flatMap(({ feed, text }) => saidIn(feed, text));
    this.#withIndex((index) => {
      // One that was made anew meanwhile begins at the first row.
      if (index.row === row) index.add(said, last.row);
    });
    return true;
  }

  /** The entries that contain all the words, newest first in the order of the room. */
  find({ room, text, limit }: SearchQuestion): Hit[] {
    const query = searchQuery(text);
    if (query === undefined) return [];
    const feeds = this.#rows.feedsOf(room);
    const ids = this.#withIndex((index) => index.find(query, feeds, limit));
    const found = ids.flatMap((id) => {
      const place = saidPlace(id);
      const run = this.#rows.holding(place);
      const said = run === undefined ? undefined : saidIn(place.feed, run.text).find((one) => one.id === id);
      return run === undefined || said === undefined ? [] : [{ ...said, text: run.text }];
    });
    return found.sort(byNewest).map((said) => ({ sequence: said.sequence, text: said.text }));
  }

  /** Takes the entries of runs out. */
  forget(runs: readonly { readonly feed: number; readonly text: string }[]): void {
    this.#withIndex((index) => index.remove(runs.flatMap(({ feed, text }) => saidIn(feed, text)).map(({ id }) => id)));
  }

  close(): void {
    this.#opened?.close();
    this.#opened = undefined;
  }

  #withIndex<Result>(work: (index: SearchIndex) => Result): Result {
    try {
      return work(this.#index());
    } catch (cause) {
      if (this.#opened === undefined || !isDamage(cause)) throw cause;
      this.#discard();
      return work(this.#index());
    }
  }

  /** An index that is ahead of the history is that of a history that was there before a backup was put back. */
  #index(): SearchIndex {
    this.#opened ??= new SearchIndex(this.#path, this.#searched.name);
    if (this.#opened.row > this.#searched.lastRow()) this.#discard();
    this.#opened ??= new SearchIndex(this.#path, this.#searched.name);
    return this.#opened;
  }

  #discard(): void {
    this.#opened?.discard();
    this.#opened = undefined;
  }
}
