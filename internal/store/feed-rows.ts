import { assert } from '../../pkg/base/assert.ts';
import type { Head } from '../../pkg/feed/feed.ts';
import type { FeedKey, StoredHead } from '../../pkg/feed/feeds-out.ts';
import type { ForkProof } from '../../pkg/feed/forks.ts';
import { isPeerId } from '../../pkg/identity/peer-id.ts';
import { isRoomName } from '../../pkg/identity/room-name.ts';
import { hashOf, numberOf, type Row, textOf } from './row.ts';

/** The proof that a feed's author told two histories. */
export interface FeedFork extends FeedKey {
  readonly proof: ForkProof;
}

export function endOf(row: Row): Head {
  return { sequence: numberOf(row, 'sequence'), clock: numberOf(row, 'clock'), hash: hashOf(row, 'hash') };
}

/** A row of a feed, with the two runs of its proof where there is one. */
export function headOf(row: Row): StoredHead {
  const head = { ...keyOf(row), ...endOf(row), base: numberOf(row, 'base') };
  return row['one'] === null ? head : { ...head, fork: [textOf(row, 'one'), textOf(row, 'other')] };
}

function keyOf(row: Row): FeedKey {
  const room = textOf(row, 'room');
  const author = textOf(row, 'author');
  assert(isRoomName(room) && isPeerId(author), 'a feed whose room or author is none');
  return { room, author };
}
