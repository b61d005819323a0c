import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '../../pkg/base/assert.ts';
import { numberOf } from './row.ts';
import type { Said } from './said.ts';
import { openSearchFile, removeSearchFile } from './search-file.ts';
import { indexedText } from './search-words.ts';
import { inTransaction } from './transaction.ts';

/** The full-text index, in a file of its own. Calls block, and throw what SQLite throws. */
export class SearchIndex {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #add: StatementSync;
  readonly #remove: StatementSync;
  readonly #move: StatementSync;
  readonly #find: StatementSync;
  #row: number;

  /** `history` names the file that it is the index of. */
  constructor(path: string, history: string) {
    this.#path = path;
    this.#database = openSearchFile(path, history);
    this.#add = this.#database.prepare('INSERT INTO said (rowid, text) VALUES (?, ?)');
    this.#remove = this.#database.prepare('DELETE FROM said WHERE rowid = ?');
    this.#move = this.#database.prepare('UPDATE progress SET row = ?');
    this.#find = this.#database.prepare(
      `SELECT rowid FROM said WHERE said MATCH ? AND (rowid & 1048575) IN (SELECT value FROM json_each(?))
       ORDER BY rowid DESC LIMIT ?`,
    );
    this.#find.setReadBigInts(true);
    const progress = this.#database.prepare('SELECT row FROM progress').get();
    this.#row = progress === undefined ? 0 : numberOf(progress, 'row');
  }

  /** The last row of the history's runs that is in the index. */
  get row(): number {
    return this.#row;
  }

  /** Adds entries, so that it has all of the history up to `row`, in one transaction. */
  add(said: readonly Said[], row: number): void {
    // In rising order, as the index writes itself out whenever the numbers fall.
    const rising = said.toSorted((left, right) => (left.id < right.id ? -1 : 1));
    inTransaction(this.#database, () => {
      for (const { id, content } of rising) this.#add.run(id, indexedText(content));
      this.#move.run(row);
    });
    this.#row = row;
  }

  remove(ids: readonly bigint[]): void {
    inTransaction(this.#database, () => {
      for (const id of ids) this.#remove.run(id);
    });
  }

  /** The entries of some feeds (rows of the history) that match, newest first, at most `limit`. */
  find(query: string, feeds: readonly number[], limit: number): bigint[] {
    return this.#find.all(query, JSON.stringify(feeds), limit).map(({ rowid }) => {
      assert(typeof rowid === 'bigint', 'a row whose number is none');
      return rowid;
    });
  }

  close(): void {
    this.#database.close();
  }

  /** Closes it and takes it away; the next one begins anew. */
  discard(): void {
    this.#database.close();
    removeSearchFile(this.#path);
  }
}
