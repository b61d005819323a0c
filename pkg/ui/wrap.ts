import { assert } from '../base/assert.ts';
import { type Cell, cells, columns, textOf } from './cells.ts';

/** Stands for a character that is wider than the row. */
const NO_ROOM: Cell = { text: '?', width: 1 };
const SPACE = ' ';

/**
 * One line of safe text as rows of at most `width` columns (≥ 1): broken after a space or beside a wide character
 * where there is one, else within the word. Spaces at a break are left out, everything else stays in order. At least
 * one row, which is empty for an empty line.
 */
export function wrapped(line: string, width: number): string[] {
  assert(width >= 1, 'a row has at least one column');
  const rows: string[] = [];
  let row: Cell[] = [];
  let filled = 0;
  /** Where the row may be broken: the number of cells before the break; 0 is nowhere. */
  let breakAt = 0;
  for (const whole of cells(line)) {
    const cell = whole.width > width ? NO_ROOM : whole;
    if (mayBreakBefore(cell, row)) breakAt = row.length;
    if (filled + cell.width > width) {
      if (cell.text === SPACE && rowHasText(row)) {
        // The break falls on this space: what follows begins a row of its own.
        breakAt = row.length;
        continue;
      }
      const end = breakAt > 0 ? breakAt : row.length;
      rows.push(textOf(row.slice(0, end)).trimEnd());
      row = withoutLeadingSpaces(row.slice(end));
      filled = row.reduce((sum, kept) => sum + kept.width, 0);
      breakAt = 0;
      if (filled + cell.width > width) {
        rows.push(textOf(row).trimEnd());
        row = [];
        filled = 0;
      }
    }
    row.push(cell);
    filled += cell.width;
  }
  rows.push(textOf(row).trimEnd());
  return rows;
}

/** A first column such as a command, the gap behind it, and its explanation. */
const TABLE_LINE = /^(.*?\S {2,})(\S.*)$/;

/**
 * The same for a line of two columns, parted by two spaces or more: the second one is wrapped under itself, unless
 * that leaves it less than half of the row.
 */
export function wrappedTable(line: string, width: number): string[] {
  const [, left = '', right = ''] = TABLE_LINE.exec(line) ?? [];
  const indent = columns(left);
  if (indent === 0 || indent > width / 2) return wrapped(line, width);
  return wrapped(right, width - indent).map((row, place) => (place === 0 ? left : ' '.repeat(indent)) + row);
}

function rowHasText(row: readonly Cell[]): boolean {
  return row.some((cell) => cell.text !== SPACE);
}

function withoutLeadingSpaces(row: readonly Cell[]): Cell[] {
  const first = row.findIndex((cell) => cell.text !== SPACE);
  return first === -1 ? [] : row.slice(first);
}

function mayBreakBefore(cell: Cell, row: readonly Cell[]): boolean {
  const before = row.at(-1);
  if (before === undefined || cell.text === SPACE) return false;
  // Spaces at the start of a line are its indentation, not a place to break.
  if (before.text === SPACE) return rowHasText(row);
  return cell.width > 1 || before.width > 1;
}
