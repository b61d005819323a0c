import { describe, expect, it } from 'vitest';
import { Random } from '../../../pkg/base/random.ts';

describe('the seeded generator', () => {
  it('gives the same numbers for the same seed, others for another', () => {
    const draw = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 20 }, () => random.fraction());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(2 ** 40)).not.toEqual(draw(2 ** 41));
  });

  it('spreads evenly over its range and never leaves it', () => {
    const random = new Random(1);
    const counts = new Array<number>(10).fill(0);
    for (let count = 0; count < 10_000; count += 1) {
      const drawn = random.below(10);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
      const span = random.around(1_000, 0.2);
      expect(span).toBeGreaterThanOrEqual(800);
      expect(span).toBeLessThan(1_200);
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});
