import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { play } from './scenario.ts';
import { FIFTY, ROUGH } from './scenarios.ts';

const FALLBACK_SEED = 20_260_101;

/** A seed that nobody chose: another one with each commit. A failure names it, so that it can be played again. */
function seedOfCommit(): number {
  try {
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Number.parseInt(commit.slice(0, 7), 16);
  } catch {
    return FALLBACK_SEED;
  }
}

describe('fifty peers', () => {
  it('see each other within a second, lose 5 % of datagrams and hold the same in the end', () => {
    const outcome = play(FIFTY, 1);
    expect(outcome.allSeenMs).toBeLessThanOrEqual(1_000);
    expect(outcome.messages).toBe(FIFTY.peers * FIFTY.messagesEach);
    expect(outcome.convergedMs).toBeLessThanOrEqual(1_000);
  });
});

describe('a run of the simulator', () => {
  const SMALL = { ...ROUGH, peers: 8, messagesEach: 5, crashes: 2, partitionMs: 8_000 };

  it('is the same again for the same seed, and another for another', () => {
    const [first, again, other] = [play(SMALL, 5), play(SMALL, 5), play(SMALL, 6)];
    expect(again).toEqual(first);
    expect(other.traceHash).not.toBe(first.traceHash);
  });
});

describe('a rough network: a fifth of datagrams lost, crashes, a partition of 20 s', () => {
  it.each([1, 2, 3, 4, seedOfCommit()])(
    'loses nothing and forks nobody (npm run sim -- --scenario rough --seed %i)',
    (seed) => {
      const outcome = play(ROUGH, seed);
      expect(outcome.allSeenMs).toBeLessThanOrEqual(6_000);
      expect(outcome.convergedMs).toBeLessThanOrEqual(15_000);
    },
  );
});
