import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownLine } from '../../../pkg/chat/shown.ts';
import {
  borderAfter,
  borderBefore,
  cells,
  columns,
  columnsOf,
  fitted,
  graphemes,
  isUncertain,
  textOf,
} from '../../../pkg/ui/cells.ts';
import { anyText } from './texts.ts';

describe('columns', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['你好', 4],
    ['👍🏽', 2],
    ['👨‍👩‍👧‍👦', 2],
    ['🇨🇭', 2],
    ['한국', 4],
    ['ｱﾞ', 2],
    // Two letters in one cluster: terminals draw them side by side.
    ['กำ', 2],
    ['क्ष', 2],
  ])('of %j are %i', (text, width) => {
    expect(columns(text)).toBe(width);
  });

  it('of a cluster without end are those of its pieces', () => {
    expect(columns('👩‍'.repeat(100))).toBe(200);
    expect(cells('👩‍'.repeat(100)).length).toBe(100);
  });
});

describe('cells', () => {
  it('add up to the text, but for seams between letters that count as one', () => {
    expect(cells('a你e\u0301').map(({ text }) => text)).toEqual(['a', '你', 'e\u0301']);
    expect(textOf(cells('กำ')).replaceAll('\u200b', '')).toBe('กำ');
    expect(isUncertain(textOf(cells('กำ')))).toBe(true);
    expect(isUncertain(textOf(cells('你好 abc 👨‍👩‍👧‍👦')))).toBe(false);
  });
});

describe('graphemes', () => {
  it('are the text, and their borders are found from both sides', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parts = graphemes(text);
        expect(parts.join('')).toBe(text);
        let place = 0;
        for (const part of parts) {
          expect(borderAfter(text, place)).toBe(place + part.length);
          expect(borderBefore(text, place + part.length)).toBe(place);
          place += part.length;
        }
        expect(borderAfter(text, text.length)).toBe(text.length);
        expect(borderBefore(text, 0)).toBe(0);
      }),
    );
  });
});

describe('fitted', () => {
  it('leaves what fits, and ends what does not with a sign', () => {
    expect(fitted('alice', 5)).toBe('alice');
    expect(fitted('alice', 4)).toBe('ali…');
    expect(fitted('你好吗', 4)).toBe('你…');
    expect(fitted('alice', 0)).toBe('');
  });

  it('is never wider than asked', () => {
    fc.assert(
      fc.property(anyText.map(shownLine), fc.nat(30), (text, width) => {
        expect(columnsOf(cells(fitted(text, width)))).toBeLessThanOrEqual(width);
      }),
    );
  });
});
