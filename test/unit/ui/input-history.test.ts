import { describe, expect, it } from 'vitest';
import { INPUT_HISTORY_MAX } from '../../../pkg/base/limits.ts';
import { EMPTY_HISTORY, type InputHistory, remembered, walked } from '../../../pkg/ui/input-history.ts';

const TWO = remembered(remembered(EMPTY_HISTORY, 'one'), 'two');

/** Walks and tells the texts met; an end is told as undefined and the walk stays. */
function walk(history: InputHistory, text: string, ways: readonly ('up' | 'down')[]): (string | undefined)[] {
  let now = { history, text };
  return ways.map((to) => {
    const next = walked(now.history, { to, text: now.text });
    now = next ?? now;
    return next?.text;
  });
}

describe('walked', () => {
  it('goes back to the oldest, and forth to the draft', () => {
    expect(walk(TWO, 'draft', ['up', 'up', 'up', 'down', 'down', 'down'])).toEqual([
      'two',
      'one',
      undefined,
      'two',
      'draft',
      undefined,
    ]);
  });

  it('keeps a changed entry as the draft', () => {
    const at = walked(TWO, { to: 'up', text: '' });
    const further = at === undefined ? undefined : walked(at.history, { to: 'up', text: 'two, changed' });
    expect(further?.text).toBe('one');
    expect(walk(further?.history ?? TWO, 'one', ['down', 'down'])).toEqual(['two', 'two, changed']);
  });
});

describe('remembered', () => {
  it('leaves out blanks and repetitions, and forgets the oldest', () => {
    expect(remembered(TWO, ' \n').entries).toEqual(['one', 'two']);
    expect(remembered(TWO, 'two').entries).toEqual(['one', 'two']);
    expect(remembered(TWO, 'one').entries).toEqual(['one', 'two', 'one']);
    let many = EMPTY_HISTORY;
    for (let count = 0; count < INPUT_HISTORY_MAX + 10; count += 1) many = remembered(many, `line ${count}`);
    expect(many.entries).toHaveLength(INPUT_HISTORY_MAX);
    expect(many.entries.at(-1)).toBe(`line ${INPUT_HISTORY_MAX + 9}`);
  });
});
