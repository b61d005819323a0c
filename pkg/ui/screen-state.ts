/** What the screen remembers of its own, and how keys change it. */

import { never } from '../base/assert.ts';
import { CONTENT_BYTES_MAX } from '../base/limits.ts';
import type { WallTime } from '../base/units.ts';
import type { Command } from '../chat/command.ts';
import type { InputAction } from '../chat/input-action.ts';
import { readInput } from '../chat/slash.ts';
import type { Snapshot, TimelineItem } from '../chat/snapshot.ts';
import { type EditAction, type Editor, EMPTY_EDITOR, edited, fits, rewritten, verticallyMoved } from './editor.ts';
import { EMPTY_HISTORY, type InputHistory, remembered, walked } from './input-history.ts';
import type { KeyAction } from './keys.ts';
import { isAtTop, type Place, pageDown, pageUp, type Timeline } from './viewport.ts';

/** A word to the person at the keyboard, until the next key. */
export interface Hint {
  readonly tone: 'error' | 'info';
  /** Safe to show. */
  readonly text: string;
}

export interface ScreenState {
  readonly editor: Editor;
  readonly history: InputHistory;
  /** The last message row on the screen; undefined follows the newest. */
  readonly place: Place | undefined;
  /** The newest item when the reader left the bottom: what came after it is new. */
  readonly leftAtId: string | undefined;
  readonly cleared: Cleared | undefined;
  /** The oldest item when older ones were asked for, so that they are asked for once. */
  readonly askedId: string | undefined;
  readonly hint: Hint | undefined;
  /** The key before was Escape. */
  readonly escaped: boolean;
  /** The next Ctrl-C quits. */
  readonly quitArmed: boolean;
}

/** Up to where the view was cleared, and the items that can change in their places: what they tell since is news. */
export interface Cleared {
  readonly lastId: string;
  readonly changeable: ReadonlySet<TimelineItem>;
}

/** What the screen wants done. */
export type ScreenEffect =
  | { readonly type: 'command'; readonly command: Command }
  | { readonly type: 'quit'; readonly reason: string }
  /** Draws every row anew, whatever the terminal shows now. */
  | { readonly type: 'redraw' };

/** What keys are judged by besides the state. */
export interface ScreenView {
  readonly snapshot: Snapshot;
  readonly timeline: Timeline;
  readonly now: WallTime;
  readonly timeOf: (at: WallTime) => string;
}

export interface Step {
  readonly state: ScreenState;
  readonly effects: readonly ScreenEffect[];
}

export const FIRST_STATE: ScreenState = {
  editor: EMPTY_EDITOR,
  history: EMPTY_HISTORY,
  place: undefined,
  leftAtId: undefined,
  cleared: undefined,
  askedId: undefined,
  hint: undefined,
  escaped: false,
  quitArmed: false,
};

const ARMED: Hint = { tone: 'info', text: 'press Ctrl-C again to quit' };

/** The step that one key makes. */
export function pressed(before: ScreenState, action: KeyAction, view: ScreenView): Step {
  const state = { ...before, escaped: false, quitArmed: false, hint: undefined };
  switch (action.type) {
    case 'edit':
      return step(withEdit(state, action.edit));
    case 'send':
      return sent(state, view);
    case 'vertical':
      return step(verticallyWalked(state, action.to));
    case 'page':
      return action.to === 'up' ? pagedUp(state, view) : step(pagedDown(state, view));
    case 'bottom':
      return step({ ...state, ...AT_BOTTOM });
    case 'interrupt':
      return interrupted(state, before.quitArmed);
    case 'end-of-input':
      if (state.editor.text === '') return step(state, { type: 'quit', reason: '' });
      return step(withEdit(state, { type: 'erase', side: 'right' }));
    case 'redraw':
      return step(state, { type: 'redraw' });
    case 'escape':
      return step({ ...state, escaped: true });
    default:
      return never(action);
  }
}

/** The step that a pasted block makes: it is put in as one piece and waits there for Enter. */
export function pasted(before: ScreenState, block: string): Step {
  // A line copied whole brings the break at its end along, which nobody means.
  const text = block.replace(/(?:\r\n?|\n)$/, '');
  const state = withEdit({ ...before, escaped: false, quitArmed: false, hint: undefined }, { type: 'insert', text });
  const lines = text.split(/\r\n?|\n/).length;
  if (state.hint !== undefined || lines === 1) return step(state);
  return step({
    ...state,
    hint: { tone: 'info', text: `pasted ${lines} lines: Enter sends them as one message, Ctrl-C puts them aside` },
  });
}

