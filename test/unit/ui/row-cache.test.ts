import { describe, expect, it } from 'vitest';
import { ROWS_CACHED_MAX } from '../../../pkg/base/limits.ts';
import { row } from '../../../pkg/ui/row.ts';
import { RowCache } from '../../../pkg/ui/row-cache.ts';
import { message } from '../../ui/fake-chat.ts';

describe('RowCache', () => {
  it('wraps an item once for each width', () => {
    const cache = new RowCache();
    const item = message(1, 'hello');
    let wraps = 0;
    const wrap = () => {
      wraps += 1;
      return [row(`${wraps}`)];
    };
    const first = cache.rows(item, '80', wrap);
    expect(cache.rows(item, '80', wrap)).toBe(first);
    expect(wraps).toBe(1);
    cache.rows(item, '79', wrap);
    cache.rows(message(1, 'another text'), '79', wrap);
    expect(wraps).toBe(3);
    expect(cache.rowsHeld).toBe(1);
  });

  it('holds no more rows than its bound, and forgets what was not asked for longest', () => {
    const cache = new RowCache();
    const rows = Array.from({ length: 100 }, (_, place) => row(`${place}`));
    const wrapped: string[] = [];
    const ask = (sequence: number) =>
      cache.rows(message(sequence, ''), '80', ({ id }) => {
        wrapped.push(id);
        return rows;
      });
    for (let sequence = 0; sequence < ROWS_CACHED_MAX / 50; sequence += 1) {
      ask(0);
      ask(sequence);
    }
    expect(cache.rowsHeld).toBeLessThanOrEqual(ROWS_CACHED_MAX);
    expect(wrapped.filter((id) => id === message(0, '').id)).toHaveLength(1 + ROWS_CACHED_MAX / 50);
  });

  it('keeps one item that is larger than its bound', () => {
    const cache = new RowCache();
    const rows = Array.from({ length: ROWS_CACHED_MAX + 1 }, (_, place) => row(`${place}`));
    expect(cache.rows(message(1, ''), '80', () => rows)).toHaveLength(ROWS_CACHED_MAX + 1);
    cache.rows(message(2, ''), '80', () => [row('a')]);
    expect(cache.rowsHeld).toBe(1);
  });
});
