/** Key presses, as Ink reports them, turned into what they mean here. */
import type { Key } from 'ink';
import type { Direction, EditAction } from './editor.ts';

export type KeyAction =
  | { readonly type: 'edit'; readonly edit: EditAction }
  | { readonly type: 'send' }
  /** Line or history up and down. */
  | { readonly type: 'vertical'; readonly to: 'up' | 'down' }
  | { readonly type: 'page'; readonly to: 'up' | 'down' }
  /** To the newest message. */
  | { readonly type: 'bottom' }
  /** Ctrl-C. */
  | { readonly type: 'interrupt' }
  /** Ctrl-D: quits on an empty line, otherwise deletes. */
  | { readonly type: 'end-of-input' }
  | { readonly type: 'redraw' }
  /** Escape on its own: the next key counts as with Alt. */
  | { readonly type: 'escape' };

const CTRL_ACTIONS: Readonly<Record<string, KeyAction>> = {
  a: move('line-start'),
  b: move('left'),
  c: { type: 'interrupt' },
  d: { type: 'end-of-input' },
  e: move('line-end'),
  f: move('right'),
  h: { type: 'edit', edit: { type: 'erase', side: 'left' } },
  j: insert('\n'),
  k: kill('line-end'),
  l: { type: 'redraw' },
  m: { type: 'send' },
  u: kill('line-start'),
  w: kill('space-left'),
  y: { type: 'edit', edit: { type: 'yank' } },
};

const ALT_ACTIONS: Readonly<Record<string, KeyAction>> = {
  b: move('word-left'),
  d: kill('word-right'),
  f: move('word-right'),
  '\r': insert('\n'),
  '\n': insert('\n'),
  '\u007f': kill('word-left'),
};

const CONTROL_OR_TEXT = /[\u0000-\u001f\u007f]|[^\u0000-\u001f\u007f]+/g;

/**
 * What one report of Ink's `useInput` asks for, in order. Several keys may come as one report when they were typed
 * while the program was busy or had not begun to listen: each counts. `escaped` says that the key before was Escape.
 */
export function keyActions(input: string, key: Key, escaped: boolean): KeyAction[] {
  if (key.eventType === 'release') return [];
  const special = specialAction(key, key.meta || escaped);
  if (special !== undefined) return [special];
  if (key.ctrl) return listed(CTRL_ACTIONS[input]);
  if (key.meta) return listed(ALT_ACTIONS[input]);
  const [first, ...rest] = input.match(CONTROL_OR_TEXT) ?? [];
  if (first === undefined) return [];
  return [...(escaped ? escapedActions(first) : pieceActions(first)), ...rest.flatMap(pieceActions)];
}

function specialAction(key: Key, alt: boolean): KeyAction | undefined {
  if (key.return) return alt || key.shift ? insert('\n') : { type: 'send' };
  if (key.backspace) return alt ? kill('word-left') : { type: 'edit', edit: { type: 'erase', side: 'left' } };
  if (key.delete) return alt ? kill('word-right') : { type: 'edit', edit: { type: 'erase', side: 'right' } };
  if (key.leftArrow) return move(key.ctrl || alt ? 'word-left' : 'left');
  if (key.rightArrow) return move(key.ctrl || alt ? 'word-right' : 'right');
  if (key.home) return move('line-start');
  if (key.end) return key.ctrl ? { type: 'bottom' } : move('line-end');
  if (key.upArrow) return { type: 'vertical', to: 'up' };
  if (key.downArrow) return { type: 'vertical', to: 'down' };
  if (key.pageUp) return { type: 'page', to: 'up' };
  if (key.pageDown) return { type: 'page', to: 'down' };
  if (key.escape) return { type: 'escape' };
  return undefined;
}

/** A key behind Escape that means nothing with Alt is what it always is: typing is not lost. */
function escapedActions(piece: string): KeyAction[] {
  const [letter = '', ...rest] = piece;
  const action = ALT_ACTIONS[letter];
  if (action === undefined) return pieceActions(piece);
  return [action, ...(rest.length > 0 ? pieceActions(rest.join('')) : [])];
}

/** A run of text, or one control character: the letter that is pressed with Ctrl for it is 64 or 96 above. */
function pieceActions(piece: string): KeyAction[] {
  const code = piece.charCodeAt(0);
  if (code === 0x7f) return listed(CTRL_ACTIONS['h']);
  if (code < 0x20) return listed(CTRL_ACTIONS[String.fromCharCode(code + 96)]);
  return [insert(piece)];
}

function listed(action: KeyAction | undefined): KeyAction[] {
  return action === undefined ? [] : [action];
}

function insert(text: string): KeyAction {
  return { type: 'edit', edit: { type: 'insert', text } };
}

function move(to: Direction): KeyAction {
  return { type: 'edit', edit: { type: 'move', to } };
}

function kill(to: Direction | 'space-left'): KeyAction {
  return { type: 'edit', edit: { type: 'kill', to } };
}
