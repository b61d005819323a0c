import { CONTENT_BYTES_MAX } from '../base/limits.ts';
import type { WallTime } from '../base/units.ts';
import type { EntryKind } from '../wire/entry.ts';
import { utf8Bytes } from '../wire/lines.ts';
import type { Command } from './command.ts';
import type { Snapshot } from './snapshot.ts';

/** What is to be done with an input. Only after `error` does the text stay where it was typed. */
export type InputAction =
  | { readonly type: 'command'; readonly command: Command }
  /** Lines for this person alone, safe to show: where there is a timeline, a `note`. */
  | { readonly type: 'show'; readonly lines: readonly string[] }
  /** Clears the view; nothing is forgotten. */
  | { readonly type: 'clear' }
  | { readonly type: 'quit'; readonly reason: string }
  /** The input was not understood or is not allowed: one line, safe to show, that says why and what to do. */
  | { readonly type: 'error'; readonly text: string }
  | { readonly type: 'nothing' };

/** What a command may look at. */
export interface InputContext {
  readonly snapshot: Snapshot;
  /** The time, to a second or so. */
  readonly now: WallTime;
  /** A wall-clock time in words of this place: `14:03`. */
  readonly timeOf: (at: WallTime) => string;
}

/** Says `text` in the room without the white space at its end, or tells why it cannot be said. */
export function sayAction(kind: EntryKind, text: string, { snapshot }: InputContext): InputAction {
  const content = text.trimEnd().toWellFormed();
  if (content === '') return { type: 'nothing' };
  const bytes = utf8Bytes(content);
  if (bytes > CONTENT_BYTES_MAX) {
    return errorAction(`that is ${bytes} bytes, and a message holds ${CONTENT_BYTES_MAX}: send it in parts`);
  }
  return { type: 'command', command: { type: 'say', room: snapshot.room.name, kind, text: content } };
}

export function errorAction(text: string): InputAction {
  return { type: 'error', text };
}
