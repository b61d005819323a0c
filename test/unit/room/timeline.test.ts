import { describe, expect, it } from 'vitest';
import { TIMELINE_ITEMS_MAX, TIMELINE_PAGE_RUNS } from '../../../pkg/base/limits.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { Speaker } from '../speaker.ts';
import { Shelf, spoken } from './shelf.ts';

describe('the timeline', () => {
  it('one-order: stands by clock, then author, whatever came first', () => {
    const [alice, bob] = [spoken('alice', 3), spoken('bob', 3)];
    const orders = [[...alice, ...bob], [...bob, ...alice], [...alice, ...bob].reverse()];
    const seen = orders.map((runs) => {
      const shelf = new Shelf();
      shelf.page();
      for (const run of runs) shelf.fold(run);
      return shelf.texts;
    });
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    const [first, second] = [toyPeerId('alice'), toyPeerId('bob')].sort();
    const nameOf = (peer: string | undefined) => (peer === toyPeerId('alice') ? 'alice' : 'bob');
    expect(seen[0]?.slice(0, 2)).toEqual([`${nameOf(first)} 0`, `${nameOf(second)} 0`]);
  });

  it('shows each message once, be it folded, paged or both', () => {
    const shelf = new Shelf();
    const runs = spoken('alice', 3);
    shelf.fold(...runs);
    shelf.page();
    expect(shelf.texts).toHaveLength(3);
    expect(shelf.take(runs)).toHaveLength(3);
    expect(shelf.texts).toHaveLength(3);
  });

  it('puts a notice behind everything known when it happened', () => {
    const shelf = new Shelf();
    const runs = spoken('alice', 3);
    shelf.page();
    shelf.fold(...runs.slice(0, 2));
    shelf.note(2);
    shelf.note(2);
    shelf.fold(...runs.slice(2));
    shelf.fold(...spoken('bob', 1, 2));
    const shown = shelf.room.view().items.map((item) => (item.type === 'message' ? item.text : item.id));
    expect(shown.indexOf('notice/1')).toBe(3);
    expect(shown.indexOf('notice/2')).toBe(4);
    expect(shown.at(-1)).toBe('alice 2');
  });

  it('keeps its identity until something changes', () => {
    const shelf = new Shelf();
    shelf.fold(...spoken('alice', 1));
    const view = shelf.room.view();
    expect(shelf.room.view()).toBe(view);
    shelf.fold(...spoken('bob', 1));
    expect(shelf.room.view()).not.toBe(view);
  });
});

describe('paging', () => {
  it('brings everything that the store holds, page by page', () => {
    const shelf = new Shelf();
    shelf.store(...spoken('alice', 1_000), ...spoken('bob', 500, 250));
    expect(shelf.room.view().hasOlder).toBe(true);
    shelf.page();
    expect(shelf.texts.length).toBeLessThan(300);
    expect(shelf.texts.at(-1)).toBe('alice 999');
    shelf.pageAll();
    expect(shelf.texts).toHaveLength(1_500);
    expect(shelf.room.view().hasOlder).toBe(false);
  });

  it('brings what lies between the last page and something old that arrived late', () => {
    const shelf = new Shelf();
    shelf.store(...spoken('alice', 1_000));
    shelf.page();
    shelf.fold(...spoken('bob', 1, 5));
    expect(shelf.texts).not.toContain('bob 0');
    shelf.pageAll();
    expect(shelf.texts).toHaveLength(1_001);
    expect(shelf.texts.indexOf('bob 0')).toBeLessThan(7);
  });

  it('tells of what is old and new here all the same', () => {
    const shelf = new Shelf();
    shelf.store(...spoken('alice', 1_000));
    shelf.page();
    expect(shelf.take(spoken('bob', 1, 5)).map(({ text }) => text)).toEqual(['bob 0']);
  });

  it('begins with what came before the first page had come', () => {
    const shelf = new Shelf();
    shelf.store(...spoken('alice', 1_000));
    shelf.fold(...spoken('bob', 1, 2_000));
    shelf.page();
    expect(shelf.texts.at(-1)).toBe('bob 0');
    shelf.pageAll();
    expect(shelf.texts).toHaveLength(1_001);
  });

  it('of runs that share a clock loses none', () => {
    const shelf = new Shelf();
    for (let count = 0; count < 3 * TIMELINE_PAGE_RUNS; count += 1) shelf.store(...spoken(`author${count}`, 2, 7));
    shelf.pageAll();
    expect(shelf.texts).toHaveLength(6 * TIMELINE_PAGE_RUNS);
  });
});

describe('the bound', () => {
  it('is kept by dropping the oldest, which paging brings back', () => {
    const shelf = new Shelf();
    shelf.page();
    const count = TIMELINE_ITEMS_MAX + 1;
    const speaker = new Speaker('alice');
    for (let place = 0; place < count; place += 256) {
      shelf.fold(speaker.say(Array.from({ length: Math.min(256, count - place) }, (_, line) => `${place + line}`)));
    }
    expect(shelf.texts.length).toBeLessThanOrEqual(TIMELINE_ITEMS_MAX);
    expect(shelf.texts.at(-1)).toBe(`${count - 1}`);
    expect(shelf.room.view().hasOlder).toBe(true);
    shelf.pageAll();
    expect(shelf.texts).toEqual(Array.from({ length: count }, (_, place) => `${place}`));
  });

  it('is kept against people who come and go without end, and what was said stays', () => {
    const shelf = new Shelf();
    shelf.page();
    shelf.fold(...spoken('alice', 20));
    for (let count = 0; count < 3 * TIMELINE_ITEMS_MAX; count += 1) {
      shelf.note(20);
    }
    const { items } = shelf.room.view();
    expect(items.length).toBeLessThanOrEqual(TIMELINE_ITEMS_MAX);
    expect(items.length).toBeGreaterThan(TIMELINE_ITEMS_MAX / 2);
    shelf.pageAll();
    expect(shelf.texts).toHaveLength(20);
  });

  it('a page that was asked for before the bound took something away comes too late', () => {
    const shelf = new Shelf();
    const old = spoken('alice', TIMELINE_PAGE_RUNS);
    shelf.store(...spoken('carol', 10), ...old.slice(10));
    shelf.page();
    const before = 3;
    const speaker = new Speaker('bob');
    for (let count = 0; count < TIMELINE_ITEMS_MAX; count += 250) {
      shelf.fold(
        speaker.say(
          Array.from({ length: 250 }, () => 'x'),
          { clock: 1_000 + count },
        ),
      );
    }
    shelf.room.older(old.slice(0, 2), 0, before);
    expect(shelf.room.view().hasOlder).toBe(true);
    shelf.pageAll();
    expect(shelf.texts).toHaveLength(TIMELINE_PAGE_RUNS + TIMELINE_ITEMS_MAX);
  });
});
