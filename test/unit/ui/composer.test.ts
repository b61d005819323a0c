import { describe, expect, it } from 'vitest';
import type { TimelineItem } from '../../../pkg/chat/snapshot.ts';
import { rowText } from '../../../pkg/ui/row.ts';
import { FakeChat, message, notice, own, person, waiting } from '../../ui/fake-chat.ts';
import { Bench, full } from './screen-bench.ts';

const PEOPLE = [person(1, 'alice'), person(2, 'bob'), person(3, 'carol')];

function room(...items: readonly TimelineItem[]): Bench {
  return new Bench(new FakeChat({ people: PEOPLE, items }));
}

/** So many messages, the tenth of each ten an own one. */
function many(count: number): TimelineItem[] {
  return Array.from({ length: count }, (_, place) => {
    const sequence = place + 1;
    return sequence % 10 === 0 ? own(sequence, `mine ${sequence}`) : message(sequence, `text ${sequence}`);
  });
}

/** The same items; `read` is called whenever one of them is looked up. */
function watched(items: readonly TimelineItem[], read: () => void): readonly TimelineItem[] {
  return new Proxy(items, {
    get: (of, key) => {
      if (typeof key === 'string' && /^\d+$/.test(key)) read();
      return Reflect.get(of, key);
    },
  });
}

describe('the delivery of own messages', () => {
  it('is shown as it goes on, and made calm when everyone present has it', () => {
    const bench = room(message(1, 'hi'), own(1, 'hello'));
    expect(bench.messages.at(-1)).toBe('10:30 <alice> hello ✓ 0/2');
    bench.chat.acknowledge(2, 1);
    bench.refresh();
    expect(bench.messages.at(-1)).toBe('10:30 <alice> hello ✓ 1/2');
    bench.chat.acknowledge(3, 1);
    bench.refresh();
    expect(bench.messages.at(-1)).toBe('10:30 <alice> hello ✓');
    bench.chat.change({ people: [person(1, 'alice')] });
    bench.refresh();
    expect(bench.messages.at(-1)).toBe('10:30 <alice> hello ✓ kept');
  });

  it('makes the rows of that message anew and no others', () => {
    const bench = room(own(1, 'one'), message(1, 'hi'), own(2, 'two'), notice(1, { type: 'problem', text: 'no' }));
    bench.chat.acknowledge(2, 1);
    bench.refresh();
    const before = bench.screen.frame();
    bench.chat.acknowledge(2, 2);
    bench.refresh();
    const after = bench.screen.frame();
    expect(rowText(after.messages.at(-2) ?? { key: '', spans: [] })).toBe('10:30 <alice> two ✓ 1/2');
    expect(after.messages.filter((row, place) => row !== before.messages[place])).toHaveLength(1);
    for (const part of ['header', 'people', 'status'] as const) expect(after[part]).toBe(before[part]);
    expect(bench.effects).toEqual([]);
  });

  it.each([
    ['following the newest', 0],
    ['scrolled up far', 200],
  ])('costs what is on the screen and not what was said, %s', (_where, pages) => {
    const all = many(100_000);
    const bench = new Bench(new FakeChat({ people: PEOPLE, items: all.slice(0, 50_000) }));
    for (let page = 0; page < pages; page += 1) bench.key({ pageUp: true });
    let reads = 0;
    const read = (): void => {
      reads += 1;
    };
    bench.chat.view({ items: watched(all, read) });
    bench.refresh();
    reads = 0;
    for (let sequence = 1; sequence <= 10; sequence += 1) {
      bench.chat.acknowledge(3, 4_000 * sequence);
      bench.refresh();
    }
    expect(bench.messages.some((line) => line.includes('mine'))).toBe(true);
    expect(reads).toBeGreaterThan(0);
    expect(reads).toBeLessThan(10 * 3 * bench.messages.length);
  });
});

