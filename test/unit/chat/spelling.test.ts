import { describe, expect, it } from 'vitest';
import { closestWord } from '../../../pkg/chat/spelling.ts';

const WORDS = ['help', 'who', 'nick', 'quit'];

describe('closestWord', () => {
  it.each([
    ['hel', 'help'],
    ['hepl', 'help'],
    ['elp', 'help'],
    ['helpp', 'help'],
    ['woh', 'who'],
    ['quiz', 'quit'],
    ['n', 'nick'],
    ['join', undefined],
    ['xyz', undefined],
    ['', undefined],
  ])('takes %j for %j', (typed, word) => {
    expect(closestWord(typed, WORDS)).toBe(word);
  });
});
