import { columns, fitted } from './cells.ts';
import { type Look, PLAIN } from './look.ts';

/** A piece of a row in one look. Its text is safe to show. */
export interface Span {
  readonly text: string;
  readonly look: Look;
}

/** One line of the screen. Its identity is kept as long as nothing in it changes: that is what drawing goes by. */
export interface Row {
  /** Unique in its column of rows, and the same wherever the row stands. */
  readonly key: string;
  readonly spans: readonly Span[];
}

export function span(text: string, look: Look = PLAIN): Span {
  return { text, look };
}

export function row(key: string, ...spans: Span[]): Row {
  return { key, spans };
}

/** A row in one look, cut to `width` columns and filled up with spaces. */
export function bar(key: string, text: string, { width, look }: { readonly width: number; readonly look: Look }): Row {
  const cut = fitted(text, width);
  return row(key, span(cut + ' '.repeat(Math.max(0, width - columns(cut))), look));
}

export function rowText(line: Row): string {
  return line.spans.map(({ text }) => text).join('');
}