describe('what waits to be stored', () => {
  it('stands behind everything at once, and gives way to what is stored without a jump', () => {
    const bench = full(100);
    bench.chat.hold();
    bench.type('hello\r');
    bench.type('/me waves\r');
    const before = bench.messages;
    expect(before.slice(-3)).toEqual(['10:30 <bob> text 100', '10:30 <alice> hello …', '10:30 * alice waves …']);
    bench.chat.store();
    bench.refresh();
    expect(bench.messages.map((line) => line.replace('✓ 0/1', '…'))).toEqual(before);
    expect(bench.messages.at(-1)).toBe('10:30 * alice waves ✓ 0/1');
  });

  it('is not shown to who reads further up, whose place it does not move', () => {
    const bench = full(100);
    bench.chat.hold();
    bench.type('hello\r');
    const top = bench.messages[0];
    bench.key({ pageUp: true });
    expect(bench.messages.join()).not.toContain('hello');
    expect(bench.messages.at(-1)).toBe(top);
    const before = bench.messages;
    bench.chat.store();
    bench.refresh();
    expect(bench.messages).toEqual(before);
    expect(bench.status).toContain('1 new below');
  });

  it('takes the place of the welcome', () => {
    const bench = new Bench(new FakeChat());
    bench.chat.hold();
    bench.type('anybody?\r');
    expect(bench.messages.slice(-2)).toEqual(['', '10:30 <alice> anybody? …']);
  });

  it('is not made into more rows than are seen', () => {
    const bench = full(1);
    const long = Array.from({ length: 10_000 }, (_, place) => waiting(place, `waits ${place}`));
    bench.chat.view({ waiting: long });
    bench.refresh();
    expect(bench.messages[0]).toContain(`waits ${10_000 - bench.messages.length}`);
    expect(bench.messages.at(-1)).toContain('waits 9999');
  });
});

describe('what came late', () => {
  const LATE = message(500, 'said earlier', { late: true });

  it.each([
    ['above', 10],
    ['below', 90],
  ])('does not move who reads when it belongs %s', (_where, place) => {
    const bench = full(100);
    bench.key({ pageUp: true });
    bench.key({ pageUp: true });
    const before = bench.messages;
    bench.chat.insert(place, LATE);
    bench.refresh();
    expect(bench.messages).toEqual(before);
  });

  it('comes in where it belongs on the screen: what is below it stays', () => {
    for (const pages of [0, 2]) {
      const bench = full(100);
      for (let page = 0; page < pages; page += 1) bench.key({ pageUp: true });
      const before = bench.messages;
      const place = bench.chat.snapshot().room.items.findIndex(({ id }) => before[10]?.endsWith(textOf(bench, id)));
      bench.chat.insert(place, LATE);
      bench.refresh();
      expect(bench.messages.slice(10)).toEqual(before.slice(10));
      expect(bench.messages[9]).toBe('10:30 late <bob> said earlier');
      expect(bench.messages.slice(0, 9)).toEqual(before.slice(1, 10));
    }
  });

  it('is told of in the status line of who has scrolled up', () => {
    const bench = full(100);
    bench.key({ pageUp: true });
    bench.chat.insert(10, LATE);
    bench.chat.tell({ type: 'late', count: 1, messages: [] });
    bench.refresh();
    expect(bench.status).toMatch(/ 1 came late, PgDn $/);
    bench.chat.add(message(101, 'new'));
    bench.refresh();
    expect(bench.status).toMatch(/ 1 new below, 1 came late, PgDn $/);
    bench.key({ ctrl: true, end: true });
    expect(bench.status).not.toContain('late');
    expect(bench.messages.at(-3)).toContain('a message that was said earlier came only now');
  });
});

describe('a search', () => {
  it('is asked for, and its answer stands in the timeline', () => {
    const bench = full(100);
    bench.type('/search text 42\r');
    expect(bench.effectTypes()).toEqual(['search']);
    expect(bench.messages.slice(-2)).toEqual(['10:30 --- 1 found for "text 42":', '  10:30 bob: text 42']);
  });
});

describe('the header', () => {
  it('tells how far the history is, until it is here', () => {
    const bench = full(1);
    bench.chat.view({ catchingUp: { held: 500, known: 1_000 } });
    bench.refresh();
    expect(bench.screen.frame().header.map(rowText).join()).toContain('catching up 500 of 1,000');
    bench.chat.view({ catchingUp: undefined });
    bench.refresh();
    expect(bench.screen.frame().header.map(rowText).join()).not.toContain('catching');
  });
});

function textOf(bench: Bench, id: string): string {
  const item = bench.chat.snapshot().room.items.find((each) => each.id === id);
  return item?.type === 'message' ? `> ${item.text}` : '-';
}
