import type { LinkId } from '../base/link-id.ts';
import type { Instant } from '../base/units.ts';
import { type FeedKey, feedName } from '../feed/feeds-out.ts';
import { Frontier } from '../feed/frontier.ts';
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
  /** The digests of the peer's frontiers as its last beat told them, of our rooms. */
  readonly digests: Map<RoomName, string>;
  /** Rooms of which the peer has told everything that it had when it came. */
  readonly level: Set<RoomName>;
  readonly outflow: Outflow;
  /** Rooms whose entries by this peer are to be acknowledged. */
  readonly unacknowledged: Set<RoomName>;
  /** Feeds of others that this peer was asked for and may bring, by name; those it brought forged are not taken any more. */
  readonly asked: Map<string, 'welcome' | 'distrusted'>;
  /** Feeds, by name, that this peer was asked for and did not bring in time. */
  readonly failed: Set<string>;
  /** Where this peer may go on with a feed though what is before it is not here, by the feed's name. */
  readonly leaps: Map<string, number>;
  /** When our whole frontier was told last, and how often it had risen when any of it was. */
  readonly toldAt: Map<RoomName, Instant>;
  readonly toldTurn: Map<RoomName, number>;
  /** Feeds whose fork was proven to this peer, by name. */
  readonly proven: Set<string>;
  /** Newest runs that this peer was asked for and has not shown yet. */
  glimpses: number;
  /** When this peer was shown the newest runs last. */
  shownAt: Instant | undefined;
}

export function makeLinked(link: LinkId, peer: PeerId): Linked {
  return {
    link,
    peer,
    rooms: new Map(),
    digests: new Map(),
    level: new Set(),
    outflow: new Outflow(),
    unacknowledged: new Set(),
    asked: new Map(),
    failed: new Set(),
    leaps: new Map(),
    toldAt: new Map(),
    toldTurn: new Map(),
    proven: new Set(),
    glimpses: 0,
    shownAt: undefined,
  };
}

/** What a peer told to have of a room. */
export function frontierOf({ rooms }: Linked, room: RoomName): Frontier {
  const known = rooms.get(room);
  if (known !== undefined) return known;
  const fresh = new Frontier();
  rooms.set(room, fresh);
  return fresh;
}

/** The links that stand, by number and by peer: a peer has one. */
export class LinkedPeers {
  readonly #links = new Map<LinkId, Linked>();
  readonly #peers = new Map<PeerId, Linked>();

  get(link: LinkId): Linked | undefined {
    return this.#links.get(link);
  }

  of(peer: PeerId): Linked | undefined {
    return this.#peers.get(peer);
  }

  all(): IterableIterator<Linked> {
    return this.#links.values();
  }

  add(linked: Linked): void {
    this.#links.set(linked.link, linked);
    this.#peers.set(linked.peer, linked);
  }

  remove(link: LinkId): Linked | undefined {
    const linked = this.#links.get(link);
    if (linked === undefined) return undefined;
    this.#links.delete(link);
    if (this.#peers.get(linked.peer) === linked) this.#peers.delete(linked.peer);
    return linked;
  }
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
