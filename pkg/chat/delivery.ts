import type { Holder } from './snapshot.ts';

/** How many of those present have a message of one's own, of how many. */
export interface Delivery {
  readonly held: number;
  readonly present: number;
}

export function deliveryOf(sequence: number, holders: readonly Holder[]): Delivery {
  return { held: holders.filter((holder) => holder.sequence >= sequence).length, present: holders.length };
}
