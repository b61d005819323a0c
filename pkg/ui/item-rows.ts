/** Timeline items as rows of a given width. */

import { never } from '../base/assert.ts';
import type { WallTime } from '../base/units.ts';
import { attended, clauses, namesOf } from '../chat/attendance.ts';
import { excerpt } from '../chat/excerpt.ts';
import { type Found, foundText } from '../chat/found.ts';
import { grouped } from '../chat/grouped.ts';
import { shownLines } from '../chat/shown.ts';
import type { Attendance, ChatMessage, Notice, TimelineItem, WaitingMessage } from '../chat/snapshot.ts';
import { LATE_MARK, spokenLine } from '../chat/spoken-line.ts';
import type { PeerId } from '../identity/peer-id.ts';
import { columns, fitted } from './cells.ts';
import { BOLD, DIM, type Look, nickLook, PLAIN } from './look.ts';
import { MARK_COLUMNS, WAITING_MARK } from './marks.ts';
import { type Row, type Span, span } from './row.ts';
import { wrapped, wrappedTable } from './wrap.ts';

/** What the drawing of items depends on besides the items. */
export interface ItemStyle {
  /** Columns, at least 1. */
  readonly width: number;
  readonly colour: boolean;
  readonly timeOf: (at: WallTime) => string;
  readonly dayOf: (at: WallTime) => string;
  readonly label: (nick: string, peer: PeerId) => string;
}

/** What stands before the text of an item, and the look of the text. */
interface Opening {
  readonly head: readonly Span[];
  readonly lines: readonly string[];
  readonly look: Look;
  readonly wrap?: typeof wrapped;
  /** Whether the lines stand under `head` in any case. */
  readonly under?: boolean;
}

/** In a narrower column time and marks make room for what was said. */
const WIDTH_WITH_TIME_MIN = 20;
/** A hit of a search has so many columns, or two rows. */
const HIT_IN_ONE_ROW_MIN = 48;
/** In a narrower column a note stands under its time where that spares a row a break, so that it can be copied. */
const NOTE_BESIDE_TIME_MIN = 48;
/** The time and the room for a mark. */
const NOTE_INDENT = 10;
/** Of those who came or went together, so many are named. */
const NAMES_SHOWN_MAX = 4;
/** Of what came late, as much as makes one look for it. */
const LATE_WORDS_MAX = 60;
/** Rows after the first are indented at least so far, so that none can pass for the first row of an item. */
const INDENT_MIN = 2;

/**
 * The rows of one item, at least one, none wider than `style.width`. Only the first begins at the first column: what
 * follows, be it wrapped or the text's own lines, is indented under the text. `mark` stands behind one's own messages;
 * how many rows there are does not depend on what it says.
 */
export function itemRows(item: TimelineItem, style: ItemStyle, mark?: string): readonly Row[] {
  const isMessage = item.type === 'message';
  const { head, ...body } = isMessage ? messageOpening(item, style) : noticeOpening(item, style);
  const time = timed(isMessage ? item.saidAt : item.at, isMessage && item.late, style);
  return laidOut(item.id, [...time, ...head], { ...body, width: style.width, mark });
}

/** The rows of an own message that is not stored yet: the very ones that it will have then, but for the mark. */
export function waitingRows(message: WaitingMessage, author: PeerId, style: ItemStyle): readonly Row[] {
  const { head, ...body } = messageOpening({ ...message, author }, style);
  const time = timed(message.saidAt, false, style);
  return laidOut(message.id, [...time, ...head], { ...body, width: style.width, mark: WAITING_MARK });
}

function timed(at: WallTime, late: boolean, { width, timeOf }: ItemStyle): Span[] {
  if (width < WIDTH_WITH_TIME_MIN) return [];
  return [span(late ? `${timeOf(at)} ${LATE_MARK} ` : `${timeOf(at)} `, DIM)];
}

type Spoken = Pick<ChatMessage, 'kind' | 'nick' | 'author' | 'text'>;

function messageOpening({ kind, nick, author, text }: Spoken, { colour, label }: ItemStyle): Opening {
  const name = span(label(nick, author), nickLook(author, colour));
  const lines = shownLines(text);
  if (kind === 'action') return { head: [span('* ', BOLD), name, span(' ')], lines, look: PLAIN };
  return { head: [span('<', DIM), name, span('> ', DIM)], lines, look: PLAIN };
}

function noticeOpening({ what, at }: Notice, style: ItemStyle): Opening {
  const { colour, label, timeOf } = style;
  switch (what.type) {
    case 'joined':
    case 'left':
      return presenceOpening([attended(undefined, what)], style);
    case 'presence':
      return presenceOpening(what.people, style);
    case 'renamed': {
      const to = label(what.to, what.peer);
      return notice('--- ', [named(what.from, what.peer)], [`is now ${to}`]);
    }
    case 'problem':
      return { head: [span('!!! ', BOLD)], lines: shownLines(what.text), look: BOLD };
    case 'late':
      return notice('--- ', [], [lateText(what.count), ...what.messages.map(lateLine)]);
    case 'found':
      return foundOpening(what, at, style);
    case 'note':
      return noteOpening(what.lines.flatMap(shownLines), style.width);
    default:
      return never(what);
  }

  function lateLine(message: ChatMessage): string {
    const opening = { time: timeOf(message.saidAt), name: label(message.nick, message.author) };
    return spokenLine(message, { ...opening, text: excerpt(message.text, { lengthMax: LATE_WORDS_MAX }) });
  }

  function named(nick: string, peer: PeerId): Span {
    return span(`${label(nick, peer)} `, nickLook(peer, colour));
  }
}

