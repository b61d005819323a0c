import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inputRowsMax, regionsOf } from '../../../pkg/ui/regions.ts';

const ONE_EACH = { inputRows: 1, statusRows: 1 };

describe('regionsOf', () => {
  it('gives the people a column where there is room', () => {
    expect(regionsOf({ columns: 80, rows: 24 }, ONE_EACH)).toEqual({
      header: 1,
      messages: 21,
      status: 1,
      input: 1,
      messageColumns: 62,
      gap: 2,
      peopleColumns: 16,
    });
    expect(regionsOf({ columns: 59, rows: 24 }, ONE_EACH)).toMatchObject({ messageColumns: 59, peopleColumns: 0 });
    expect(regionsOf({ columns: 200, rows: 60 }, ONE_EACH)).toMatchObject({ messageColumns: 170, peopleColumns: 28 });
  });

  it('keeps the input line longest, then the messages, the status and the header', () => {
    const heights = [1, 2, 3, 4, 5].map((rows) => {
      const { header, messages, status, input } = regionsOf({ columns: 80, rows }, ONE_EACH);
      return [header, messages, status, input];
    });
    expect(heights).toEqual([
      [0, 0, 0, 1],
      [0, 1, 0, 1],
      [0, 1, 1, 1],
      [0, 2, 1, 1],
      [1, 2, 1, 1],
    ]);
  });

  it('always adds up to the screen', () => {
    const size = fc.record({ columns: fc.integer({ min: 1, max: 300 }), rows: fc.integer({ min: 1, max: 100 }) });
    fc.assert(
      fc.property(size, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3 }), (of, wanted, statusRows) => {
        const inputRows = Math.min(wanted, inputRowsMax(of));
        const regions = regionsOf(of, { inputRows, statusRows });
        expect(regions.header + regions.messages + regions.status + regions.input).toBe(of.rows);
        expect(regions.messageColumns + regions.gap + regions.peopleColumns).toBe(of.columns);
        expect(regions.input).toBe(inputRows);
        expect(Math.min(regions.header, regions.messages, regions.status)).toBeGreaterThanOrEqual(0);
        expect(regions.messageColumns).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});
