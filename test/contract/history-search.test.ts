import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { History } from '../../internal/store/history.ts';
import { INDEX_SLICE_BYTES } from '../../pkg/base/limits.ts';
import { GENERAL, isRoomName } from '../../pkg/identity/room-name.ts';
import { parseRun } from '../../pkg/wire/run.ts';
import { Author } from './author.ts';
import { closed, fresh, open } from './open-history.ts';
import { AskedThread } from './open-thread.ts';
import { scratchFolder } from './scratch.ts';

function indexAll(history: History): number {
  let slices = 0;
  while (history.index()) slices += 1;
  return slices;
}

/** The contents that a search finds, in its order. */
function contents(history: History, text: string, limit = 100): string[] {
  return history.search({ room: GENERAL, text, limit }).map(({ sequence, text: run }) => {
    const parsed = parseRun(run);
    const entry = parsed.type === 'run' ? parsed.entries.find((one) => one.sequence === sequence) : undefined;
    return entry?.content ?? 'no such entry';
  });
}

function said(...texts: readonly string[]): History {
  const history = fresh();
  const author = new Author();
  history.store([texts.map((text) => author.say([text]))]);
  indexAll(history);
  return history;
}

describe('a search', () => {
  it.each([
    ['whole words, whatever their case', 'BUILD Broken', ['the build is broken']],
    ['with accents or without', 'gruss', ['Viele Grüße']],
    ['with accents in the question', 'café', ['a cafe']],
    ['the beginning of the last word', 'bro', ['the build is broken']],
    ['not the beginning of another word', 'bro build', []],
    ['all of the words, in any order', 'broken the', ['the build is broken']],
    ['one Chinese letter', '气', ['今天天气很好']],
    ['a Chinese word of two letters', '天气', ['今天天气很好']],
    ['a part of a Chinese sentence', '天天气很', ['今天天气很好']],
    ['not Chinese letters that stand apart', '今气', []],
    ['Japanese beside Latin', 'ビルド ci', ['CIのビルドが失敗']],
    ['words grown together with Japanese', 'CIのビ', ['CIのビルドが失敗']],
    ['a Korean word by its beginning', '안녕', ['안녕하세요 여러분']],
    ['full-width letters as others', 'ｂｕｉｌｄ', ['the build is broken']],
    ['nothing for no words', ' \t-- ', []],
  ])('finds %s', (_what, text, expected) => {
    const history = said(
      'the build is broken',
      'Viele Grüße',
      'a cafe',
      '今天天气很好',
      'CIのビルドが失敗',
      '안녕하세요 여러분',
    );
    expect(contents(history, text)).toEqual(expected);
  });

  it.each([
    [
      '"',
      'a"b',
      "it's",
      '*',
      'AND',
      'a OR b',
      'NEAR(a b)',
      'text:a',
      'NOT a',
      '^a',
      '-a',
      '(',
      '{a}',
      'a+b',
      'a\u0000b',
    ],
    ['\ud800', '👋', '\u202e', '\u0301', 'a'.repeat(9_000), 'w '.repeat(9_000), "'; DROP TABLE said; --"],
  ])('never takes what a person types for a language (%s …)', (...texts) => {
    const history = said('harmless', "it's a b near not and or");
    for (const text of texts) expect(() => contents(history, text)).not.toThrow();
    expect(contents(history, 'near NOT')).toEqual(["it's a b near not and or"]);
    expect(contents(history, "IT'S")).toEqual(["it's a b near not and or"]);
  });

  it('gives the newest first by the order of the room, however they came, and no more than asked for', () => {
    const history = fresh();
    const [alice, bob] = [new Author(), new Author()];
    const texts = (author: Author, clocks: readonly number[]) =>
      clocks.map((clock) => author.say([`at ${clock}`], clock));
    const late = texts(alice, [2, 4, 6, 8]);
    history.store([texts(bob, [1, 3, 5, 7, 9])]);
    indexAll(history);
    history.store([late]);
    indexAll(history);
    const all = [9, 8, 7, 6, 5, 4, 3, 2, 1].map((clock) => `at ${clock}`);
    expect(contents(history, 'at')).toEqual(all);
    expect(contents(history, 'at', 3)).toEqual(all.slice(0, 3));
  });

  it('finds each entry of a run by itself, and entries whose clocks have leapt', () => {
    const history = fresh();
    const author = new Author();
    const lines = (tag: string) => Array.from({ length: 256 }, (_, place) => `${tag}${place} line`);
    history.store([[author.say(lines('a')), author.say(lines('b'), 2 ** 41), author.say(lines('c'), 2 ** 50)]]);
    indexAll(history);
    for (const tag of ['a', 'b', 'c']) {
      expect(contents(history, `${tag}0`)).toEqual([`${tag}0 line`]);
      expect(contents(history, `${tag}200 line`)).toEqual([`${tag}200 line`]);
    }
    expect(contents(history, 'line', 300).slice(0, 2)).toEqual(['c255 line', 'c254 line']);
    expect(contents(history, 'line', 1_000)).toHaveLength(768);
  });

  it('looks into one room alone', () => {
    const history = fresh();
    const other = '#other';
    if (!isRoomName(other)) throw new Error('no room');
    history.store([[new Author().say(['here'])], [new Author({ room: other }).say(['here not'])]]);
    indexAll(history);
    expect(contents(history, 'here')).toEqual(['here']);
    expect(history.search({ room: other, text: 'here', limit: 9 })).toHaveLength(1);
  });
});

