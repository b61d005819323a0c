/**
 * What one link is to get of the log.
 *
 * Invariant log-is-queue: a link keeps only its place in each feed it follows and the ranges it asked for, and reads on
 * when its socket has drained. So a slow peer costs its neighbours nothing, and nothing is dropped.
 */
import { assert } from '../base/assert.ts';
import { FOLLOWS_PER_LINK_MAX, STREAMS_PER_LINK_MAX } from '../base/limits.ts';
import { type FeedKey, feedName } from '../feed/feeds-out.ts';

/** A stretch of a feed to be read from the store. */
export interface Stretch {
  readonly feed: FeedKey;
  readonly from: number;
  readonly to: number;
}

interface Range {
  readonly feed: FeedKey;
  next: number;
  readonly to: number;
}

export class Outflow {
  /** The feeds that the peer follows, by name: the next sequence to send, without an end. */
  readonly #follows = new Map<string, Range>();
  /** Followed feeds, by name, of which there is more than was sent. */
  readonly #behind = new Set<string>();
  readonly #ranges: Range[] = [];
  #loading: Range | undefined;
  #congested = false;

  get congested(): boolean {
    return this.#congested;
  }

  congest(): void {
    this.#congested = true;
  }

  drain(): void {
    this.#congested = false;
  }

  /**
   * Sends a feed from `next` on, and whatever is said in it later. Asked again it starts over from there. False when too
   * many are followed.
   */
  follow(feed: FeedKey, next: number): boolean {
    const name = feedName(feed);
    if (!this.#follows.has(name) && this.#follows.size >= FOLLOWS_PER_LINK_MAX) return false;
    // What is being read for the place before is sent and moves that place, not this one.
    this.#follows.set(name, { feed, next, to: Number.POSITIVE_INFINITY });
    this.#behind.add(name);
    return true;
  }

  /** The names of the feeds that are followed. */
  followed(): IterableIterator<string> {
    return this.#follows.keys();
  }

  /** Sends no more of a feed than what is being read. */
  drop(feed: FeedKey): void {
    const name = feedName(feed);
    this.#follows.delete(name);
    this.#behind.delete(name);
    for (let place = this.#ranges.length - 1; place >= 0; place -= 1) {
      const range = this.#ranges[place];
      if (range !== undefined && feedName(range.feed) === name) this.#ranges.splice(place, 1);
    }
  }

  /** Sends a range once. False when too many wait. */
  ask(stretch: Stretch): boolean {
    if (this.#ranges.length >= STREAMS_PER_LINK_MAX) return false;
    this.#ranges.push({ feed: stretch.feed, next: stretch.from, to: stretch.to });
    return true;
  }

  /**
   * Whether entries `first` to `last` of a followed feed, just stored, can be sent at once: the link has everything
   * before them. If so its place moves behind them; else they are read from the log when their turn comes.
   */
  passOn(feed: FeedKey, first: number, last: number): boolean {
    const name = feedName(feed);
    const follow = this.#follows.get(name);
    if (follow === undefined || follow.next > last) return false;
    if (this.#congested || follow.next !== first || this.#loading === follow) {
      this.#behind.add(name);
      return false;
    }
    follow.next = last + 1;
    return true;
  }

  /** What is to be read now, or undefined: nothing waits, something is being read, or the socket is full. */
  next(headOf: (feed: FeedKey) => number): Stretch | undefined {
    if (this.#congested || this.#loading !== undefined) return undefined;
    this.#loading = this.#due(headOf);
    if (this.#loading === undefined) return undefined;
    const { feed, next, to } = this.#loading;
    return { feed, from: next, to: Math.min(to, headOf(feed)) };
  }

  /**
   * The stretch was read up to `last`, and is being sent; undefined when the store had nothing of it. The feed that was
   * read, and from where.
   */
  loaded(last: number | undefined): { readonly feed: FeedKey; readonly from: number } {
    const range = this.#loading;
    assert(range !== undefined, 'loaded what was not asked for');
    this.#loading = undefined;
    // The feeds that lag behind take turns.
    const name = feedName(range.feed);
    const lags = this.#behind.delete(name);
    const read = { feed: range.feed, from: range.next };
    if (last !== undefined) range.next = Math.max(range.next, last + 1);
    if (last !== undefined && lags) this.#behind.add(name);
    if (range === this.#ranges[0] && (last === undefined || range.next > range.to)) this.#ranges.shift();
    return read;
  }

  /** Live feeds go before ranges of history, so that chat is not held up by it. */
  #due(headOf: (feed: FeedKey) => number): Range | undefined {
    for (const name of this.#behind) {
      const follow = this.#follows.get(name);
      if (follow !== undefined && follow.next <= headOf(follow.feed)) return follow;
      this.#behind.delete(name);
    }
    return this.#ranges[0];
  }
}
