import type { LinkId } from '../base/link-id.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import type { Run, Utterance } from '../wire/entry.ts';
import type { Fault } from '../wire/fault.ts';
import type { HashedRun, Head, Work } from './feed.ts';
import type { ForkProof, Suspicion } from './forks.ts';
import type { Unsaid } from './room-feeds.ts';

/** Names a feed in questions and their answers. */
export interface FeedKey {
  readonly room: RoomName;
  readonly author: PeerId;
}

/** A feed as a key of maps. */
export function feedName({ room, author }: FeedKey): string {
  return `${room} ${author}`;
}

/**
 * A feed's head as the store keeps it; the first sequence that it still has, where that is not 1; and the proof where the
 * author told two histories.
 */
export type StoredHead = FeedKey & Head & { readonly base?: number; readonly fork?: ForkProof };

/** What was said in a room and cannot be stored as a run yet. */
export interface HeldMessage {
  readonly room: RoomName;
  /** Rises with each message of the room, from 1 on; no two that are held share one. */
  readonly place: number;
  readonly utterance: Utterance;
}

export type FeedsOut =
  | ({ readonly type: 'verify'; readonly feed: FeedKey } & Omit<Extract<Work, { readonly type: 'verify' }>, 'type'>)
  | { readonly type: 'sign'; readonly feed: FeedKey; readonly text: string }
  | {
      readonly type: 'store';
      readonly feed: FeedKey;
      readonly runs: readonly HashedRun[];
      readonly leaps: boolean;
      /** What is held of the room up to this place is in these runs; 0 for nothing. */
      readonly releases: number;
    }
  /** The runs are stored and count from now on. */
  | { readonly type: 'accepted'; readonly feed: FeedKey; readonly runs: readonly Run[] }
  | { readonly type: 'gap'; readonly feed: FeedKey; readonly link: LinkId; readonly from: number; readonly to: number }
  | { readonly type: 'fault'; readonly link: LinkId; readonly fault: Fault }
  /** What the link brought of somebody else's feed is not true. It may have been taken in: nobody is cut off for it. */
  | { readonly type: 'distrusted'; readonly feed: FeedKey; readonly link: LinkId }
  /** Asks for the stored run that holds `sequence`, to be laid beside another: `recalled()` brings it. */
  | {
      readonly type: 'recall';
      readonly feed: FeedKey;
      readonly sequence: number;
      readonly suspicion: Suspicion;
    }
  /** Asks whether the author signed what contradicts the run kept: `accused()` brings the answer. */
  | { readonly type: 'accuse'; readonly feed: FeedKey; readonly suspicion: Suspicion; readonly kept: string }
  /** The author has told two histories, here is the proof; undefined where the run that was kept cannot be read. */
  | { readonly type: 'forked'; readonly feed: FeedKey; readonly proof: ForkProof | undefined }
  | { readonly type: 'flow'; readonly link: LinkId; readonly reading: boolean }
  /** The disk refused; own messages among it are lost to the room and named here. */
  | { readonly type: 'store-failed'; readonly feed: FeedKey; readonly why: string; readonly unsaid: Unsaid };
