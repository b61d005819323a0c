import { describe, expect, it } from 'vitest';
import { LATE_AFTER_MS, TIMELINE_ITEMS_MAX, TIMELINE_PAGE_RUNS } from '../../../pkg/base/limits.ts';
import { instant, wallTime } from '../../../pkg/base/units.ts';
import type { ChatMessage } from '../../../pkg/chat/snapshot.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { Room } from '../../../pkg/room/room.ts';
import type { Run } from '../../../pkg/wire/entry.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { Speaker } from '../speaker.ts';

const me = toyPeerId('me');

/** A room with a store behind it that answers for pages as the real one does. */
class Shelf {
  readonly room = new Room(GENERAL, me);
  now = 0;
  readonly stored: Run[] = [];

  store(...runs: readonly Run[]): void {
    this.stored.push(...runs);
  }

  fold(...runs: readonly Run[]): void {
    this.store(...runs);
    this.take(runs);
  }

  /** Takes in what is stored now; `since` when the catching up began, if one is under way. */
  take(runs: readonly Run[], since?: number): ChatMessage[] {
    return this.room.fold(runs, instant(this.now), since === undefined ? undefined : instant(since));
  }

  note(clock: number): void {
    this.room.notice({ type: 'note', lines: ['a note'] }, { at: instant(this.now), wall: wallTime(0) }, clock);
  }

  /** Brings the next older page, if there is one. */
  page(): boolean {
    const before = this.room.olderThan;
    if (before === undefined) return false;
    const below = this.stored.filter((run) => run.firstClock < before).sort((a, b) => a.firstClock - b.firstClock);
    const lowest = below.at(-TIMELINE_PAGE_RUNS)?.firstClock ?? 0;
    const runs = below.filter((run) => run.firstClock >= lowest);
    this.room.older(runs, runs.length < below.length, before);
    return true;
  }

  pageAll(): void {
    for (let count = 0; this.page(); count += 1) if (count > 1_000) throw new Error('pages without end');
  }

  get texts(): string[] {
    return this.room.view().items.flatMap((item) => (item.type === 'message' ? [item.text] : []));
  }
}

function spoken(name: string, count: number, clockFrom = 1): Run[] {
  const speaker = new Speaker(name);
  return Array.from({ length: count }, (_, place) => speaker.say(`${name} ${place}`, { clock: clockFrom + place }));
}

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
    shelf.room.older(old.slice(0, 2), false, before);
    expect(shelf.room.view().hasOlder).toBe(true);
    shelf.pageAll();
    expect(shelf.texts).toHaveLength(TIMELINE_PAGE_RUNS + TIMELINE_ITEMS_MAX);
  });
});

