import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { millis, type WallTime, wallTime } from '../../../pkg/base/units.ts';
import { shownLine } from '../../../pkg/chat/shown.ts';
import type { Attendance, TimelineItem } from '../../../pkg/chat/snapshot.ts';
import { columns } from '../../../pkg/ui/cells.ts';
import { type ItemStyle, itemRows, waitingRows } from '../../../pkg/ui/item-rows.ts';
import { DIM } from '../../../pkg/ui/look.ts';
import { rowText } from '../../../pkg/ui/row.ts';
import { brokenNick, message, nick, notice, own, peer, waiting } from '../../ui/fake-chat.ts';
import { anyText } from './texts.ts';

function style(more: Partial<ItemStyle>): ItemStyle {
  const dayOf = (at: WallTime): string => new Date(at).toISOString().slice(0, 10);
  return { width: 40, colour: true, timeOf: () => '10:30', dayOf, label: shownLine, ...more };
}

function drawn(item: TimelineItem, width = 40, more: Partial<ItemStyle> = {}): string[] {
  return itemRows(item, style({ width, ...more })).map(rowText);
}

function marked(item: TimelineItem, mark: string, width = 40): string[] {
  return itemRows(item, style({ width }), mark).map(rowText);
}

describe('itemRows', () => {
  it('says when, who and what', () => {
    expect(drawn(message(1, 'Hello everyone!'))).toEqual(['10:30 <bob> Hello everyone!']);
    expect(drawn(message(1, 'waves', { kind: 'action' }))).toEqual(['10:30 * bob waves']);
  });

  it('tells what happened', () => {
    const who = { peer: peer(2), nick: nick('bob') };
    expect(drawn(notice(1, { type: 'joined', ...who }))).toEqual(['10:30 --> bob joined']);
    expect(drawn(notice(1, { type: 'left', ...who, reason: '', goodbye: false }))).toEqual(['10:30 <-- bob left']);
    expect(drawn(notice(1, { type: 'left', ...who, reason: 'bye\u001b[2J', goodbye: false }))).toEqual([
      '10:30 <-- bob left (bye␛[2J)',
    ]);
    expect(drawn(notice(1, { type: 'renamed', peer: peer(2), from: nick('bob'), to: nick('rob') }))).toEqual([
      '10:30 --- bob is now rob',
    ]);
    expect(drawn(notice(1, { type: 'problem', text: 'no network' }))).toEqual(['10:30 !!! no network']);
    expect(drawn(notice(1, { type: 'note', lines: ['one', 'two'] }))).toEqual(['10:30     one', '          two']);
    const place = 'p2pchat -connect 192.168.100.105:8080';
    expect(drawn(notice(1, { type: 'note', lines: ['one:', place] }))).toEqual(['10:30 ', '  one:', `  ${place}`]);
    expect(drawn(notice(1, { type: 'note', lines: [place] }), 60)).toEqual([`10:30     ${place}`]);
  });

  it('tells of several who came and went in one row, and names not too many', () => {
    const told = (...people: readonly Attendance[]) => drawn(notice(1, { type: 'presence', people }), 200);
    const one = (number: number, more: Partial<Attendance> = {}): Attendance => {
      const none = { wasHere: false, here: true, leaves: 0, awayMs: millis(0), reason: '' };
      return { peer: peer(number), nick: nick(`p${number}`), ...none, ...more };
    };
    const lost = { wasHere: true, here: false, leaves: 1, reason: 'connection lost' };
    const back = { wasHere: true, here: true, leaves: 1, awayMs: millis(12_000) };
    expect(told(one(2), one(3))).toEqual(['10:30 --> p2 and p3 joined']);
    expect(told(...[2, 3, 4, 5].map((number) => one(number)))).toEqual(['10:30 --> p2, p3, p4 and p5 joined']);
    expect(told(...[2, 3, 4, 5, 6, 7, 8].map((number) => one(number)))).toEqual([
      '10:30 --> p2, p3, p4 and 4 more joined',
    ]);
    expect(told(one(2, lost), one(3, lost))).toEqual(['10:30 <-- p2 and p3 left (connection lost)']);
    expect(told(one(2, lost), one(3, { ...lost, reason: 'tea' }))).toEqual([
      '10:30 <-- p2 left (connection lost); p3 left (tea)',
    ]);
    expect(told(one(2, lost), one(3))).toEqual(['10:30 --- p2 left (connection lost); p3 joined']);
    expect(told(one(2, back))).toEqual(['10:30 --- p2 was away for 12 s']);
    expect(told(one(2, back), one(3, back))).toEqual(['10:30 --- p2 and p3 were away for 12 s']);
    expect(told(one(2, { ...back, leaves: 2 }), one(3, { ...back, leaves: 2 }))[0]).toMatch(/2 times, are/);
    expect(told(one(2, { ...back, leaves: 4 }))).toEqual(['10:30 --- p2 came and went 4 times, is here']);
    expect(told(one(2, { ...lost, leaves: 4 }))).toEqual([
      '10:30 <-- p2 came and went 4 times, is gone (connection lost)',
    ]);
    expect(told(one(2, { here: false, leaves: 1, reason: 'a\u001b[31m' }))).toEqual([
      '10:30 <-- p2 came and left (a␛[31m)',
    ]);
  });

  it('indents what follows the first row under the text', () => {
    expect(drawn(message(1, 'one two three four five six seven\n10:31 <alice> not me'))).toEqual([
      '10:30 <bob> one two three four five six',
      '            seven',
      '            10:31 <alice> not me',
    ]);
  });

  it('puts the text below a name that leaves it no room, and leaves the time out where it is narrow', () => {
    expect(drawn(message(1, 'hello', { nick: nick('a-rather-long-name') }), 30)).toEqual([
      '10:30 <a-rather-long-name> ',
      '  hello',
    ]);
    expect(drawn(message(1, 'hello there'), 14)).toEqual(['<bob> hello', '      there']);
    expect(drawn(message(1, 'hi'), 1)).toEqual(['<', 'h', 'i']);
  });

  it('marks what came late, where it came late, and not where it is narrow', () => {
    expect(drawn(message(1, 'hello', { late: true }))).toEqual(['10:30 late <bob> hello']);
    expect(drawn(message(1, 'waves', { late: true, kind: 'action' }))).toEqual(['10:30 late * bob waves']);
    expect(drawn(message(1, 'hello', { late: true }), 19)).toEqual(['<bob> hello']);
    expect(drawn(notice(1, { type: 'late', count: 12_300, messages: [] }), 80).join(' ')).toContain(
      '12,300 messages that were said',
    );
    expect(drawn(notice(1, { type: 'late', count: 1, messages: [] }), 100).join(' ')).toContain(
      'it stands above in its place',
    );
  });

  it('has a mark behind the last row of an own message', () => {
    expect(marked(own(1, 'hello'), '✓ 3/7')).toEqual(['10:30 <alice> hello ✓ 3/7']);
    expect(marked(own(1, 'waves', { kind: 'action' }), '✓')).toEqual(['10:30 * alice waves ✓']);
    expect(marked(own(1, 'one\ntwo'), '✓ kept')).toEqual(['10:30 <alice> one', '              two ✓ kept']);
    expect(marked(own(1, 'just too long for it'), '✓ 3/7')).toEqual([
      '10:30 <alice> just too long',
      '              for it ✓ 3/7',
    ]);
    expect(marked(own(1, 'hello'), '✓ 3/7', 19)).toEqual(['<alice> hello']);
    const rows = itemRows(own(1, 'hello'), style({}), '✓ 3/7');
    expect(rows[0]?.spans.at(-1)).toEqual({ text: ' ✓ 3/7', look: DIM });
  });

  it('takes as many rows waiting as stored, and with every mark', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 100 }), (text, width) => {
        const stored = marked(own(1, text), '✓ 200/255', width);
        const early = waitingRows(waiting(1, text), peer(1), style({ width })).map(rowText);
        for (const row of stored) expect(columns(row)).toBeLessThanOrEqual(width);
        expect(early.map((row) => row.replace(/ ?…$/, ''))).toEqual(
          stored.map((row) => row.replace(/ ?✓ 200\/255$/, '').replace(/ ?…$/, '')),
        );
        expect(marked(own(1, text), '✓', width)).toHaveLength(stored.length);
      }),
    );
  });

  it('lists what a search has found, a row for each, under its heading', () => {
    const messages = [
      message(1, 'the build failed', { saidAt: wallTime(Date.UTC(2025, 10, 1)) }),
      message(2, `${'this and that '.repeat(9)}and then the build and so on\n10:30 <alice> yes`),
    ];
    const what = { type: 'found', words: 'build', messages, more: true } as const;
    expect(drawn(notice(1, what), 62)).toEqual([
      '10:30 --- the newest 2 for "build":',
      '  2025-11-01 10:30 bob: the build failed',
      '  10:30 bob: …and then the build and so on⏎10:30 <alice> yes',
      '  and older ones: add a word to find fewer',
    ]);
    expect(drawn(notice(1, what), 30)).toEqual([
      '10:30 --- the newest 2 for "b…',
      '  2025-11-01 10:30 bob: the',
      '    build failed',
      '  10:30 bob: …the build and',
      '    so on⏎10:30 <alice…',
      '  and older ones: add a word',
      '    to find fewer',
    ]);
    expect(drawn(notice(1, { ...what, messages: [], more: false }), 80)).toEqual([
      '10:30 --- nothing found for "build": try fewer words, or others',
    ]);
  });

  it('lists it within any width, whatever was found', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.integer({ min: 1, max: 100 }), (text, words, width) => {
        const messages = [message(1, text), message(2, text, { nick: brokenNick(words), kind: 'action', late: true })];
        const rows = drawn(notice(1, { type: 'found', words, messages, more: true }), width);
        for (const row of rows) expect(columns(row)).toBeLessThanOrEqual(width);
        if (width > 1) for (const row of rows.slice(1)) expect(row.startsWith(' ')).toBe(true);
      }),
    );
  });

  it('gives every row a key of its own', () => {
    const rows = itemRows(message(1, 'a\nb\nc'), style({}));
    expect(new Set(rows.map(({ key }) => key)).size).toBe(3);
  });

  it('is never wider than asked, and only its first row begins at the left', () => {
    const item = fc.record({ text: anyText, name: anyText, kind: fc.constantFrom('chat' as const, 'action' as const) });
    fc.assert(
      fc.property(item, fc.integer({ min: 1, max: 100 }), ({ text, name, kind }, width) => {
        const rows = drawn(message(1, text, { kind, nick: brokenNick(name) }), width);
        expect(rows.length).toBeGreaterThanOrEqual(1);
        for (const row of rows) expect(columns(row)).toBeLessThanOrEqual(width);
        if (width > 1) for (const row of rows.slice(1)) expect(row.startsWith(' ')).toBe(true);
      }),
    );
  });
});
