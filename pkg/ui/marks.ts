/** Short words behind one's own messages: what has become of them. */
import { LINKS_MAX_MOST } from '../base/limits.ts';
import type { Delivery } from '../chat/delivery.ts';
import { columns } from './cells.ts';

/** Typed, and not stored yet. */
export const WAITING_MARK = '…';

/** How far a stored message has come: of those present, nobody counted twice. Short once everyone has it. */
export function deliveryMark({ held, present }: Delivery): string {
  if (present === 0) return '✓ kept';
  return held >= present ? '✓' : `✓ ${held}/${present}`;
}

/**
 * Columns kept free for the mark, with the space before it. They are the same for all marks, so that no message takes
 * another number of rows when its mark changes.
 */
export const MARK_COLUMNS = 1 + columns(deliveryMark({ held: LINKS_MAX_MOST - 1, present: LINKS_MAX_MOST }));
