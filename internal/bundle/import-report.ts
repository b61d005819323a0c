import { BUNDLE_PROBLEMS_NAMED_MAX } from '../../pkg/base/limits.ts';
import type { FeedKey } from '../../pkg/feed/feeds-out.ts';

/** What was wrong at a line, in words for people; names in it are as they came. */
export interface Problem {
  readonly line: number;
  readonly why: string;
}

/** What became of the lines of a bundle. */
export interface Imported {
  /** Entries that were not here before, and by how many authors. */
  readonly added: number;
  readonly authors: number;
  /** Entries that were here already. */
  readonly known: number;
  /** Entries of rooms that one is not in. */
  readonly elsewhere: number;
  /** Lines that could not be verified: forged, damaged, cut off, or without what stands before them. */
  readonly refused: number;
  /** The first of those, at most `BUNDLE_PROBLEMS_NAMED_MAX`. */
  readonly problems: readonly Problem[];
  /** Feeds whose authors were found to have told two histories. */
  readonly forks: readonly FeedKey[];
}

/** Counts while an import goes on. Holds a few lines of text, however much is wrong. */
export class ImportReport {
  #added = 0;
  #known = 0;
  #elsewhere = 0;
  #refused = 0;
  readonly #authors = new Set<string>();
  readonly #problems: Problem[] = [];
  readonly #forks: FeedKey[] = [];
  #lastGap = '';

  /** Lines that have their fate. */
  get lines(): number {
    return this.#added + this.#known + this.#elsewhere + this.#refused;
  }

  add(author: string, entries: number): void {
    this.#authors.add(author);
    this.#added += entries;
  }

  know(entries: number): void {
    this.#known += entries;
  }

  pass(entries: number): void {
    this.#elsewhere += entries;
  }

  refuse(lines: number, problem: Problem): void {
    this.#refused += lines;
    if (this.#problems.length < BUNDLE_PROBLEMS_NAMED_MAX) this.#problems.push(problem);
  }

  /** Lines that can only be taken in behind others, which are missing or were refused: named once for what follows. */
  refuseBehind(feed: string, lines: number, problem: Problem | undefined): void {
    const named = feed === this.#lastGap;
    this.#lastGap = feed;
    if (problem === undefined || named) this.#refused += lines;
    else this.refuse(lines, problem);
  }

  fork(feed: FeedKey): void {
    this.#forks.push(feed);
  }

  done(): Imported {
    return {
      added: this.#added,
      authors: this.#authors.size,
      known: this.#known,
      elsewhere: this.#elsewhere,
      refused: this.#refused,
      problems: this.#problems,
      forks: this.#forks,
    };
  }
}