describe('the index', () => {
  const path = (): string => join(scratchFolder(), 'history.db');
  const searchPath = (history: string): string => join(dirname(history), 'search.db');

  it('follows in bounded slices and goes on after a restart', () => {
    const file = path();
    const before = open(file);
    const author = new Author();
    const long = Array.from({ length: 7 }, () => `word ${'x'.repeat(8_000)}`);
    before.store([Array.from({ length: 10 }, () => author.say(long))]);
    expect(before.index()).toBe(true);
    const first = contents(before, 'word').length;
    expect(first).toBeGreaterThan(0);
    expect(first * 8_000).toBeLessThan(INDEX_SLICE_BYTES);
    closed(before);
    const after = open(file);
    indexAll(after);
    expect(contents(after, 'word')).toHaveLength(70);
    after.store([[author.say(['one more word'])]]);
    expect(indexAll(after)).toBe(1);
    expect(contents(after, 'word')).toHaveLength(71);
  });

  it.each([
    ['gone', (file: string) => writeFileSync(file, '')],
    ['no database', (file: string) => writeFileSync(file, 'x'.repeat(9_999))],
    [
      'damaged inside',
      (file: string) => {
        const bytes = readFileSync(file);
        writeFileSync(file, bytes.fill(0x55, 4_096));
      },
    ],
    [
      'of another version',
      (file: string) => {
        const database = new DatabaseSync(file);
        database.exec('PRAGMA user_version = 99');
        database.close();
      },
    ],
  ])('that is %s is made anew, and the history is left alone', (_what, spoil) => {
    const file = path();
    const before = open(file);
    const author = new Author();
    before.store([Array.from({ length: 300 }, (_, place) => author.say([`word ${place}`]))]);
    indexAll(before);
    closed(before);
    spoil(searchPath(file));
    const after = open(file);
    contents(after, 'word');
    indexAll(after);
    expect(contents(after, 'word', 1_000)).toHaveLength(300);
    expect(contents(after, '299')).toEqual(['word 299']);
    closed(after);
    expect(existsSync(`${file}.damaged`)).toBe(false);
    expect(open(file).heads()).toMatchObject([{ sequence: 300 }]);
  });

  it('of a history that was put back from a backup is made anew', () => {
    const file = path();
    const history = open(file);
    const author = new Author();
    history.store([[author.say(['kept'])]]);
    closed(history);
    const backup = readFileSync(file);
    const later = open(file);
    later.store([[author.say(['lost'])], [new Author().say(['lost too'])]]);
    indexAll(later);
    closed(later);
    writeFileSync(file, backup);
    const back = open(file);
    indexAll(back);
    expect(contents(back, 'lost')).toEqual([]);
    expect(contents(back, 'kept')).toEqual(['kept']);
  });

  it('is kept up by the thread without being asked', async () => {
    const asked = new AskedThread(path());
    const run = new Author().say(['needle']);
    await asked.ask({ type: 'store', ticket: asked.ticket(), runs: [run] });
    for (let found = false; !found; ) {
      const answer = await asked.ask({
        type: 'search',
        ticket: asked.ticket(),
        room: GENERAL,
        text: 'needle',
        limit: 9,
      });
      if (answer.type !== 'found') throw new Error(answer.type);
      found = answer.hits.length > 0;
      if (found) expect(answer.hits).toEqual([{ sequence: 1, text: run.run.text }]);
    }
    expect(asked.troubles).toEqual([]);
  });
});
