import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columns, graphemes } from '../../../pkg/ui/cells.ts';
import { inputLayout } from '../../../pkg/ui/input-layout.ts';
import { rowText } from '../../../pkg/ui/row.ts';
import { anyText } from './texts.ts';

function drawn(text: string, cursor: number, width: number, rowsMax: number): { rows: string[]; x: number; y: number } {
  const { rows, cursor: at } = inputLayout({ text, cursor }, { width, rowsMax });
  return { rows: rows.map(rowText), ...at };
}

describe('inputLayout', () => {
  it('puts the cursor behind what is typed, wide or not', () => {
    expect(drawn('', 0, 20, 3)).toEqual({ rows: ['> '], x: 2, y: 0 });
    expect(drawn('abc', 3, 20, 3)).toEqual({ rows: ['> abc'], x: 5, y: 0 });
    expect(drawn('你好', 1, 20, 3)).toEqual({ rows: ['> 你好'], x: 4, y: 0 });
    expect(drawn('👨‍👩‍👧‍👦!', 11, 20, 3)).toEqual({ rows: ['> 👨‍👩‍👧‍👦!'], x: 4, y: 0 });
  });

  it('wraps, and shows the rows around the cursor', () => {
    expect(drawn('abcdefghij', 10, 10, 3)).toEqual({ rows: ['> abcdefg', '  hij'], x: 5, y: 1 });
    expect(drawn('abcdefg', 7, 10, 3)).toEqual({ rows: ['> abcdefg'], x: 9, y: 0 });
    expect(drawn('a\nb\nc\nd', 7, 10, 2)).toEqual({ rows: ['  c', '  d'], x: 3, y: 1 });
    expect(drawn('a\nb\nc\nd', 0, 10, 2)).toEqual({ rows: ['> a', '  b'], x: 2, y: 0 });
    expect(drawn('a\n', 2, 10, 2)).toEqual({ rows: ['> a', '  '], x: 2, y: 1 });
  });

  it('shows control characters that were pasted as pictures', () => {
    expect(drawn('a\u001b[31mb', 7, 20, 1)).toEqual({ rows: ['> a␛[31mb'], x: 9, y: 0 });
  });

  it('stays inside its width and height, the cursor too', () => {
    const size = fc.record({ width: fc.integer({ min: 1, max: 40 }), rowsMax: fc.integer({ min: 1, max: 8 }) });
    fc.assert(
      fc.property(anyText, fc.nat(), size, (text, turn, { width, rowsMax }) => {
        const parts = graphemes(text);
        const cursor = parts.slice(0, turn % (parts.length + 1)).join('').length;
        const { rows, x, y } = drawn(text, cursor, width, rowsMax);
        expect(rows.length).toBeGreaterThanOrEqual(1);
        expect(rows.length).toBeLessThanOrEqual(rowsMax);
        for (const row of rows) expect(columns(row)).toBeLessThanOrEqual(width);
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThan(width);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(y).toBeLessThan(rows.length);
      }),
    );
  });
});
