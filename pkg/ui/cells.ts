/** Text as a terminal lays it out: characters (grapheme clusters) and the columns they fill. */
import stringWidth from 'string-width';
import { assert } from '../base/assert.ts';
import { CLUSTER_CODE_POINTS_MAX } from '../base/limits.ts';
import { perText } from './memo.ts';

/** One character as people see it, and the columns it fills: 0 to 2, or more where letters join. */
export interface Cell {
  readonly text: string;
  readonly width: number;
}

const ASCII = /^[\x20-\x7e]*$/;
const ASCII_CELLS: readonly Cell[] = Array.from({ length: 0x7f }, (_, code) => ({
  text: String.fromCharCode(code),
  width: 1,
}));
/** Letters in one cluster that terminals draw side by side, as Thai and Indic scripts have them; Hangul is counted right. */
const JOINED_LETTERS = /\p{L}[^\p{L}]*\p{L}/u;
const HANGUL_JAMO = /[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]/;
const JOINERS = /[\u200c\u200d]/g;
/** Parts letters that would count as one: it is measured as nothing, and Ink does not print it. */
const SEAM = '\u200b';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The clusters of any text, in order; joined they are the text. */
export function graphemes(text: string): string[] {
  if (ASCII.test(text)) return text.split('');
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** The end of the cluster that `place` lies in or before, as an index of UTF-16 units; `text.length` at the end. */
export function borderAfter(text: string, place: number): number {
  const found = segmenter.segment(text).containing(place);
  return found === undefined ? text.length : found.index + found.segment.length;
}

/** The start of the cluster before `place`; 0 at the start. */
export function borderBefore(text: string, place: number): number {
  return segmenter.segment(text).containing(place - 1)?.index ?? 0;
}

/** The cells of text that is safe to show (see `shownLine`). */
export function cells(text: string): Cell[] {
  if (ASCII.test(text)) return Array.from(text, (letter) => asciiCell(letter.charCodeAt(0)));
  return graphemes(text).flatMap(clusterCells);
}

/** Columns that safe text fills. */
export function columns(text: string): number {
  if (ASCII.test(text)) return text.length;
  return columnsOf(cells(text));
}

export function columnsOf(line: readonly Cell[]): number {
  return line.reduce((sum, cell) => sum + cell.width, 0);
}

export function textOf(line: readonly Cell[]): string {
  return line.map((cell) => cell.text).join('');
}

/** Safe text cut to `width` columns; `…` at the end tells that something is missing. */
export function fitted(text: string, width: number): string {
  if (width <= 0) return '';
  const line = cells(text);
  if (columnsOf(line) <= width) return textOf(line);
  let kept = '';
  let left = width - 1;
  for (const cell of line) {
    if (cell.width > left) break;
    kept += cell.text;
    left -= cell.width;
  }
  return `${kept}…`;
}

/**
 * Whether a terminal may count the columns of this drawn text otherwise than the renderer: then a row must be drawn
 * whole, not from its first changed column on.
 */
export function isUncertain(drawn: string): boolean {
  return drawn.includes(SEAM);
}

function asciiCell(code: number): Cell {
  const cell = ASCII_CELLS[code];
  assert(cell !== undefined, 'an ASCII character has a cell');
  return cell;
}

const clusterCells = perText((cluster: string): readonly Cell[] => {
  if (cluster.length > CLUSTER_CODE_POINTS_MAX && [...cluster].length > CLUSTER_CODE_POINTS_MAX) {
    return pieces(cluster.replace(JOINERS, '')).map((text) => ({ text, width: stringWidth(text) }));
  }
  if (!JOINED_LETTERS.test(cluster) || HANGUL_JAMO.test(cluster)) {
    return [{ text: cluster, width: stringWidth(cluster) }];
  }
  const letters = pieces(cluster);
  const width = letters.reduce((sum, letter) => sum + stringWidth(letter), 0);
  return [{ text: letters.join(SEAM), width }];
});

/** The code points of a cluster, each with those after it that take no column. */
function pieces(cluster: string): string[] {
  const parts: string[] = [];
  for (const point of cluster) {
    const last = parts.pop();
    if (last === undefined) parts.push(point);
    else if (stringWidth(point) === 0) parts.push(last + point);
    else parts.push(last, point);
  }
  return parts;
}
