import { describe, expect, it } from 'vitest';
import type { TimelineItem } from '../../../pkg/chat/snapshot.ts';
import { type Row, row, rowText, span } from '../../../pkg/ui/row.ts';
import {
  cameLate,
  isAtTop,
  messagesBelow,
  type Place,
  pageDown,
  pageUp,
  type Timeline,
  visibleRows,
} from '../../../pkg/ui/viewport.ts';
import { message, notice } from '../../ui/fake-chat.ts';

/** Items of three rows each, whose rows are called `sequence.row`; it counts how often one is wrapped. */
class Wrapping {
  wraps = 0;

  rowsOf = (item: TimelineItem): readonly Row[] => {
    this.wraps += 1;
    const name = item.type === 'message' ? item.sequence : item.id;
    return [0, 1, 2].map((place) => row(`${item.id}:${place}`, span(`${name}.${place}`)));
  };
}

function items(from: number, to: number): TimelineItem[] {
  return Array.from({ length: to - from + 1 }, (_, place) => message(from + place, ''));
}

function timeline(
  all: readonly TimelineItem[],
  height: number,
  clearedId?: string,
  tail: readonly Row[] = [],
): Timeline {
  return { items: all, rowsOf: new Wrapping().rowsOf, height, tail, clearedId };
}

function seen(of: Timeline, place?: Place): string {
  return visibleRows(of, place).map(rowText).join(' ');
}

describe('visibleRows', () => {
  it('shows the newest rows, and all of them when they are few', () => {
    expect(seen(timeline(items(1, 9), 4))).toBe('8.2 9.0 9.1 9.2');
    expect(seen(timeline(items(1, 1), 4))).toBe('1.0 1.1 1.2');
    expect(seen(timeline([], 4))).toBe('');
  });

  it('wraps no more items than it shows', () => {
    const wrapping = new Wrapping();
    const long = { items: items(1, 10_000), rowsOf: wrapping.rowsOf, height: 10, tail: [], clearedId: undefined };
    visibleRows(long, undefined);
    expect(wrapping.wraps).toBeLessThanOrEqual(6);
  });

  it('keeps the place of the reader, whatever comes after, before or between', () => {
    const place = { id: message(5, '').id, row: 1 };
    const before = seen(timeline(items(3, 9), 4), place);
    expect(before).toBe('4.1 4.2 5.0 5.1');
    expect(seen(timeline(items(1, 40), 4), place)).toBe(before);
    expect(seen(timeline([...items(3, 7), notice(1, { type: 'problem', text: '' }), ...items(8, 9)], 4), place)).toBe(
      before,
    );
  });

  it('keeps the place of the reader when something comes in above, within and below', () => {
    const place = { id: message(5, '').id, row: 1 };
    const late = (id: number): TimelineItem => message(id, '', { late: true });
    const before = [...items(1, 9)];
    expect(seen(timeline(before.toSpliced(1, 0, late(20)), 7), place)).toBe(seen(timeline(before, 7), place));
    expect(seen(timeline(before.toSpliced(5, 0, late(20)), 7), place)).toBe(seen(timeline(before, 7), place));
    expect(seen(timeline(before.toSpliced(4, 0, late(20)), 7), place)).toBe('4.1 4.2 20.0 20.1 20.2 5.0 5.1');
  });

  it('shows the tail behind the newest, and only there', () => {
    const tail = [row('a', span('a')), row('b', span('b'))];
    expect(seen(timeline(items(1, 9), 4, undefined, tail))).toBe('9.1 9.2 a b');
    expect(seen(timeline(items(1, 9), 1, undefined, tail))).toBe('b');
    expect(seen(timeline([], 4, undefined, tail))).toBe('a b');
    expect(seen(timeline(items(1, 9), 4, message(9, '').id, tail))).toBe('a b');
    expect(seen(timeline(items(1, 9), 4, undefined, tail), { id: message(9, '').id, row: 2 })).toBe('8.2 9.0 9.1 9.2');
  });

  it('fills the screen with the oldest that are left when the place is gone', () => {
    expect(seen(timeline(items(7, 9), 4), { id: message(5, '').id, row: 1 })).toBe('7.0 7.1 7.2 8.0');
    expect(seen(timeline(items(7, 9), 4), { id: message(8, '').id, row: 9 })).toBe('7.2 8.0 8.1 8.2');
  });

  it('shows nothing of what was cleared, until one scrolls up', () => {
    const cleared = timeline(items(1, 9), 4, message(8, '').id);
    expect(seen(cleared)).toBe('9.0 9.1 9.2');
    expect(seen(cleared, { id: message(8, '').id, row: 2 })).toBe('7.2 8.0 8.1 8.2');
  });
});

