import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WallTime } from '../../../pkg/base/units.ts';
import { shownLine } from '../../../pkg/chat/shown.ts';
import type { TimelineItem } from '../../../pkg/chat/snapshot.ts';
import { columns } from '../../../pkg/ui/cells.ts';
import { type ItemStyle, itemRows } from '../../../pkg/ui/item-rows.ts';
import { rowText } from '../../../pkg/ui/row.ts';
import { brokenNick, message, nick, notice, peer } from '../../ui/fake-chat.ts';
import { anyText } from './texts.ts';

function style(more: Partial<ItemStyle>): ItemStyle {
  const dayOf = (at: WallTime): string => new Date(at).toISOString().slice(0, 10);
  return { width: 40, colour: true, timeOf: () => '10:30', dayOf, label: shownLine, ...more };
}

function drawn(item: TimelineItem, width = 40, more: Partial<ItemStyle> = {}): string[] {
  return itemRows(item, style({ width, ...more })).map(rowText);
}

describe('itemRows', () => {
  it('says when, who and what', () => {
    expect(drawn(message(1, 'Hello everyone!'))).toEqual(['10:30 <bob> Hello everyone!']);
    expect(drawn(message(1, 'waves', { kind: 'action' }))).toEqual(['10:30 * bob waves']);
  });

  it('tells what happened', () => {
    const who = { peer: peer(2), nick: nick('bob') };
    expect(drawn(notice(1, { type: 'joined', ...who }))).toEqual(['10:30 --> bob joined']);
    expect(drawn(notice(1, { type: 'left', ...who, reason: '' }))).toEqual(['10:30 <-- bob left']);
    expect(drawn(notice(1, { type: 'left', ...who, reason: 'bye\u001b[2J' }))).toEqual([
      '10:30 <-- bob left (bye␛[2J)',
    ]);
    expect(drawn(notice(1, { type: 'renamed', peer: peer(2), from: nick('bob'), to: nick('rob') }))).toEqual([
      '10:30 --- bob is now rob',
    ]);
    expect(drawn(notice(1, { type: 'problem', text: 'no network' }))).toEqual(['10:30 !!! no network']);
    expect(drawn(notice(1, { type: 'note', lines: ['one', 'two'] }))).toEqual(['10:30     one', '          two']);
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