describe('late', () => {
  const texts = (messages: readonly ChatMessage[]) => messages.filter(({ late }) => late).map(({ text }) => text);

  it('is what stands before something that was here for a while', () => {
    const shelf = new Shelf();
    shelf.page();
    shelf.fold(...spoken('alice', 1, 10));
    shelf.now = LATE_AFTER_MS + 1;
    expect(texts(shelf.take([...spoken('bob', 2, 8), ...spoken('carol', 1, 11)]))).toEqual(['bob 0', 'bob 1']);
    expect(shelf.room.view().items.filter((item) => item.type === 'message' && item.late)).toHaveLength(2);
  });

  it('is nothing that crossed on the way, nor what comes behind everything', () => {
    const shelf = new Shelf();
    shelf.page();
    shelf.fold(...spoken('alice', 2, 10));
    shelf.now = LATE_AFTER_MS - 1;
    expect(texts(shelf.take(spoken('bob', 1, 9)))).toEqual([]);
    shelf.now = 10 * LATE_AFTER_MS;
    expect(texts(shelf.take(spoken('carol', 1, 12)))).toEqual([]);
  });

  it('is judged in a catching up by what was here when that began', () => {
    const shelf = new Shelf();
    shelf.page();
    shelf.fold(...spoken('alice', 1, 10));
    const since = 10 * LATE_AFTER_MS;
    shelf.now = since;
    expect(texts(shelf.take(spoken('bob', 1, 20), since))).toEqual([]);
    shelf.now = 5 * since;
    expect(texts(shelf.take(spoken('carol', 1, 9), since))).toEqual(['carol 0']);
    expect(texts(shelf.take(spoken('dan', 1, 15), since))).toEqual([]);
  });

  it('is nothing that was said before one ever came', () => {
    const shelf = new Shelf();
    shelf.page();
    shelf.room.arrive(100, true);
    shelf.fold(...spoken('alice', 1, 50));
    shelf.now = 10 * LATE_AFTER_MS;
    expect(texts(shelf.take(spoken('bob', 1, 9)))).toEqual([]);
  });

  it('is told of in one notice, until something stands behind it', () => {
    const shelf = new Shelf();
    const now = { at: instant(0), wall: wallTime(0) };
    shelf.page();
    for (const count of [2, 3]) shelf.room.noticeLate(count, now, 5);
    expect(shelf.room.view().items).toMatchObject([{ what: { type: 'late', count: 5 } }]);
    shelf.note(6);
    shelf.room.noticeLate(1, now, 6);
    expect(shelf.room.view().items).toMatchObject([{ what: { count: 5 } }, {}, { what: { count: 1 } }]);
  });
});

describe('a glimpse of the newest', () => {
  it('is shown ahead of the rest, which comes by paging once it is stored, each message once', () => {
    const shelf = new Shelf();
    const all = spoken('alice', 1_000);
    shelf.page();
    shelf.note(0);
    shelf.room.glimpse(all.slice(-50), instant(0));
    expect(shelf.texts).toHaveLength(50);
    expect(shelf.room.view().items[0]?.type).toBe('notice');
    shelf.fold(...all);
    expect(shelf.texts).toHaveLength(50);
    expect(shelf.texts.at(-1)).toBe('alice 999');
    shelf.pageAll();
    expect(shelf.texts).toEqual(all.map(({ entries }) => entries[0]?.content));
  });

  it('lets go of what was here before it, until that is paged to', () => {
    const shelf = new Shelf();
    shelf.store(...spoken('alice', 10));
    shelf.page();
    shelf.room.glimpse(spoken('bob', 10, 1_000), instant(0));
    expect(shelf.texts).toHaveLength(10);
    shelf.pageAll();
    expect(shelf.texts.slice(0, 10)).toEqual(spoken('alice', 10).map(({ entries }) => entries[0]?.content));
  });
});

describe('what one says oneself', () => {
  const saying = (text: string) => ({
    kind: 'chat' as const,
    sender: new Speaker('me').nick,
    content: text,
    saidAt: wallTime(0),
  });

  it('waits behind everything until it is stored', () => {
    const shelf = new Shelf();
    shelf.page();
    for (const text of ['one', 'two']) shelf.room.say(saying(text));
    expect(shelf.room.view().waiting.map(({ text }) => text)).toEqual(['one', 'two']);
    shelf.fold(new Speaker('me').say('one'));
    expect(shelf.room.view().waiting.map(({ text }) => text)).toEqual(['two']);
    expect(shelf.texts).toEqual(['one']);
  });

  it('stays waiting when older words of one’s own come back from others', () => {
    const shelf = new Shelf();
    shelf.page();
    shelf.room.say(saying('new'));
    shelf.fold(new Speaker('me').say('old'));
    expect(shelf.room.view().waiting).toHaveLength(1);
  });

  it('waits no longer when it cannot be said', () => {
    const shelf = new Shelf();
    for (const text of ['one', 'two', 'three']) shelf.room.say(saying(text));
    shelf.room.unsay(2);
    expect(shelf.room.view().waiting.map(({ text }) => text)).toEqual(['three']);
  });
});
