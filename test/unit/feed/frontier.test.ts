import { describe, expect, it } from 'vitest';
import { COUNT_MAX } from '../../../pkg/base/limits.ts';
import { Frontier } from '../../../pkg/feed/frontier.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';

const [alice, bob] = [toyPeerId('alice'), toyPeerId('bob')];

describe('a frontier', () => {
  it('knows the last sequence of each author, 0 of strangers, and only rises', () => {
    const frontier = new Frontier();
    expect(frontier.of(alice)).toBe(0);
    expect(frontier.raise(alice, 3)).toBe(true);
    expect(frontier.raise(alice, 3)).toBe(false);
    expect(frontier.raise(alice, 2)).toBe(false);
    expect(frontier.heads()).toEqual([[alice, 3]]);
    frontier.rebase(alice, 2);
    expect(frontier.heads()).toEqual([[alice, 3, 2]]);
  });

  it('has a digest that depends on what is held and not on how it came', () => {
    const [one, two] = [new Frontier(), new Frontier()];
    expect(one.digest()).toBe('0.0');
    one.raise(alice, 1);
    one.raise(bob, 7);
    one.raise(alice, 5);
    two.raise(alice, 5);
    expect(one.digest()).not.toBe(two.digest());
    two.raise(bob, 7);
    expect(one.digest()).toBe(two.digest());
    expect(one.digest().length).toBeLessThanOrEqual(32);
  });

  it('tells heads apart beyond 32 bits', () => {
    const digests = [1, 2 ** 32 + 1, 2 ** 33 + 1, COUNT_MAX].map((sequence) => {
      const frontier = new Frontier();
      frontier.raise(alice, sequence);
      return frontier.digest();
    });
    expect(new Set(digests).size).toBe(4);
  });
});
