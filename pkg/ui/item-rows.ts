/** Timeline items as rows of a given width. */

import { never } from '../base/assert.ts';
import type { WallTime } from '../base/units.ts';
import { shownLine, shownLines } from '../chat/shown.ts';
import type { ChatMessage, Notice, TimelineItem } from '../chat/snapshot.ts';
import type { PeerId } from '../identity/peer-id.ts';
import { columns, fitted } from './cells.ts';
import { BOLD, DIM, type Look, nickLook, PLAIN } from './look.ts';
import { type Row, type Span, span } from './row.ts';
import { wrapped, wrappedTable } from './wrap.ts';

/** What the drawing of items depends on besides the items. */
export interface ItemStyle {
  /** Columns, at least 1. */
  readonly width: number;
  readonly colour: boolean;
  readonly timeOf: (at: WallTime) => string;
  readonly label: (nick: string, peer: PeerId) => string;
}

/** What stands before the text of an item, and the look of the text. */
interface Opening {
  readonly head: readonly Span[];
  readonly lines: readonly string[];
  readonly look: Look;
  readonly wrap?: typeof wrapped;
}

/** In a narrower column the time makes room for what was said. */
const WIDTH_WITH_TIME_MIN = 20;
/** Rows after the first are indented at least so far, so that none can pass for the first row of an item. */
const INDENT_MIN = 2;

/**
 * The rows of one item, at least one, none wider than `style.width`. Only the first begins at the first column: what
 * follows, be it wrapped or the text's own lines, is indented under the text.
 */
export function itemRows(item: TimelineItem, style: ItemStyle): readonly Row[] {
  const { head, ...body } = item.type === 'message' ? messageOpening(item, style) : noticeOpening(item, style);
  const at = item.type === 'message' ? item.saidAt : item.at;
  const time = style.width >= WIDTH_WITH_TIME_MIN ? [span(`${style.timeOf(at)} `, DIM)] : [];
  return laidOut(item.id, [...time, ...head], { ...body, width: style.width });
}

function messageOpening(message: ChatMessage, { colour, label }: ItemStyle): Opening {
  const name = span(label(message.nick, message.author), nickLook(message.author, colour));
  const lines = shownLines(message.text);
  if (message.kind === 'action') return { head: [span('* ', BOLD), name, span(' ')], lines, look: PLAIN };
  return { head: [span('<', DIM), name, span('> ', DIM)], lines, look: PLAIN };
}

function noticeOpening({ what }: Notice, { colour, label }: ItemStyle): Opening {
  switch (what.type) {
    case 'joined':
      return notice('--> ', [named(what.nick, what.peer)], ['joined']);
    case 'left':
      return notice('<-- ', [named(what.nick, what.peer)], [`left${reasonText(what.reason)}`]);
    case 'renamed': {
      const to = label(what.to, what.peer);
      return notice('--- ', [named(what.from, what.peer)], [`is now ${to}`]);
    }
    case 'problem':
      return { head: [span('!!! ', BOLD)], lines: shownLines(what.text), look: BOLD };
    case 'note':
      return { head: [span('    ')], lines: what.lines.flatMap(shownLines), look: DIM, wrap: wrappedTable };
    default:
      return never(what);
  }

  function named(nick: string, peer: PeerId): Span {
    return span(`${label(nick, peer)} `, nickLook(peer, colour));
  }
}

function notice(mark: string, head: readonly Span[], lines: readonly string[]): Opening {
  return { head: [span(mark, DIM), ...head], lines, look: DIM };
}

function reasonText(reason: string): string {
  return reason === '' ? '' : ` (${shownLine(reason)})`;
}

/** The lines beside `head`; under it where it would leave them too little room. */
function laidOut(
  id: string,
  head: readonly Span[],
  { lines, look, wrap = wrapped, width }: Omit<Opening, 'head'> & { readonly width: number },
): readonly Row[] {
  const headWidth = head.reduce((sum, { text }) => sum + columns(text), 0);
  const beside = headWidth <= width / 2;
  const indent = beside ? headWidth : Math.min(INDENT_MIN, width - 1);
  const texts = lines.flatMap((line) => wrap(line, width - indent));
  const rows: Span[][] = texts.map((text) => [span(' '.repeat(indent)), span(text, look)]);
  if (beside) rows[0] = [...head, span(texts[0] ?? '', look)];
  else rows.unshift(cut(head, width));
  return rows.map((spans, place) => ({ key: `${id}:${place}`, spans }));
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
