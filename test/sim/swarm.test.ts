import { describe, it } from 'vitest';
import { seedOfCommit } from './commit-seed.ts';
import { play } from './scenario.ts';
import { swarm } from './scenarios.ts';

const SEEDS = Array.from({ length: 20 }, (_, place) => place + 1);

describe('a small group, whatever befalls it', () => {
  it.each([...SEEDS, seedOfCommit()])('keeps all promises (npm run sim -- --scenario swarm --seed %i)', (seed) => {
    play(swarm(seed), seed);
  });
});
