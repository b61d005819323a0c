import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INPUT_CHARS_MAX } from '../../../pkg/base/limits.ts';
import { borderAfter } from '../../../pkg/ui/cells.ts';
import { type EditAction, type Editor, EMPTY_EDITOR, edited, verticallyMoved } from '../../../pkg/ui/editor.ts';
import { anyText } from './texts.ts';

/** The editor with `|` standing for the cursor. */
function editor(picture: string): Editor {
  const cursor = picture.indexOf('|');
  return { ...EMPTY_EDITOR, text: picture.replace('|', ''), cursor };
}

function picture({ text, cursor }: Editor): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

const DIRECTIONS = ['left', 'right', 'word-left', 'word-right', 'line-start', 'line-end'] as const;

describe('edited', () => {
  it.each<[string, EditAction, string]>([
    ['ab|c', { type: 'insert', text: 'X' }, 'abX|c'],
    ['|', { type: 'insert', text: 'a\r\nb\rc' }, 'a\nb\nc|'],
    ['a|b', { type: 'move', to: 'left' }, '|ab'],
    ['|ab', { type: 'move', to: 'left' }, '|ab'],
    ['你|好', { type: 'move', to: 'right' }, '你好|'],
    ['👨‍👩‍👧‍👦|', { type: 'move', to: 'left' }, '|👨‍👩‍👧‍👦'],
    ['one two|', { type: 'move', to: 'word-left' }, 'one |two'],
    ['one |two', { type: 'move', to: 'word-left' }, '|one two'],
    ['|one two', { type: 'move', to: 'word-right' }, 'one| two'],
    ['one|, two', { type: 'move', to: 'word-right' }, 'one, two|'],
    ['a\nbc|d', { type: 'move', to: 'line-start' }, 'a\n|bcd'],
    ['a|b\nc', { type: 'move', to: 'line-end' }, 'ab|\nc'],
    ['ab|c', { type: 'erase', side: 'left' }, 'a|c'],
    ['ae\u0301|c', { type: 'erase', side: 'left' }, 'a|c'],
    ['a|bc', { type: 'erase', side: 'right' }, 'a|c'],
    ['|', { type: 'erase', side: 'left' }, '|'],
    ['a|', { type: 'erase', side: 'right' }, 'a|'],
    ['one two three|', { type: 'kill', to: 'space-left' }, 'one two |'],
    ['see /a/b-c|', { type: 'kill', to: 'space-left' }, 'see |'],
    ['see /a/b-c|', { type: 'kill', to: 'word-left' }, 'see /a/b-|'],
    ['|one two', { type: 'kill', to: 'word-right' }, '| two'],
    ['one |two\nx', { type: 'kill', to: 'line-end' }, 'one |\nx'],
    ['x\none |two', { type: 'kill', to: 'line-start' }, 'x\n|two'],
  ])('%j by %j is %j', (before, action, after) => {
    expect(picture(edited(editor(before), action))).toBe(after);
  });

  it('puts back what was killed, kills in a row together', () => {
    const kill: EditAction = { type: 'kill', to: 'space-left' };
    const gone = edited(edited(editor('one two three|'), kill), kill);
    expect(picture(gone)).toBe('one |');
    expect(picture(edited(gone, { type: 'yank' }))).toBe('one two three|');
    const moved = edited(edited(gone, { type: 'move', to: 'left' }), { type: 'kill', to: 'line-end' });
    expect(picture(edited(moved, { type: 'yank' }))).toBe('one |');
  });

  it('does not take more than it holds', () => {
    const full = edited(EMPTY_EDITOR, { type: 'insert', text: 'x'.repeat(INPUT_CHARS_MAX) });
    expect(full.text.length).toBe(INPUT_CHARS_MAX);
    expect(edited(full, { type: 'insert', text: 'y' })).toBe(full);
    expect(edited({ ...full, killed: 'y' }, { type: 'yank' }).text.length).toBe(INPUT_CHARS_MAX);
  });

  it('moves between the lines of a text, and not beyond them', () => {
    const up = verticallyMoved(editor('abc\nde\nfgh|i'), 'up');
    expect(up === undefined ? '' : picture(up)).toBe('abc\nde|\nfghi');
    expect(verticallyMoved(editor('ab|c\nde'), 'up')).toBeUndefined();
    expect(verticallyMoved(editor('abc\nde|'), 'down')).toBeUndefined();
  });

  it('cursor-on-border: keeps the cursor inside the text and between two clusters', () => {
    const action: fc.Arbitrary<EditAction> = fc.oneof(
      anyText.map((text): EditAction => ({ type: 'insert', text })),
      fc.constantFrom(...DIRECTIONS).map((to): EditAction => ({ type: 'move', to })),
      fc.constantFrom('left' as const, 'right' as const).map((side): EditAction => ({ type: 'erase', side })),
      fc.constantFrom(...DIRECTIONS, 'space-left' as const).map((to): EditAction => ({ type: 'kill', to })),
      fc.constant<EditAction>({ type: 'yank' }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
        let now = EMPTY_EDITOR;
        for (const next of actions) {
          now = edited(now, next);
          expect(now.cursor).toBeGreaterThanOrEqual(0);
          expect(now.cursor).toBeLessThanOrEqual(now.text.length);
          if (now.cursor > 0) expect(borderAfter(now.text, now.cursor - 1)).toBe(now.cursor);
          expect(now.text).not.toContain('\r');
          const up = verticallyMoved(now, 'up');
          if (up !== undefined && up.cursor > 0) expect(borderAfter(up.text, up.cursor - 1)).toBe(up.cursor);
        }
      }),
    );
  });
});
