/**
 * The part of the timeline that is on the screen. What it costs goes by the rows shown, not by the messages there are:
 * items are wrapped one by one from the place of the reader on.
 */
import type { TimelineItem } from '../chat/snapshot.ts';
import type { Row } from './row.ts';

/** One row of an item: how the reader's place survives what comes, goes and wraps anew around it. */
export interface Place {
  readonly id: string;
  readonly row: number;
}

export interface Timeline {
  readonly items: readonly TimelineItem[];
  readonly rowsOf: (item: TimelineItem) => readonly Row[];
  /** Rows on the screen, at least 1. */
  readonly height: number;
  /** What stands behind the items while the newest are followed. */
  readonly tail: readonly Row[];
  /** Following the newest, nothing up to and including this item is shown. */
  readonly clearedId: string | undefined;
}

/** A row of an item by its index among the items. */
interface Spot {
  readonly index: number;
  readonly row: number;
}

/**
 * The rows to show, at most `height`, oldest first. `bottom` is the last of them; without it the newest are shown. A
 * `bottom` whose item is gone gives way to the oldest that are left, which fill the screen.
 */
export function visibleRows(timeline: Timeline, bottom: Place | undefined): readonly Row[] {
  const { rows } = screenful(timeline, bottom);
  return bottom === undefined ? [...rows, ...timeline.tail].slice(-timeline.height) : rows;
}

/** Whether the first row of the oldest item is on the screen. */
export function isAtTop(timeline: Timeline, bottom: Place | undefined): boolean {
  const { top } = upwards(timeline, spotOf(timeline, bottom), undefined);
  return top === undefined || isFirst(top);
}

/**
 * The place a screen further up: its last row is the first one now, so that the eye finds its way. Undefined when
 * everything is on the screen already. What was cleared comes back.
 */
export function pageUp(timeline: Timeline, bottom: Place | undefined): Place | undefined {
  const { items, height, clearedId, tail } = timeline;
  const stopId = bottom === undefined ? clearedId : undefined;
  const { top } = screenful(timeline, bottom);
  const cleared = indexOfItem(items, stopId);
  const start = top ?? lastRowOf(timeline, cleared === -1 ? items.length - 1 : cleared);
  const to = height === 1 && top !== undefined ? upwards({ ...timeline, height: 2 }, start, undefined).top : start;
  if (to === undefined) return undefined;
  if (upwards(timeline, to, undefined).rows.length >= height) return placeOf(items, to);
  const pushedOut = bottom === undefined && tail.length > 0 && !isFirst(top);
  const newest = stopId === undefined && !pushedOut ? undefined : lastRowOf(timeline, items.length - 1);
  return firstPage(timeline) ?? (newest === undefined ? undefined : placeOf(items, newest));
}

/** The place a screen further down; undefined once the newest row is on the screen. */
export function pageDown(timeline: Timeline, bottom: Place | undefined): Place | undefined {
  if (bottom === undefined) return undefined;
  return downwards(timeline, spotOf(timeline, bottom), Math.max(1, timeline.height - 1));
}

/** Messages further down than the item of `bottom`, and newer than `sinceId`, the newest when the reader left it. */
export function messagesBelow(items: readonly TimelineItem[], bottom: Place, sinceId: string | undefined): number {
  const from = Math.max(indexOfItem(items, bottom.id), indexOfItem(items, sinceId)) + 1;
  let count = 0;
  for (let index = from; index < items.length; index += 1) if (items[index]?.type === 'message') count += 1;
  return count;
}

/** Messages that came late since `sinceId` was the newest: what the notices behind it tell. */
export function cameLate(items: readonly TimelineItem[], sinceId: string | undefined): number {
  let count = 0;
  for (let index = indexOfItem(items, sinceId) + 1; index < items.length; index += 1) {
    const item = items[index];
    if (item?.type === 'notice' && item.what.type === 'late') count += item.what.count;
  }
  return count;
}

/** The place at which the oldest rows fill the screen; undefined when everything fits. */
function firstPage(timeline: Timeline): Place | undefined {
  return downwards(timeline, { index: 0, row: 0 }, timeline.height - 1);
}

/** The place `steps` rows below `from`; undefined when the newest row is not further away than that. */
function downwards(timeline: Timeline, from: Spot | undefined, steps: number): Place | undefined {
  const { items, rowsOf } = timeline;
  if (from === undefined) return undefined;
  let left = steps + from.row;
  for (let index = from.index; index < items.length; index += 1) {
    const item = items[index];
    const count = item === undefined ? 0 : rowsOf(item).length;
    if (left < count) {
      const newest = index === items.length - 1 && left === count - 1;
      return newest ? undefined : placeOf(items, { index, row: left });
    }
    left -= count;
  }
  return undefined;
}

/** The rows of items on the screen, which the tail leaves less room, and the first of them. */
function screenful(
  timeline: Timeline,
  bottom: Place | undefined,
): { readonly rows: readonly Row[]; readonly top: Spot | undefined } {
  const spot = spotOf(timeline, bottom);
  if (bottom !== undefined) return upwards(timeline, spot, undefined);
  return upwards({ ...timeline, height: timeline.height - timeline.tail.length }, spot, timeline.clearedId);
}

function isFirst(spot: Spot | undefined): boolean {
  return spot?.index === 0 && spot.row === 0;
}

/** Up to `height` rows that end with `bottom`, not going up into the item `stopId`, and the first of them. */
function upwards(
  { items, rowsOf, height }: Timeline,
  bottom: Spot | undefined,
  stopId: string | undefined,
): { readonly rows: readonly Row[]; readonly top: Spot | undefined } {
  const pages: (readonly Row[])[] = [];
  let top: Spot | undefined;
  let missing = height;
  for (let index = bottom?.index ?? -1; index >= 0 && missing > 0; index -= 1) {
    const item = items[index];
    if (item === undefined || item.id === stopId) break;
    const all = rowsOf(item);
    const end = index === bottom?.index ? bottom.row + 1 : all.length;
    const start = Math.max(0, end - missing);
    pages.push(all.slice(start, end));
    missing -= end - start;
    top = { index, row: start };
  }
  return { rows: pages.reverse().flat(), top };
}

function spotOf(timeline: Timeline, place: Place | undefined): Spot | undefined {
  const { items, rowsOf } = timeline;
  if (place === undefined) return lastRowOf(timeline, items.length - 1);
  const index = indexOfItem(items, place.id);
  if (index === -1) return spotOf(timeline, firstPage(timeline));
  const item = items[index];
  if (item === undefined) return undefined;
  return { index, row: Math.min(place.row, rowsOf(item).length - 1) };
}

function lastRowOf({ items, rowsOf }: Timeline, index: number): Spot | undefined {
  const item = items[index];
  return item === undefined ? undefined : { index, row: rowsOf(item).length - 1 };
}

function placeOf(items: readonly TimelineItem[], { index, row }: Spot): Place | undefined {
  const item = items[index];
  return item === undefined ? undefined : { id: item.id, row };
}

/** Where items were found before: the items of one array never change. */
const FOUND = new WeakMap<readonly TimelineItem[], Map<string, number>>();

/** From the end, as what is looked for is mostly among the newest; -1 when it is not there. */
function indexOfItem(items: readonly TimelineItem[], id: string | undefined): number {
  if (id === undefined) return -1;
  const found = FOUND.get(items) ?? new Map<string, number>();
  FOUND.set(items, found);
  const index = found.get(id) ?? items.findLastIndex((item) => item.id === id);
  found.set(id, index);
  return index;
}
