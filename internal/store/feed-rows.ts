import { assert } from '../../pkg/base/assert.ts';
import type { Head } from '../../pkg/feed/feed.ts';
import type { FeedKey, StoredHead } from '../../pkg/feed/feeds.ts';
import { isPeerId, type PeerId } from '../../pkg/identity/peer-id.ts';
import { isRoomName, type RoomName } from '../../pkg/identity/room-name.ts';
import { hashOf, numberOf, type Row, textOf } from './row.ts';

/** A feed's head, and what the store knows of it besides. */
export interface KeptHead extends StoredHead {
  /** Sequence of the first entry that is still here; past the head where none is. */
  readonly base: number;
  /** Whether its author has signed two different runs for one place: there is a proof of it. */
  readonly forked: boolean;
}

/** Two runs, as they travelled, that an author signed for one place of a feed. */
export interface ForkProof {
  readonly room: RoomName;
  readonly author: PeerId;
  readonly proof: readonly [string, string];
}

export function endOf(row: Row): Head {
  return { sequence: numberOf(row, 'sequence'), clock: numberOf(row, 'clock'), hash: hashOf(row, 'hash') };
}

export function headOf(row: Row): KeptHead {
  return { ...keyOf(row), ...endOf(row), base: numberOf(row, 'base'), forked: numberOf(row, 'forked') === 1 };
}

export function forkOf(row: Row): ForkProof {
  return { ...keyOf(row), proof: [textOf(row, 'one'), textOf(row, 'other')] };
}

function keyOf(row: Row): FeedKey {
  const room = textOf(row, 'room');
  const author = textOf(row, 'author');
  assert(isRoomName(room) && isPeerId(author), 'a feed whose room or author is none');
  return { room, author };
}
