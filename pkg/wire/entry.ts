/**
 * Entries and runs as they travel. A run is what an author says in one go: one to many lines, of which the last
 * bears `prev` (the hash of the run before) and, always as its last field, `sig`. The signature covers every byte of
 * the run before `,"sig":`. Lines are hashed, stored and passed on exactly as they came; nothing is re-serialised.
 */
import * as z from 'zod';
import { CONTENT_BYTES_MAX, RUN_BYTES_MAX, RUN_ENTRIES_MAX } from '../base/limits.ts';
import { type WallTime, wallTime } from '../base/units.ts';
import type { Nick } from '../identity/nick.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import { type Fault, fault } from './fault.ts';
import { countField, nickField, peerField, type RunHash, roomField, runHashField, sequenceField } from './fields.ts';
import { utf8Bytes } from './lines.ts';

/** The end of the year 9999: no four digits write a later one, whatever a clock says. */
const TIMESTAMP_MS_MAX = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const TIMESTAMP_PATTERN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Whether a text can be said: 1 to `CONTENT_BYTES_MAX` bytes of UTF-8. */
export function isContent(text: string): boolean {
  return text !== '' && text.length <= CONTENT_BYTES_MAX && utf8Bytes(text) <= CONTENT_BYTES_MAX;
}

const entryFields = {
  room: roomField,
  author: peerField,
  /** The author's nick when it was said. */
  sender: nickField,
  content: z.string().refine(isContent),
  /** The author's wall clock, RFC 3339 UTC with milliseconds. For display only. */
  timestamp: z
    .string()
    .regex(TIMESTAMP_PATTERN)
    .refine((text) => !Number.isNaN(Date.parse(text))),
  sequence: sequenceField,
  clock: countField,
  prev: runHashField.optional(),
  sig: z.string().optional(),
};

/** What can be said: a chat message, or an action (`/me waves`). */
export const entrySchemas = [
  z.object({ type: z.literal('chat'), ...entryFields }),
  z.object({ type: z.literal('action'), ...entryFields }),
] as const;

export type Entry = z.infer<(typeof entrySchemas)[number]>;
export type EntryKind = Entry['type'];

/** One author's lines in one room that were signed together. */
export interface Run {
  readonly type: 'run';
  readonly room: RoomName;
  readonly author: PeerId;
  /** Sequence of the first and of the last entry. */
  readonly first: number;
  readonly last: number;
  /** Lamport clock of the first and of the last entry. */
  readonly firstClock: number;
  readonly clock: number;
  readonly prev: RunHash;
  /** Ed25519 over `signedText(text)`, base64url. */
  readonly signature: string;
  /** The lines as they travelled, parted by line feeds, without one at the end. */
  readonly text: string;
  readonly entries: readonly Entry[];
}

/** An Ed25519 signature, 64 bytes in base64url, as the end of a sealed text. */
const SEAL = /^,"sig":"([A-Za-z0-9_-]{86})"\}$/;
const SEAL_CHARS = 96;

/** The part of a sealed text that its signature covers, or undefined when `sig` is not its last field. */
export function signedPart(text: string): { readonly signed: string; readonly signature: string } | undefined {
  const signature = SEAL.exec(text.slice(-SEAL_CHARS))?.[1];
  return signature === undefined ? undefined : { signed: text.slice(0, -SEAL_CHARS), signature };
}

/** What is to be signed of an object: its JSON without the closing brace. */
export function unsealed(fields: object): string {
  return JSON.stringify(fields).slice(0, -1);
}

/** The sealed text: what was signed, and the signature as its last field. */
export function sealed(signed: string, signature: string): string {
  return `${signed},"sig":"${signature}"}`;
}

/** A wall clock as a timestamp can bear it: whole milliseconds, not before 1970, four digits of a year. */
export function sayableTime(at: WallTime): WallTime {
  return wallTime(Math.floor(Math.min(Math.max(at, 0), TIMESTAMP_MS_MAX)));
}

/** One thing to say, before it has a place in the feed. */
export interface Utterance {
  /** The author's nick at that moment. */
  readonly sender: Nick;
  readonly kind: EntryKind;
  readonly content: string;
  /** As `sayableTime` makes it. */
  readonly saidAt: WallTime;
}

export interface RunHead {
  readonly room: RoomName;
  readonly author: PeerId;
  /** Sequence and clock of the first entry. */
  readonly sequence: number;
  readonly clock: number;
  readonly prev: RunHash;
}

/**
 * The unsigned text of the run that says as many of `utterances` as fit the bounds of one run, and how many those
 * are. The text lacks only `sealed(…)`.
 */
export function composeRun(head: RunHead, utterances: readonly Utterance[]): { text: string; count: number } {
  const { room, author, prev } = head;
  const lines: string[] = [];
  let bytes = ENTRY_TAIL_BYTES;
  for (const { kind, sender, content, saidAt } of utterances.slice(0, RUN_ENTRIES_MAX)) {
    const timestamp = new Date(saidAt).toISOString();
    const place = { sequence: head.sequence + lines.length, clock: head.clock + lines.length };
    const line = JSON.stringify({ type: kind, room, author, sender, content, timestamp, ...place });
    bytes += utf8Bytes(line) + 1;
    if (bytes > RUN_BYTES_MAX && lines.length > 0) break;
    lines.push(line);
  }
  const text = `${lines.join('\n').slice(0, -1)},"prev":"${prev}"`;
  return { text, count: lines.length };
}

/** `,"prev":"<43>","sig":"<86>"}` */
const ENTRY_TAIL_BYTES = 160;

/** Makes a run of lines that were already decoded, or says why they are none. `entries` and `lines` correspond. */
export function makeRun(entries: readonly Entry[], lines: readonly string[]): Run | Fault {
  const head = entries[0];
  const tail = entries.at(-1);
  const text = lines.join('\n');
  const seal = signedPart(text);
  if (head === undefined || tail === undefined) return fault('bad-run', 'a run without entries');
  if (entries.length > RUN_ENTRIES_MAX) return fault('bad-run', 'too many entries');
  if (utf8Bytes(text) > RUN_BYTES_MAX) return fault('bad-run', 'too many bytes');
  if (tail.prev === undefined || tail.sig === undefined)
    return fault('bad-run', 'the last entry has no prev or no sig');
  if (seal === undefined || seal.signature !== tail.sig) return fault('bad-run', 'sig is not the last field');
  for (let place = 0; place < entries.length; place += 1) {
    const entry = entries[place];
    const before = entries[place - 1];
    if (entry === undefined || before === undefined) continue;
    if (before.sig !== undefined || before.prev !== undefined) return fault('bad-run', 'a seal before the last entry');
    if (entry.author !== head.author || entry.room !== head.room) return fault('bad-run', 'two feeds in one run');
    if (entry.sequence !== before.sequence + 1) return fault('bad-run', 'sequences with a gap');
    if (entry.clock !== before.clock + 1) return fault('bad-run', 'clocks that do not rise by one');
  }
  return {
    type: 'run',
    room: head.room,
    author: head.author,
    first: head.sequence,
    last: tail.sequence,
    firstClock: head.clock,
    clock: tail.clock,
    prev: tail.prev,
    signature: tail.sig,
    text,
    entries,
  };
}
