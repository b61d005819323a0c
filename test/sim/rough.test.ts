import { describe, expect, it } from 'vitest';
import { seedOfCommit } from './commit-seed.ts';
import { play } from './scenario.ts';
import { DOZENS, ROUGH } from './scenarios.ts';

describe('a rough network: a fifth of datagrams lost, crashes, a partition of 20 s', () => {
  it.each([1, 2, 3, 4, seedOfCommit()])(
    'loses nothing and forks nobody (npm run sim -- --scenario rough --seed %i)',
    (seed) => {
      const outcome = play(ROUGH, seed);
      expect(outcome.allSeenMs).toBeLessThanOrEqual(6_000);
      expect(outcome.convergedMs).toBeLessThanOrEqual(17_000);
    },
  );
});

describe('a smaller sibling of the three hundred', () => {
  it('comes to the same timeline, with hardly an entry told twice (npm run sim -- --scenario dozens --seed 1)', () => {
    const outcome = play(DOZENS, 1);
    expect(outcome.copies).toBeLessThanOrEqual(1.1);
    expect(outcome.copiesAfter).toBeLessThanOrEqual(1.1);
  });
});
