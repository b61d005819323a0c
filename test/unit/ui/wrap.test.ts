import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownLine } from '../../../pkg/chat/shown.ts';
import { columns } from '../../../pkg/ui/cells.ts';
import { wrapped, wrappedTable } from '../../../pkg/ui/wrap.ts';
import { anyText } from './texts.ts';

const SPACES_AND_SEAMS = /[\s\u200b]/gu;

describe('wrapped', () => {
  it.each([
    ['hello world', 11, ['hello world']],
    ['hello world', 10, ['hello', 'world']],
    ['hello world', 5, ['hello', 'world']],
    ['hello world', 4, ['hell', 'o', 'worl', 'd']],
    ['a bb ccc dddd', 6, ['a bb', 'ccc', 'dddd']],
    ['', 5, ['']],
    ['    code stays', 9, ['    code', 'stays']],
    ['a    b', 4, ['a', 'b']],
    ['ends in space ', 13, ['ends in space']],
    ['你好世界', 4, ['你好', '世界']],
    ['你好世界', 5, ['你好', '世界']],
    ['see 你好世界', 7, ['see 你', '好世界']],
    ['你', 1, ['?']],
    ['e\u0301e\u0301e\u0301', 2, ['e\u0301e\u0301', 'e\u0301']],
    ['x https://example.org/long/path', 10, ['x', 'https://ex', 'ample.org/', 'long/path']],
  ])('breaks %j at %i', (line, width, rows) => {
    expect(wrapped(line, width)).toEqual(rows);
  });

  it('is never wider than asked and loses nothing but spaces', () => {
    const line = anyText.map(shownLine);
    fc.assert(
      fc.property(line, fc.integer({ min: 8, max: 60 }), (text, width) => {
        const rows = wrapped(text, width);
        for (const row of rows) expect(columns(row)).toBeLessThanOrEqual(width);
        const all = wrapped(text, 1_000_000).join('');
        expect(rows.join('').replace(SPACES_AND_SEAMS, '')).toBe(all.replace(SPACES_AND_SEAMS, ''));
      }),
    );
  });

  it('copes with a row of one column', () => {
    fc.assert(
      fc.property(anyText.map(shownLine), (text) => {
        for (const row of wrapped(text, 1)) expect(columns(row)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('wrappedTable', () => {
  it('wraps the second column under itself', () => {
    expect(wrappedTable('/me text   says what you do', 22)).toEqual(['/me text   says what', '           you do']);
  });

  it('wraps as a text what has no second column, or no room for one', () => {
    expect(wrappedTable('no columns here', 10)).toEqual(['no columns', 'here']);
    expect(wrappedTable('a long first part  b', 12)).toEqual(['a long first', 'part  b']);
  });
});
