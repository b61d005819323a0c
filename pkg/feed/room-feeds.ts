import { assert } from '../base/assert.ts';
import {
  CLOCK_AHEAD_MAX,
  CLOCK_STEP_MAX,
  FEEDS_IN_PERSON_MAX,
  FEEDS_PER_ROOM_MAX,
  OUTBOX_MESSAGES_MAX,
} from '../base/limits.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { Utterance } from '../wire/entry.ts';
import type { Feed } from './feed.ts';
import { Frontier } from './frontier.ts';

/** Own messages of a room that are not said for a failure. */
export interface Unsaid {
  readonly count: number;
  /** The place of the last of them that the store holds; 0 where it holds none. */
  readonly heldUpTo: number;
}

/**
 * The feeds of one room.
 *
 * Invariant held-or-said: what is said before it is time to speak is held by the store, each message at a place of its own,
 * and leaves it only in the transaction that stores the run that says it, or once it was refused to the person. So a crash
 * leaves it held or said, never both and never neither.
 */
export class RoomFeeds {
  readonly feeds = new Map<PeerId, Feed>();
  /** What is stored. */
  readonly frontier = new Frontier();
  /** The greatest Lamport clock stored. */
  clock = 0;
  /** The greatest one heard of, as far as that is believed. */
  #heardClock = 0;
  /** Own messages that wait for their run. */
  readonly #outbox: Utterance[] = [];
  /** The places, rising, of the first messages of the outbox: the store holds those. */
  readonly #places: number[] = [];
  #lastPlace = 0;
  /** The last place in the own run that is being signed and stored; 0 where the store holds nothing of it. */
  #releases = 0;

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

  /** The greatest clock that is believed of a feed that begins late. */
  get clockMax(): number {
    return Math.max(this.clock, this.#heardClock) + CLOCK_STEP_MAX;
  }

  /** The clock of what is said next, behind an own feed that ends at `headClock`. */
  nextClock(headClock: number): number {
    // Somebody's clock may have run far ahead. Ours follows in steps that the others accept.
    return Math.min(Math.max(this.clock, this.#heardClock) + 1, headClock + CLOCK_STEP_MAX);
  }

  get outbox(): readonly Utterance[] {
    return this.#outbox;
  }

  get releases(): number {
    return this.#releases;
  }

  /** False when the outbox is full. */
  say(utterance: Utterance): boolean {
    if (this.#outbox.length >= OUTBOX_MESSAGES_MAX) return false;
    this.#outbox.push(utterance);
    return true;
  }

  /** The place at which the store is to hold what was said last. Everything said before it is held or on its way there. */
  hold(): number {
    return this.#holdAt(this.#lastPlace + 1);
  }

  /** What the store has held since an earlier start, lowest place first and before anything is said in this one. */
  resume(utterance: Utterance, place: number): void {
    this.#outbox.push(utterance);
    this.#holdAt(place);
  }

  /** The first `count` messages go into the own run. */
  take(count: number): void {
    this.#outbox.splice(0, count);
    this.#releases = this.#places.splice(0, count).at(-1) ?? 0;
  }

  /** The own run is stored, or was refused: what is held of it, up to the place returned, is of no use any more. */
  settle(): number {
    const releases = this.#releases;
    this.#releases = 0;
    return releases;
  }

  /** Nothing of what waits can be said any more. */
  drop(): Unsaid {
    const heldUpTo = this.#places.splice(0).at(-1) ?? 0;
    return { count: this.#outbox.splice(0).length, heldUpTo };
  }

  #holdAt(place: number): number {
    assert(place > this.#lastPlace && this.#places.length === this.#outbox.length - 1, 'a held message out of order');
    this.#places.push(place);
    this.#lastPlace = place;
    return place;
  }
}
