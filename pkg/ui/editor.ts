/** The text being typed and what the keys do to it. */

import { never } from '../base/assert.ts';
import { INPUT_CHARS_MAX } from '../base/limits.ts';
import { borderAfter, borderBefore, graphemes } from './cells.ts';

export interface Editor {
  readonly text: string;
  /** In UTF-16 units, always on a border between two clusters (invariant `cursor-on-border`). */
  readonly cursor: number;
  /** What Ctrl-Y puts in: what the last kills took away. */
  readonly killed: string;
  /** The last action was a kill: the next one adds to what was killed. */
  readonly killing: boolean;
}

export type Direction = 'left' | 'right' | 'word-left' | 'word-right' | 'line-start' | 'line-end';

export type EditAction =
  /** Puts text in at the cursor, its line breaks with it. */
  | { readonly type: 'insert'; readonly text: string }
  | { readonly type: 'move'; readonly to: Direction }
  /** Takes away the character on one side. */
  | { readonly type: 'erase'; readonly side: 'left' | 'right' }
  /** Takes away everything up to there and keeps it for `yank`. */
  | { readonly type: 'kill'; readonly to: Direction | 'space-left' }
  | { readonly type: 'yank' };

export const EMPTY_EDITOR: Editor = { text: '', cursor: 0, killed: '', killing: false };

const WORD_CHARACTER = /[\p{L}\p{N}\p{M}_]/u;
const SPACE_CHARACTER = /\s/u;
const LINE_BREAK = /\r\n?/g;

/** Whether `text` may be put in; more than `INPUT_CHARS_MAX` are not held. */
export function fits(editor: Editor, text: string): boolean {
  return editor.text.length + text.length <= INPUT_CHARS_MAX;
}

/** The editor after an action. What does not fit is not put in. */
export function edited(editor: Editor, action: EditAction): Editor {
  switch (action.type) {
    case 'insert':
      return inserted(editor, action.text);
    case 'yank':
      return inserted(editor, editor.killed);
    case 'move':
      return { ...editor, cursor: reached(editor, action.to), killing: false };
    case 'erase': {
      const { text, cursor } = editor;
      const place = action.side === 'left' ? borderBefore(text, cursor) : borderAfter(text, cursor);
      return { ...without(editor, place), killing: false };
    }
    case 'kill':
      return killed(editor, reached(editor, action.to));
    default:
      return never(action);
  }
}

/** The same editor with another text, the cursor at its end. */
export function rewritten(editor: Editor, text: string): Editor {
  return { ...editor, text, cursor: text.length, killing: false };
}

/** The cursor one of the text's own lines up or down, at about the same place in it; undefined when there is none. */
export function verticallyMoved(editor: Editor, to: 'up' | 'down'): Editor | undefined {
  const { text, cursor } = editor;
  const start = lineStart(text, cursor);
  const end = lineEnd(text, cursor);
  if (to === 'up' ? start === 0 : end === text.length) return undefined;
  const otherStart = to === 'up' ? lineStart(text, start - 1) : end + 1;
  const place = Math.min(otherStart + cursor - start, lineEnd(text, otherStart));
  return { ...editor, cursor: onBorder(text, place), killing: false };
}

function inserted(editor: Editor, text: string): Editor {
  if (!fits(editor, text)) return editor;
  const clean = text.replace(LINE_BREAK, '\n').toWellFormed();
  const whole = editor.text.slice(0, editor.cursor) + clean + editor.text.slice(editor.cursor);
  return { ...editor, text: whole, cursor: onBorder(whole, editor.cursor + clean.length), killing: false };
}

function killed(editor: Editor, place: number): Editor {
  const { text, cursor } = editor;
  const taken = text.slice(Math.min(place, cursor), Math.max(place, cursor));
  if (taken === '') return { ...editor, killing: false };
  const before = editor.killing ? editor.killed : '';
  return { ...without(editor, place), killed: place < cursor ? taken + before : before + taken, killing: true };
}

/** The editor without what stands between the cursor and `place`. */
function without(editor: Editor, place: number): Editor {
  const from = Math.min(place, editor.cursor);
  const to = Math.max(place, editor.cursor);
  const text = editor.text.slice(0, from) + editor.text.slice(to);
  return { ...editor, text, cursor: onBorder(text, from) };
}

function reached({ text, cursor }: Editor, to: Direction | 'space-left'): number {
  switch (to) {
    case 'left':
      return borderBefore(text, cursor);
    case 'right':
      return borderAfter(text, cursor);
    case 'word-left':
      return wordStart(text, cursor, (character) => WORD_CHARACTER.test(character));
    case 'word-right':
      return wordEnd(text, cursor);
    case 'space-left':
      return wordStart(text, cursor, (character) => !SPACE_CHARACTER.test(character));
    case 'line-start':
      return lineStart(text, cursor);
    case 'line-end':
      return lineEnd(text, cursor);
    default:
      return never(to);
  }
}

/** The start of the word that the cursor stands in or behind. */
function wordStart(text: string, cursor: number, inWord: (cluster: string) => boolean): number {
  let place = cursor;
  let begun = false;
  for (const cluster of graphemes(text.slice(0, cursor)).reverse()) {
    const belongs = inWord(cluster);
    if (begun && !belongs) break;
    begun ||= belongs;
    place -= cluster.length;
  }
  return place;
}

/** The end of the word that the cursor stands in or before. */
function wordEnd(text: string, cursor: number): number {
  let place = cursor;
  let begun = false;
  for (const cluster of graphemes(text.slice(cursor))) {
    const belongs = WORD_CHARACTER.test(cluster);
    if (begun && !belongs) break;
    begun ||= belongs;
    place += cluster.length;
  }
  return place;
}

function lineStart(text: string, place: number): number {
  return place === 0 ? 0 : text.lastIndexOf('\n', place - 1) + 1;
}

function lineEnd(text: string, place: number): number {
  const end = text.indexOf('\n', place);
  return end === -1 ? text.length : end;
}

/** The first border at or behind `place`. */
function onBorder(text: string, place: number): number {
  return place === 0 ? 0 : borderAfter(text, place - 1);
}
