import type { WallTime } from '../base/units.ts';
import type { PeerId } from '../identity/peer-id.ts';
import { excerpt } from './excerpt.ts';
import type { ChatMessage, Notice } from './snapshot.ts';
import { spokenLine } from './spoken-line.ts';

export type Found = Extract<Notice['what'], { readonly type: 'found' }>;

/** What the words of an answer depend on besides what was found. */
export interface FoundStyle {
  readonly label: (nick: string, peer: PeerId) => string;
  /** A wall-clock time in words of this place: `14:03`. */
  readonly timeOf: (at: WallTime) => string;
  /** The day of this place: `2025-11-16`. */
  readonly dayOf: (at: WallTime) => string;
  /** When it was looked for: what was said on another day bears its date. */
  readonly at: WallTime;
  /** Characters in the line of a hit, about: it is the piece with the words that is shown. */
  readonly hitMax: number;
}

/** The answer to a search, each line safe to show and itself to be cut where it is too long. */
export interface FoundText {
  readonly heading: string;
  /** A line for each hit, oldest first. */
  readonly hits: readonly string[];
  /** What else there is to know. */
  readonly rest: readonly string[];
}

const WORDS_SHOWN_MAX = 40;
const SAID_SHOWN_MIN = 16;

export function foundText({ words, messages, more }: Found, style: FoundStyle): FoundText {
  const what = `"${excerpt(words, { lengthMax: WORDS_SHOWN_MAX })}"`;
  if (messages.length === 0) {
    return { heading: `nothing found for ${what}: try fewer words, or others`, hits: [], rest: [] };
  }
  const count = more ? `the newest ${messages.length}` : `${messages.length} found`;
  return {
    heading: `${count} for ${what}:`,
    hits: messages.map((message) => hitLine(message, words, style)),
    rest: more ? ['and older ones: add a word to find fewer'] : [],
  };
}

function hitLine(message: ChatMessage, words: string, { label, timeOf, dayOf, at, hitMax }: FoundStyle): string {
  const { saidAt, nick, author, text } = message;
  const day = dayOf(saidAt);
  const opening = {
    time: day === dayOf(at) ? timeOf(saidAt) : `${day} ${timeOf(saidAt)}`,
    name: label(nick, author),
  };
  // Two more for the signs that tell where something is missing.
  const left = hitMax - spokenLine(message, { ...opening, text: '' }).length - 2;
  const lengthMax = Math.max(SAID_SHOWN_MIN, left);
  return spokenLine(message, { ...opening, text: excerpt(text, { words, lengthMax }) });
}
