import type { DatabaseSync } from 'node:sqlite';

/** Does the work whole or not at all. Throws what the work throws. */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (cause) {
    // SQLite itself has rolled back after some failures.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw cause;
  }
}