function noteOpening(lines: readonly string[], width: number): Opening {
  const fitsUnder = lines.some((line) => {
    const wide = columns(line);
    return wide > width - NOTE_INDENT && wide <= width - INDENT_MIN;
  });
  const under = fitsUnder && width >= WIDTH_WITH_TIME_MIN && width < NOTE_BESIDE_TIME_MIN;
  return { head: under ? [] : [span('    ')], lines, look: DIM, wrap: wrappedTable, under };
}

function notice(mark: string, head: readonly Span[], lines: readonly string[]): Opening {
  return { head: [span(mark, DIM), ...head], lines, look: DIM };
}

/**
 * Comings and goings: `--> bob joined` where all have come, `<-- bob left` where all have gone. The first name has its
 * colour.
 */
function presenceOpening(people: readonly Attendance[], { colour, label }: ItemStyle): Opening {
  const told = clauses(people);
  const came = told.every(({ what }) => what === 'joined');
  const mark = came ? '--> ' : told.every(({ here }) => !here) ? '<-- ' : '--- ';
  const [first] = people;
  const name = first === undefined ? '' : label(first.nick, first.peer);
  const text = told.map((clause) => `${namesOf(clause, label, NAMES_SHOWN_MAX)} ${clause.what}`).join('; ');
  const [, parting = '', rest = ''] = /^(,? )(.*)$/.exec(text.slice(name.length)) ?? [];
  if (first === undefined || parting === '') return notice(mark, [], [text]);
  return notice(mark, [span(name, nickLook(first.peer, colour)), span(parting, DIM)], [rest]);
}

function lateText(count: number): string {
  if (count === 1) return 'a message that was said earlier came only now: it stands above in its place, marked late';
  return `${grouped(count)} messages that were said earlier came only now: they stand above in their places, marked late`;
}

/** Each hit is one row, or two where one holds hardly more than the name. */
function foundOpening(found: Found, at: WallTime, style: ItemStyle): Opening {
  const { heading, hits, rest } = foundText(found, { ...style, at, hitMax: hitColumns(style.width - INDENT_MIN) });
  if (hits.length === 0) return notice('--- ', [], [heading]);
  return { head: [span(`--- ${heading}`, DIM)], lines: [...hits, ...rest], look: DIM, wrap: hitRows, under: true };
}

/** What a hit may fill; of two rows less than both, as the first ends with a word. */
function hitColumns(width: number): number {
  return width >= HIT_IN_ONE_ROW_MIN ? width : Math.floor(1.75 * (width - INDENT_MIN));
}

function hitRows(line: string, width: number): string[] {
  if (width >= HIT_IN_ONE_ROW_MIN) return [fitted(line, width)];
  const [first = '', ...others] = wrapped(line, Math.max(1, width - INDENT_MIN));
  return others.length === 0 ? [first] : [first, fitted(`${' '.repeat(INDENT_MIN)}${others.join(' ')}`, width)];
}

interface Body extends Omit<Opening, 'head'> {
  readonly width: number;
  readonly mark?: string | undefined;
}

/** The lines beside `head`; under it where it would leave them too little room. */
function laidOut(
  id: string,
  head: readonly Span[],
  { lines, look, wrap = wrapped, under = false, width, mark }: Body,
): readonly Row[] {
  const headWidth = head.reduce((sum, { text }) => sum + columns(text), 0);
  const beside = !under && headWidth <= width / 2;
  const indent = beside ? headWidth : Math.min(INDENT_MIN, width - 1);
  const marked = mark !== undefined && width >= WIDTH_WITH_TIME_MIN;
  const wrapping = lines.flatMap((line) => wrap(line, width - indent));
  const texts = marked ? withRoomForMark(wrapping, width - indent) : wrapping;
  const rows: Span[][] = texts.map((text) => [span(' '.repeat(indent)), span(text, look)]);
  if (beside) rows[0] = [...head, span(texts[0] ?? '', look)];
  else rows.unshift(cut(head, width));
  if (marked) rows.at(-1)?.push(span(texts.at(-1) === '' ? mark : ` ${mark}`, DIM));
  return rows.map((spans, place) => ({ key: `${id}:${place}`, spans }));
}

/** The rows, the last of which leaves `MARK_COLUMNS`: it takes a word or more to another row where it has to. */
function withRoomForMark(rows: readonly string[], width: number): readonly string[] {
  const last = rows.at(-1) ?? '';
  if (columns(last) + MARK_COLUMNS <= width) return rows;
  // With hardly any room for words beside it, the mark has the other row to itself.
  const parts = width >= 2 * MARK_COLUMNS ? wrapped(last, width - MARK_COLUMNS) : [last, ''];
  return [...rows.slice(0, -1), ...parts];
}

/** As much of the spans as fits one row. */
function cut(spans: readonly Span[], width: number): Span[] {
  let left = width;
  return spans.map(({ text, look }) => {
    const kept = fitted(text, left);
    left -= columns(kept);
    return span(kept, look);
  });
}
