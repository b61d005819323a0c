import { CLOCK_AHEAD_MAX, CLOCK_STEP_MAX, FEEDS_IN_PERSON_MAX, FEEDS_PER_ROOM_MAX } from '../base/limits.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { Utterance } from '../wire/entry.ts';
import type { Feed } from './feed.ts';
import { Frontier } from './frontier.ts';

/** The feeds of one room. */
export class RoomFeeds {
  readonly feeds = new Map<PeerId, Feed>();
  /** What is stored. */
  readonly frontier = new Frontier();
  /** Own messages that wait for their run. */
  readonly outbox: Utterance[] = [];
  /** The greatest Lamport clock stored. */
  clock = 0;
  /** The greatest one heard of, as far as that is believed. */
  #heardClock = 0;

  /**
   * Whether one more author is taken in. A room that others have filled with made-up authors still hears those who speak
   * for themselves; nobody is cut off for holding other authors than we do.
   */
  hasPlace(inPerson: boolean): boolean {
    return this.feeds.size < FEEDS_PER_ROOM_MAX + (inPerson ? FEEDS_IN_PERSON_MAX : 0);
  }

  heardOf(clock: number): void {
    this.#heardClock = Math.max(this.#heardClock, Math.min(clock, this.clock + CLOCK_AHEAD_MAX));
  }

  /** The clock of what is said next, behind an own feed that ends at `headClock`. */
  nextClock(headClock: number): number {
    // Somebody's clock may have run far ahead. Ours follows in steps that the others accept.
    return Math.min(Math.max(this.clock, this.#heardClock) + 1, headClock + CLOCK_STEP_MAX);
  }
}
