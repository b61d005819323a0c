import { shownLine } from '../chat/shown.ts';
import { type Cell, cells, columnsOf, graphemes, textOf } from './cells.ts';
import type { Editor } from './editor.ts';
import { BOLD } from './look.ts';
import { perText } from './memo.ts';
import { type Row, row, span } from './row.ts';

export interface InputLayout {
  readonly rows: readonly Row[];
  /** Where the terminal's cursor belongs, counted from the first of `rows`. */
  readonly cursor: { readonly x: number; readonly y: number };
}

const PROMPT = '> ';
/** A narrower screen has no prompt. */
const WIDTH_WITH_PROMPT_MIN = 8;

/**
 * The input line as rows: wrapped one column before the right edge, which is left to the cursor, and of more than
 * `rowsMax` (≥ 1) those around it. The cursor always stands inside `width` (≥ 1).
 */
export function inputLayout(
  { text, cursor }: Pick<Editor, 'text' | 'cursor'>,
  { width, rowsMax }: { readonly width: number; readonly rowsMax: number },
): InputLayout {
  const prompt = width >= WIDTH_WITH_PROMPT_MIN ? PROMPT : '';
  const room = Math.max(1, width - prompt.length - 1);
  const { lines, x, y } = broken(text, { cursor, width: room });
  const first = Math.max(0, Math.min(y - rowsMax + 1, lines.length - rowsMax));
  const rows = lines.slice(first, first + rowsMax).map((line, place) => {
    const opening = first + place === 0 ? prompt : ' '.repeat(prompt.length);
    return row(`input:${place}`, span(opening, BOLD), span(line));
  });
  return { rows, cursor: { x: Math.min(x + prompt.length, width - 1), y: y - first } };
}

/** The text in lines of at most `width` columns, and where in them the cursor stands: at most at `x` = `width`. */
function broken(
  text: string,
  { cursor, width }: { readonly cursor: number; readonly width: number },
): { readonly lines: readonly string[]; readonly x: number; readonly y: number } {
  const lines: string[] = [];
  let line = '';
  let filled = 0;
  let place = 0;
  let at = { x: 0, y: 0 };
  const finish = (): void => {
    lines.push(line);
    line = '';
    filled = 0;
  };
  for (const cluster of graphemes(text)) {
    const whole = cluster === '\n' ? NOTHING : drawnCluster(cluster);
    const drawn = whole.width > width ? NO_ROOM : whole;
    if (filled + drawn.width > width) finish();
    if (place === cursor) at = { x: filled, y: lines.length };
    place += cluster.length;
    line += drawn.text;
    filled += drawn.width;
    if (cluster === '\n') finish();
  }
  if (cursor >= place) at = { x: filled, y: lines.length };
  finish();
  return { lines, ...at };
}

const NOTHING: Cell = { text: '', width: 0 };
const NO_ROOM: Cell = { text: '?', width: 1 };

/** One character as it is drawn in the input line. */
const drawnCluster = perText((cluster: string): Cell => {
  const drawn = cells(shownLine(cluster));
  return { text: textOf(drawn), width: columnsOf(drawn) };
});
