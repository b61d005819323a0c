import type { LinkId } from '../base/link-id.ts';
import type { Instant } from '../base/units.ts';
import { type FeedKey, feedName } from '../feed/feeds.ts';
import type { Frontier } from '../feed/frontier.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import { type Fault, fault } from '../wire/fault.ts';
import { Outflow } from './outflow.ts';

/** What sync keeps of a link that stands. */
export interface Linked {
  readonly link: LinkId;
  readonly peer: PeerId;
  /** What the peer told to have, in the rooms that we share. */
  readonly rooms: Map<RoomName, Frontier>;
  readonly outflow: Outflow;
  /** Rooms whose entries by this peer are to be acknowledged. */
  readonly unacknowledged: Set<RoomName>;
  /** Feeds of which this peer has more than we, by name, in the order to ask for them. */
  readonly lacking: Map<string, FeedKey>;
  /** Feeds of others that this peer was asked for and may bring, by name; those it brought forged are not taken any more. */
  readonly asked: Map<string, 'welcome' | 'distrusted'>;
  /** When our whole frontier was told last. */
  readonly toldAt: Map<RoomName, Instant>;
}

export function makeLinked(link: LinkId, peer: PeerId): Linked {
  return {
    link,
    peer,
    rooms: new Map(),
    outflow: new Outflow(),
    unacknowledged: new Set(),
    lacking: new Map(),
    asked: new Map(),
    toldAt: new Map(),
  };
}

/** Notes a feed to be asked of this link when there is room; once, however often the peer tells of it. */
export function lack(linked: Linked, feed: FeedKey): void {
  linked.lacking.set(feedName(feed), feed);
}

/**
 * Authors bring their own; others what they were asked for, for as long as it is true. A signature that fails does not
 * make a liar of who passes it on: a later one may have vouched for the whole chain there, and cutting honest peers apart
 * is what the author of such a chain would want.
 */
export function mayBring(linked: Linked, feed: FeedKey): 'welcome' | 'ignored' | Fault {
  if (feed.author === linked.peer) return 'welcome';
  const asked = linked.asked.get(feedName(feed));
  if (asked === undefined) return fault('unasked', 'entries of somebody else that were not asked for');
  return asked === 'welcome' ? 'welcome' : 'ignored';
}
