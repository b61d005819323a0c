/**
 * What one link is to get of the log.
 *
 * Invariant log-is-queue: a link keeps only its place in each feed it follows and the ranges it asked for, and reads on
 * when its socket has drained. So a slow peer costs its neighbours nothing, and nothing is dropped.
 */
import { assert } from '../base/assert.ts';
import { STREAMS_PER_LINK_MAX } from '../base/limits.ts';
import type { FeedKey } from '../feed/feeds.ts';
import type { RoomName } from '../identity/room-name.ts';

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
  /** The own feed in each room that the peer is in: the next sequence to send, without an end. */
  readonly #follows = new Map<RoomName, Range>();
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

  /** Sends a feed from `next` on, and whatever is said in it later. Called again it starts over from there. */
  follow(feed: FeedKey, next: number): void {
    const follow = this.#follows.get(feed.room);
    if (follow === undefined) this.#follows.set(feed.room, { feed, next, to: Number.POSITIVE_INFINITY });
    else follow.next = next;
  }

  /** Sends a range once. False when too many wait. */
  ask(stretch: Stretch): boolean {
    if (this.#ranges.length >= STREAMS_PER_LINK_MAX) return false;
    this.#ranges.push({ feed: stretch.feed, next: stretch.from, to: stretch.to });
    return true;
  }

  /**
   * Whether entries `first` to `last` of a followed feed, just stored, can be sent at once: the link has everything
   * before them. If so its place moves behind them.
   */
  passOn(room: RoomName, first: number, last: number): boolean {
    const follow = this.#follows.get(room);
    if (this.#congested || follow === undefined || follow.next !== first || this.#loading === follow) return false;
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

  /** The stretch was read up to `last`, and is being sent; undefined when the store had nothing of it. */
  loaded(last: number | undefined): void {
    const range = this.#loading;
    assert(range !== undefined, 'loaded what was not asked for');
    this.#loading = undefined;
    if (last !== undefined) range.next = last + 1;
    if (range === this.#ranges[0] && (last === undefined || range.next > range.to)) this.#ranges.shift();
  }

  /** Live feeds go before ranges of history, so that chat is not held up by it. */
  #due(headOf: (feed: FeedKey) => number): Range | undefined {
    for (const follow of this.#follows.values()) {
      if (follow.next <= headOf(follow.feed)) return follow;
    }
    return this.#ranges[0];
  }
}
