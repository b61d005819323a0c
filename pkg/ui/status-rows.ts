import { grouped } from '../chat/grouped.ts';
import { shownLine } from '../chat/shown.ts';
import type { RoomName } from '../identity/room-name.ts';
import { columns, fitted } from './cells.ts';
import { BAR, BAR_ALERT } from './look.ts';
import { bar, type Row } from './row.ts';
import type { Hint } from './screen-state.ts';
import { wrapped } from './wrap.ts';

/** A hint longer than that is cut. */
const HINT_ROWS_MAX = 3;

/** What the status line tells while there is no hint. */
export interface StatusFacts {
  readonly room: RoomName;
  /** How many are here, when the list of people is folded away. */
  readonly here: number | undefined;
  /** Messages that came since the reader scrolled up and are further down; undefined while following the newest. */
  readonly newBelow: number | undefined;
  /** Messages that came late since the reader scrolled up, wherever they stand. */
  readonly cameLate: number;
  readonly loadingOlder: boolean;
}

export function statusRows(facts: StatusFacts, hint: Hint | undefined, width: number): Row[] {
  if (hint !== undefined) return hintRows(hint, width);
  const here = facts.here === undefined ? '' : `  ${facts.here} here`;
  const left = ` ${shownLine(facts.room)}${here}`;
  const right = placeText(facts);
  const space = width - columns(left) - columns(right);
  const text = space > 0 || right === '' ? left + ' '.repeat(Math.max(0, space)) + right : right;
  return [bar('status:0', text, { width, look: (facts.newBelow ?? 0) + facts.cameLate > 0 ? BAR_ALERT : BAR })];
}

function hintRows({ tone, text }: Hint, width: number): Row[] {
  const lines = width > 2 ? wrapped(text, width - 2).map((line) => ` ${line}`) : [fitted(text, width)];
  const look = tone === 'error' ? BAR_ALERT : BAR;
  return lines.slice(0, HINT_ROWS_MAX).map((line, place) => bar(`status:${place}`, line, { width, look }));
}

function placeText({ newBelow, cameLate, loadingOlder }: StatusFacts): string {
  const older = loadingOlder ? 'loading older… ' : '';
  if (newBelow === undefined) return older;
  const news = [
    newBelow > 0 ? `${grouped(newBelow)} new below` : '',
    cameLate > 0 ? `${grouped(cameLate)} came late` : '',
  ].filter((part) => part !== '');
  return `${older}${news.join(', ') || 'scrolled up'}, PgDn `;
}
