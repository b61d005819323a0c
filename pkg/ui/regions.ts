/** Which part of the screen belongs to what. */

/** Of the terminal, in columns and rows, both at least 1. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Heights in rows; together they are the height of the screen. A part of height or width 0 is not drawn. */
export interface Regions {
  readonly header: number;
  readonly messages: number;
  readonly status: number;
  readonly input: number;
  readonly messageColumns: number;
  /** Columns between the messages and the people. */
  readonly gap: number;
  readonly peopleColumns: number;
}

const PEOPLE_FROM_COLUMNS = 60;
const PEOPLE_COLUMNS_MIN = 16;
const PEOPLE_COLUMNS_MAX = 28;
const GAP = 2;

/** Rows that the input line may grow to: a third of the screen. */
export function inputRowsMax({ rows }: Size): number {
  return Math.max(1, Math.floor(rows / 3));
}

/** The screen parted, given the rows that input and status ask for. The input line stays to the last row. */
export function regionsOf(
  { columns, rows }: Size,
  asked: { readonly inputRows: number; readonly statusRows: number },
): Regions {
  const input = Math.min(asked.inputRows, rows);
  const messagesMin = rows - input >= 1 ? 1 : 0;
  const status = Math.max(0, Math.min(asked.statusRows, rows - input - messagesMin));
  const header = rows - input - status - messagesMin >= 2 ? 1 : 0;
  const messages = rows - input - status - header;
  const peopleColumns = peopleColumnsOf(columns);
  const gap = peopleColumns === 0 ? 0 : GAP;
  return { header, messages, status, input, messageColumns: columns - peopleColumns - gap, gap, peopleColumns };
}

/** Columns of the list of people: a fifth of the screen within bounds, and 0, folded away, on a narrow one. */
export function peopleColumnsOf(columns: number): number {
  if (columns < PEOPLE_FROM_COLUMNS) return 0;
  return Math.min(PEOPLE_COLUMNS_MAX, Math.max(PEOPLE_COLUMNS_MIN, Math.floor(columns / 5)));
}
