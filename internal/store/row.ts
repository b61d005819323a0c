import type { SQLOutputValue } from 'node:sqlite';
import { assert } from '../../pkg/base/assert.ts';
import type { StoredRun } from '../../pkg/peer/input.ts';
import type { RunHash } from '../../pkg/wire/fields.ts';

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

export function hashOf(row: Row, column: string): RunHash {
  const value = row[column];
  assert(typeof value === 'string' && isRunHash(value), `column ${column} holds no hash`);
  return value;
}

export function storedRunOf(row: Row): StoredRun {
  return { first: numberOf(row, 'first'), last: numberOf(row, 'last'), text: textOf(row, 'text') };
}

/** As `pkg/wire/fields.ts` has it, which would bring zod to the history's thread, and its start waits for the thread. */
function isRunHash(text: string): text is RunHash {
  return /^(?:[A-Za-z0-9_-]{43})?$/.test(text);
}
