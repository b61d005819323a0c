import type { LinkId } from '../base/link-id.ts';
import type { FeedKey } from '../feed/feeds-out.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import type { Fault } from '../wire/fault.ts';
import type { Stretch } from './outflow.ts';

/** What sync wants done, and what it found out. */
export type SyncOut =
  | { readonly type: 'send'; readonly link: LinkId; readonly text: string }
  /** Reads a stretch of the log for a link: `loaded()` brings it. */
  | { readonly type: 'load'; readonly link: LinkId; readonly stretch: Stretch }
  /** The store has nothing of a feed before `base`, as it turned out: that is what is told to others. */
  | { readonly type: 'rebased'; readonly feed: FeedKey; readonly base: number }
  /** Reads the newest runs of a room for a link: `latestLoaded()` brings them. */
  | { readonly type: 'load-latest'; readonly link: LinkId; readonly room: RoomName }
  /** Tells a link of a fork that its peer does not know of. */
  | { readonly type: 'prove'; readonly link: LinkId; readonly feed: FeedKey }
  /** `peer` has stored one's own entries up to `sequence`. */
  | { readonly type: 'delivered'; readonly room: RoomName; readonly peer: PeerId; readonly sequence: number }
  /** A peer has told its whole frontier: the greatest clock it knows of, and how much of our own feed it has. */
  | {
      readonly type: 'told';
      readonly peer: PeerId;
      readonly room: RoomName;
      readonly clock: number;
      readonly ours: number;
    }
  | { readonly type: 'fault'; readonly link: LinkId; readonly fault: Fault };
