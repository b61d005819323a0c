import type { SQLOutputValue } from 'node:sqlite';
import { assert } from '../../pkg/base/assert.ts';

/** A row as SQLite gives it; the tables are STRICT, so each column has the type that the schema says. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

export function textOf(row: Row, column: string): string {
  const value = row[column];
  assert(typeof value === 'string', `column ${column} holds no text`);
  return value;
}

export function numberOf(row: Row, column: string): number {
  const value = row[column];
  assert(typeof value === 'number', `column ${column} holds no number`);
  return value;
}
