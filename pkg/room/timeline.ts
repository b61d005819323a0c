/**
 * What people see of a room.
 *
 * Invariant one-order: messages stand by Lamport clock, then author; the same on every peer that holds the same entries,
 * whatever order they came in. Notices stand where they happened: behind everything known then.
 */
import { assert } from '../base/assert.ts';
import { TIMELINE_ITEMS_MAX } from '../base/limits.ts';
import { type Instant, instant } from '../base/units.ts';
import type { ChatMessage, Notice, TimelineItem } from '../chat/snapshot.ts';

interface Placed {
  readonly clock: number;
  /** Empty for notices that happened before any entry of the same clock, else sorts behind every author. */
  readonly author: string;
  readonly turn: number;
  /** When it came here; `LONG_AGO` for what came from the store. */
  readonly at: Instant;
  readonly item: TimelineItem;
}

export const LONG_AGO = instant(Number.NEGATIVE_INFINITY);
/** Sorts before every peer id. */
const BEFORE_AUTHORS = '';

/** Sorts behind every peer id. */
const BEHIND_AUTHORS = '~';

export class Timeline {
  #placed: Placed[] = [];
  readonly #ids = new Set<string>();
  #turns = 0;
  /** Everything stored with at least this clock is here; what is below comes by paging. */
  #floor = 0;
  #items: readonly TimelineItem[] | undefined;

  /** The clock from which on nothing is missing; 0 when everything is here. */
  get floor(): number {
    return this.#floor;
  }

  get last(): TimelineItem | undefined {
    return this.#placed.at(-1)?.item;
  }

  /** The same array until something changes. */
  items(): readonly TimelineItem[] {
    this.#items ??= this.#placed.map(({ item }) => item);
    return this.#items;
  }

  /**
   * Puts a message in its place; one that is here already changes nothing, and one below the floor comes with its page:
   * shown now, it would hide that there is a hole behind it. Whether it is in its place now and was not before.
   */
  message(message: ChatMessage, now: Instant): boolean {
    if (this.#ids.has(message.id) || message.clock < this.#floor) return false;
    this.#insert({ clock: message.clock, author: message.author, turn: 0, at: now, item: message });
    this.#keepBound();
    return true;
  }

  /** When the first message came that stands behind this place, or undefined where there is none. */
  cameBehind(place: { readonly clock: number; readonly author: string }): Instant | undefined {
    const last = this.#placed.at(-1);
    if (last === undefined || order(last, { ...place, turn: 0 }) <= 0) return undefined;
    for (let index = this.#placeOf({ ...place, turn: 0 }); index < this.#placed.length; index += 1) {
      const placed = this.#placed[index];
      if (placed?.item.type === 'message') return placed.at;
    }
    return undefined;
  }

  /**
   * Begins anew with these messages; what is before the clock `floor` comes by paging. Notices stay, and what stands behind
   * the floor unless it is to go as well.
   */
  begin(
    messages: readonly ChatMessage[],
    floor: number,
    { at, keep }: { readonly at: Instant; readonly keep: boolean },
  ): void {
    this.#floor = floor;
    const kept: Placed[] = [];
    for (const placed of this.#placed) {
      if (placed.item.type === 'message' && (!keep || placed.clock < floor)) this.#ids.delete(placed.item.id);
      else kept.push(placed.clock < floor ? { ...placed, clock: floor, author: BEFORE_AUTHORS } : placed);
    }
    this.#placed = kept.sort(order);
    this.#items = undefined;
    for (const message of messages) this.message(message, at);
  }

  /**
   * Puts the messages of an older page in their places; it reaches down to the clock `floor`. The bound gives way here:
   * the reader asked for them.
   */
  older(messages: readonly ChatMessage[], floor: number): void {
    this.#floor = floor;
    const fresh = messages.filter(({ id }) => !this.#ids.has(id));
    for (const item of fresh) this.#ids.add(item.id);
    this.#placed.push(
      ...fresh.map((item) => ({ clock: item.clock, author: item.author, turn: 0, at: LONG_AGO, item })),
    );
    this.#placed.sort(order);
    const below = this.#placed.findIndex(({ clock }) => clock >= floor);
    this.#drop(below === -1 ? this.#placed.length : below);
    this.#items = undefined;
  }

  /** Puts a notice behind everything up to `clock`. */
  notice(notice: Notice, clock: number, now: Instant): void {
    this.#turns += 1;
    this.#insert({ clock, author: BEHIND_AUTHORS, turn: this.#turns, at: now, item: notice });
    this.#keepBound();
  }

  /** Puts a notice in the place of the one with its id. Whether that is here still: old items are dropped. */
  amend(notice: Notice): boolean {
    if (!this.#ids.has(notice.id)) return false;
    const index = this.#placed.findLastIndex(({ item }) => item.id === notice.id);
    const placed = this.#placed[index];
    assert(placed !== undefined, 'an id without its item');
    this.#placed[index] = { ...placed, item: notice };
    this.#items = undefined;
    return true;
  }

  /** New things belong at the end nearly always, so the search starts there. */
  #insert(placed: Placed): void {
    let place = this.#placed.length;
    const before = this.#placed[place - 1];
    if (before !== undefined && order(before, placed) > 0) place = this.#placeOf(placed);
    this.#placed.splice(place, 0, placed);
    this.#ids.add(placed.item.id);
    this.#items = undefined;
  }

  #placeOf(placed: Omit<Placed, 'at' | 'item'>): number {
    let low = 0;
    let high = this.#placed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#placed[middle];
      assert(other !== undefined, 'a place outside the timeline');
      if (order(other, placed) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Drops a tenth at the old end at once, so that the cost of doing so is shared by many messages; never a part of the
   * messages that share a clock, so that the page below the floor brings back everything dropped. Notices stand behind
   * the messages of their clock and may be parted: they are nowhere else.
   */
  #keepBound(): void {
    if (this.#placed.length <= TIMELINE_ITEMS_MAX) return;
    let end = TIMELINE_ITEMS_MAX / 10;
    while (this.#placed[end]?.item.type === 'message' && this.#placed[end]?.clock === this.#placed[end - 1]?.clock) {
      end += 1;
    }
    const lastMessage = this.#placed.slice(0, end).findLast(({ item }) => item.type === 'message');
    if (lastMessage !== undefined) this.#floor = Math.max(this.#floor, lastMessage.clock + 1);
    this.#drop(end);
  }

  #drop(count: number): void {
    for (const { item } of this.#placed.splice(0, count)) this.#ids.delete(item.id);
  }
}

function order(left: Omit<Placed, 'at' | 'item'>, right: Omit<Placed, 'at' | 'item'>): number {
  if (left.clock !== right.clock) return left.clock - right.clock;
  if (left.author !== right.author) return left.author < right.author ? -1 : 1;
  return left.turn - right.turn;
}
