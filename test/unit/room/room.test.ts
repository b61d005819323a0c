import { describe, expect, it } from 'vitest';
import { LATE_AFTER_MS } from '../../../pkg/base/limits.ts';
import { instant, wallTime } from '../../../pkg/base/units.ts';
import type { ChatMessage } from '../../../pkg/chat/snapshot.ts';
import { Speaker } from '../speaker.ts';
import { Shelf, spoken } from './shelf.ts';

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
    shelf.room.arrive(100);
    shelf.fold(...spoken('alice', 1, 50));
    shelf.now = 10 * LATE_AFTER_MS;
    expect(texts(shelf.take(spoken('bob', 1, 9)))).toEqual([]);
  });

  it('is told of in one notice, until something stands behind it', () => {
    const shelf = new Shelf();
    const now = { at: instant(0), wall: wallTime(0) };
    shelf.page();
    const late = (count: number) =>
      shelf.room.found(spoken('alice', count).map((run) => ({ run, sequence: run.first })));
    for (const count of [2, 3]) shelf.room.noticeLate(late(count), now, 5);
    const texts = ['alice 0', 'alice 1', 'alice 2'].map((text) => ({ text }));
    expect(shelf.room.view().items).toMatchObject([{ what: { type: 'late', count: 5, messages: texts } }]);
    shelf.note(6);
    shelf.room.noticeLate(late(1), now, 6);
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