const AT_BOTTOM = { place: undefined, leftAtId: undefined, askedId: undefined };

function step(state: ScreenState, ...effects: ScreenEffect[]): Step {
  return { state, effects };
}

function withEdit(state: ScreenState, edit: EditAction): ScreenState {
  const text = edit.type === 'insert' ? edit.text : edit.type === 'yank' ? state.editor.killed : '';
  if (!fits(state.editor, text)) {
    return withError(state, `that is too long; a message holds ${CONTENT_BYTES_MAX} bytes: paste it in parts`);
  }
  return { ...state, editor: edited(state.editor, edit) };
}

function withError(state: ScreenState, text: string): ScreenState {
  return { ...state, hint: { tone: 'error', text } };
}

function sent(state: ScreenState, view: ScreenView): Step {
  const { text } = state.editor;
  const action = readInput(text, view);
  if (action.type === 'error') return step(withError(state, action.text));
  if (action.type === 'nothing') return step({ ...state, editor: rewritten(state.editor, '') });
  const done: ScreenState = {
    ...state,
    ...AT_BOTTOM,
    editor: rewritten(state.editor, ''),
    history: remembered(state.history, text),
  };
  return carriedOut(done, action, view);
}

function carriedOut(
  state: ScreenState,
  action: Exclude<InputAction, { type: 'error' | 'nothing' }>,
  { snapshot }: ScreenView,
): Step {
  switch (action.type) {
    case 'command':
      return step(state, { type: 'command', command: action.command });
    case 'show':
      return step(state, {
        type: 'command',
        command: { type: 'note', room: snapshot.room.name, lines: action.lines },
      });
    case 'clear':
      return step({ ...state, cleared: clearedNow(snapshot.room.items) });
    case 'quit':
      return step(state, { type: 'quit', reason: action.reason });
    default:
      return never(action);
  }
}

function clearedNow(items: readonly TimelineItem[]): Cleared | undefined {
  const lastId = items.at(-1)?.id;
  return lastId === undefined ? undefined : { lastId, changeable: new Set(items.filter(isChangeable)) };
}

/** Who comes and goes changes the item that told of it first, wherever it stands. */
export function isChangeable(item: TimelineItem): boolean {
  return item.type === 'notice' && item.what.type === 'presence';
}

/** Up and down inside a text of several lines; at its first and last line, through what was sent before. */
function verticallyWalked(state: ScreenState, to: 'up' | 'down'): ScreenState {
  const moved = verticallyMoved(state.editor, to);
  if (moved !== undefined) return { ...state, editor: moved };
  const next = walked(state.history, { to, text: state.editor.text });
  if (next === undefined) return state;
  return { ...state, history: next.history, editor: rewritten(state.editor, next.text) };
}

function pagedUp(state: ScreenState, { snapshot, timeline }: ScreenView): Step {
  const { room } = snapshot;
  const place = pageUp(timeline, state.place) ?? state.place;
  const leftAtId = state.leftAtId ?? (place === undefined ? undefined : room.items.at(-1)?.id);
  const moved = { ...state, place, leftAtId };
  const firstId = room.items[0]?.id;
  const asks = room.hasOlder && firstId !== state.askedId && isAtTop(timeline, place);
  if (!asks) return step(moved);
  const command: Command = { type: 'older', room: room.name };
  return step({ ...moved, askedId: firstId }, { type: 'command', command });
}

function pagedDown(state: ScreenState, { timeline }: ScreenView): ScreenState {
  const place = pageDown(timeline, state.place);
  return place === undefined ? { ...state, ...AT_BOTTOM } : { ...state, place, askedId: undefined };
}

/** Ctrl-C puts a text aside, where Up finds it; on an empty line the second one quits. */
function interrupted(state: ScreenState, armed: boolean): Step {
  const { text } = state.editor;
  if (text !== '') {
    return step({ ...state, editor: rewritten(state.editor, ''), history: remembered(state.history, text) });
  }
  if (armed) return step({ ...state, quitArmed: true, hint: ARMED }, { type: 'quit', reason: '' });
  return step({ ...state, quitArmed: true, hint: ARMED });
}
