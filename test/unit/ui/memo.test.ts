import { describe, expect, it } from 'vitest';
import { CLUSTER_CODE_POINTS_MAX, CLUSTERS_CACHED_MAX } from '../../../pkg/base/limits.ts';
import { latest, perText } from '../../../pkg/ui/memo.ts';

describe('latest', () => {
  it('works out anew only what has other arguments', () => {
    const made = latest((left: number, right: string) => [left, right]);
    const first = made(1, 'a');
    expect(made(1, 'a')).toBe(first);
    expect(made(1, 'b')).toEqual([1, 'b']);
    expect(made(1, 'a')).not.toBe(first);
  });
});

describe('perText', () => {
  it('remembers short texts, and not more of them than its bound', () => {
    let asked = 0;
    const made = perText((text) => {
      asked += 1;
      return text.toUpperCase();
    });
    expect([made('a'), made('b'), made('a')]).toEqual(['A', 'B', 'A']);
    expect(asked).toBe(2);
    const long = 'x'.repeat(CLUSTER_CODE_POINTS_MAX + 1);
    made(long);
    made(long);
    expect(asked).toBe(4);
    for (let count = 0; count < CLUSTERS_CACHED_MAX; count += 1) made(`${count}`);
    made('a');
    expect(asked).toBe(CLUSTERS_CACHED_MAX + 5);
  });
});