describe('pageUp and pageDown', () => {
  it('go a screen less one row, and back to where they began', () => {
    const of = timeline(items(1, 9), 4);
    const first = pageUp(of, undefined);
    expect(seen(of, first)).toBe('7.2 8.0 8.1 8.2');
    const second = pageUp(of, first);
    expect(seen(of, second)).toBe('6.2 7.0 7.1 7.2');
    expect(pageDown(of, second)).toEqual(first);
    expect(pageDown(of, first)).toBeUndefined();
  });

  it('stop at the top with a full screen', () => {
    const of = timeline(items(1, 3), 4);
    let place: Place | undefined;
    for (let count = 0; count < 9; count += 1) place = pageUp(of, place);
    expect(seen(of, place)).toBe('1.0 1.1 1.2 2.0');
    expect(isAtTop(of, place)).toBe(true);
    expect(isAtTop(of, undefined)).toBe(false);
  });

  it('do nothing when everything is on the screen', () => {
    const of = timeline(items(1, 1), 4);
    expect(pageUp(of, undefined)).toBeUndefined();
    expect(isAtTop(of, undefined)).toBe(true);
    expect(pageUp(timeline([], 4), undefined)).toBeUndefined();
    expect(isAtTop(timeline([], 4), undefined)).toBe(true);
  });

  it('reach every row on a screen of one', () => {
    const of = timeline(items(1, 2), 1);
    const way: string[] = [];
    let place: Place | undefined;
    for (let count = 0; count < 6; count += 1) {
      way.push(seen(of, place));
      place = pageUp(of, place);
    }
    expect(way).toEqual(['2.2', '2.1', '2.0', '1.2', '1.1', '1.0']);
    expect(seen(of, pageDown(of, place))).toBe('1.1');
  });

  it('leave out nothing that the tail has pushed off the screen', () => {
    const tail = [row('a', span('a')), row('b', span('b'))];
    const long = timeline(items(1, 9), 4, undefined, tail);
    expect(seen(long, pageUp(long, undefined))).toBe('8.1 8.2 9.0 9.1');
    const small = timeline(items(1, 9), 1, undefined, tail);
    expect(seen(small, pageUp(small, undefined))).toBe('9.2');
    const few = timeline(items(1, 1), 4, undefined, tail);
    expect(seen(few)).toBe('1.1 1.2 a b');
    expect(seen(few, pageUp(few, undefined))).toBe('1.0 1.1 1.2');
    expect(pageDown(few, pageUp(few, undefined))).toBeUndefined();
    expect(pageUp(timeline(items(1, 1), 5, undefined, tail), undefined)).toBeUndefined();
  });

  it('bring back what was cleared', () => {
    const all = timeline(items(1, 9), 4, message(9, '').id);
    expect(seen(all)).toBe('');
    expect(seen(all, pageUp(all, undefined))).toBe('8.2 9.0 9.1 9.2');
    const few = timeline(items(1, 1), 4, message(1, '').id);
    expect(seen(few, pageUp(few, undefined))).toBe('1.0 1.1 1.2');
  });
});

describe('cameLate', () => {
  it('sums up what the notices since tell', () => {
    const told = (number: number, count: number): TimelineItem => notice(number, { type: 'late', count, messages: [] });
    const all = [...items(1, 3), told(1, 5), ...items(4, 6), told(2, 3), message(7, '', { late: true }), told(3, 1)];
    expect(cameLate(all, message(3, '').id)).toBe(9);
    expect(cameLate(all, message(6, '').id)).toBe(4);
    expect(cameLate(all, all.at(-1)?.id)).toBe(0);
  });
});

describe('messagesBelow', () => {
  it('counts the messages that came since the reader left, not notices', () => {
    const old = items(1, 9);
    const since = old.at(-1)?.id;
    const place = { id: message(3, '').id, row: 0 };
    expect(messagesBelow(old, place, since)).toBe(0);
    const now = [...old, notice(1, { type: 'problem', text: '' }), ...items(10, 12)];
    expect(messagesBelow(now, place, since)).toBe(3);
    expect(messagesBelow(now, { id: message(11, '').id, row: 0 }, since)).toBe(1);
  });
});
