import { assert } from './assert.ts';
import type { Instant } from './units.ts';

/** The earliest of several deadlines, or undefined when there is none. */
export function earliest(...deadlines: readonly (Instant | undefined)[]): Instant | undefined {
  let first: Instant | undefined;
  for (const at of deadlines) {
    if (at !== undefined && (first === undefined || at < first)) first = at;
  }
  return first;
}

interface Slot<Key> {
  readonly key: Key;
  at: Instant;
  /** Breaks ties in the order of setting, so that a run replays. */
  turn: number;
}

/**
 * Deadlines by key: a binary heap with an index, so that setting, moving and cancelling cost O(log n) and
 * asking what is due costs O(what is due). One deadline a key; setting it again moves it.
 */
export class Deadlines<Key> {
  readonly #heap: Slot<Key>[] = [];
  readonly #places = new Map<Key, number>();
  #turns = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The earliest deadline, or undefined when there is none. */
  next(): Instant | undefined {
    return this.#heap[0]?.at;
  }

  set(key: Key, at: Instant): void {
    this.#turns += 1;
    const place = this.#places.get(key);
    if (place === undefined) {
      this.#heap.push({ key, at, turn: this.#turns });
      this.#places.set(key, this.#heap.length - 1);
      this.#rise(this.#heap.length - 1);
      return;
    }
    const slot = this.#slot(place);
    slot.at = at;
    slot.turn = this.#turns;
    this.#sink(this.#rise(place));
  }

  /** Sets the deadline unless an earlier one stands. */
  setSooner(key: Key, at: Instant): void {
    const place = this.#places.get(key);
    if (place === undefined || this.#slot(place).at > at) this.set(key, at);
  }

  cancel(key: Key): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#places.delete(key);
    const last = this.#heap.pop();
    assert(last !== undefined, 'a deadline has a place in an empty heap');
    if (place === this.#heap.length) return;
    this.#heap[place] = last;
    this.#places.set(last.key, place);
    this.#sink(this.#rise(place));
  }

  /** Removes and returns one key whose deadline is at or before `now`, earliest first. */
  take(now: Instant): Key | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    this.cancel(first.key);
    return first.key;
  }

  #slot(place: number): Slot<Key> {
    const slot = this.#heap[place];
    assert(slot !== undefined, 'a place outside the heap');
    return slot;
  }

  #earlier(left: number, right: number): boolean {
    const a = this.#slot(left);
    const b = this.#slot(right);
    return a.at < b.at || (a.at === b.at && a.turn < b.turn);
  }

  #swap(left: number, right: number): void {
    const a = this.#slot(left);
    const b = this.#slot(right);
    this.#heap[left] = b;
    this.#heap[right] = a;
    this.#places.set(b.key, left);
    this.#places.set(a.key, right);
  }

  #rise(start: number): number {
    let place = start;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#earlier(place, parent)) break;
      this.#swap(place, parent);
      place = parent;
    }
    return place;
  }

  #sink(start: number): void {
    let place = start;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= this.#heap.length) return;
      const right = left + 1;
      const child = right < this.#heap.length && this.#earlier(right, left) ? right : left;
      if (!this.#earlier(child, place)) return;
      this.#swap(place, child);
      place = child;
    }
  }
}
