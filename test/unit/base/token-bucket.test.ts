import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../../pkg/base/token-bucket.ts';
import { instant } from '../../../pkg/base/units.ts';

describe('a token bucket', () => {
  it('lets a burst through at once and its rate in the long run', () => {
    const bucket = new TokenBucket(10, 5, instant(0));
    const taken = (now: number) => {
      let count = 0;
      while (bucket.take(instant(now))) count += 1;
      return count;
    };
    expect(taken(0)).toBe(10);
    expect(taken(0)).toBe(0);
    expect(taken(200)).toBe(1);
    expect(taken(1_000)).toBe(4);
    expect(taken(1_000_000)).toBe(10);
  });
});
