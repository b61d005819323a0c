import { ROWS_CACHED_MAX } from '../base/limits.ts';
import type { Row } from './row.ts';

interface Kept {
  readonly item: { readonly id: string };
  readonly edition: string;
  readonly rows: readonly Row[];
}

/**
 * Rows of items, wrapped once for each edition (whatever the wrapping depends on besides the item, such as the
 * width). It holds `ROWS_CACHED_MAX` rows and always the item asked for last; the item not asked for longest goes.
 */
export class RowCache {
  readonly #kept = new Map<string, Kept>();
  #rowsHeld = 0;

  get rowsHeld(): number {
    return this.#rowsHeld;
  }

  rows<Item extends { readonly id: string }>(
    item: Item,
    edition: string,
    wrap: (item: Item) => readonly Row[],
  ): readonly Row[] {
    const found = this.#kept.get(item.id);
    if (found !== undefined) this.#drop(item.id, found);
    const fresh = found !== undefined && found.item === item && found.edition === edition;
    const kept = fresh ? found : { item, edition, rows: wrap(item) };
    this.#kept.set(item.id, kept);
    this.#rowsHeld += kept.rows.length;
    for (const [id, oldest] of this.#kept) {
      if (this.#rowsHeld <= ROWS_CACHED_MAX || oldest === kept) break;
      this.#drop(id, oldest);
    }
    return kept.rows;
  }

  #drop(id: string, kept: Kept): void {
    this.#kept.delete(id);
    this.#rowsHeld -= kept.rows.length;
  }
}
