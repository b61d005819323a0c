import { describe, expect, it } from 'vitest';
import { play } from './scenario.ts';
import { FIFTY, swarm } from './scenarios.ts';

describe('fifty peers', () => {
  it('see each other within a second, lose 5 % of datagrams and hold the same in the end', () => {
    const outcome = play(FIFTY, 1);
    expect(outcome.allSeenMs).toBeLessThanOrEqual(1_000);
    expect(outcome.messages).toBe(FIFTY.peers * FIFTY.messagesEach);
    expect(outcome.convergedMs).toBeLessThanOrEqual(1_000);
    expect(outcome.copies, 'each entry comes to each receiver once').toBe(1);
    expect(outcome.copiesPerLinkMax, 'and crosses each link once').toBe(1);
  });
});

describe('a run of the simulator', () => {
  it.each([7, 11])('of seed %i is the same again, and another for another seed', (seed) => {
    const first = play(swarm(seed), seed);
    expect(play(swarm(seed), seed)).toEqual(first);
    expect(play(swarm(seed), seed + 1).traceHash).not.toBe(first.traceHash);
  });
});
