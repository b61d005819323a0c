/**
 * Who has what, and what goes to whom. On link-up both sides tell their frontier and ask the other for all that it says
 * itself from then on; what absent authors said is asked of those who have it. Beats carry digests, so that whatever was
 * lost on the way is found and repaired.
 */
import { Deadlines, earliest } from '../base/deadlines.ts';
import {
  ACK_DELAY_MS,
  CATCHING_UP_FROM,
  FEEDS_IN_PERSON_MAX,
  FEEDS_PER_ROOM_MAX,
  GLIMPSE_RUNS_MAX,
} from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import { after, type Instant } from '../base/units.ts';
import type { Feeds } from '../feed/feeds.ts';
import { type FeedKey, feedName } from '../feed/feeds-out.ts';
import type { ForkProof } from '../feed/forks.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import type { Run } from '../wire/entry.ts';
import { type Fault, fault } from '../wire/fault.ts';
import {
  type Aside,
  type Beat,
  type Enough,
  encodeMessage,
  type Have,
  type Latest,
  type Want,
} from '../wire/message.ts';
import { Asking } from './asking.ts';
import type { CatchingUp } from './catching-up.ts';
import { lacksOf } from './lacking.ts';
import { frontierOf, type Linked, LinkedPeers, makeLinked, mayBring } from './linked.ts';
import { type ServedRun, Serving } from './serving.ts';
import type { SyncOut } from './sync-out.ts';
import { Telling } from './telling.ts';

/** Heads that a peer who keeps the rules can have to tell, its own included. */
const HEADS_KEPT_MAX = FEEDS_PER_ROOM_MAX + FEEDS_IN_PERSON_MAX + 1;

/** What a run is shown for that does not continue a feed, and how many are still to come. */
type Shown = { readonly what: Aside['what']; readonly left: number };

/** What sync may see of the feeds. */
export type Holdings = Pick<Feeds, 'rooms' | 'frontier' | 'head' | 'tip' | 'clock' | 'takes' | 'isForked' | 'concerns'>;

export class Sync {
  readonly #me: PeerId;
  readonly #holdings: Holdings;
  readonly #linked = new LinkedPeers();
  readonly #asking: Asking;
  readonly #serving: Serving;
  readonly #telling: Telling;
  readonly #acks = new Deadlines<LinkId>();
  /** Rooms whose newest runs were asked for ahead of the rest: once after each start. */
  readonly #glimpsed = new Set<RoomName>();

  constructor(me: PeerId, holdings: Holdings) {
    this.#me = me;
    this.#holdings = holdings;
    this.#asking = new Asking(holdings, this.#linked);
    this.#telling = new Telling(me, holdings);
    this.#serving = new Serving((feed) => holdings.head(feed));
  }

  /** The links that stand. */
  *links(): IterableIterator<LinkId> {
    for (const { link } of this.#linked.all()) yield link;
  }

  /** Who is at the other end of a link that stands. */
  peerOf(link: LinkId): PeerId | undefined {
    return this.#linked.get(link)?.peer;
  }

  /** How much of our own feed everybody linked has stored. */
  holders(room: RoomName): { readonly peer: PeerId; readonly sequence: number }[] {
    return [...this.#linked.all()].map(({ peer, rooms }) => ({ peer, sequence: rooms.get(room)?.of(this.#me) ?? 0 }));
  }

  /** Entries of a room that a peer lacks of ours, or below 0 that we lack of its; undefined until known. */
  lacks(peer: PeerId, room: RoomName): number | undefined {
    return lacksOf(this.#linked.of(peer), { room, author: this.#me }, this.#holdings);
  }

  /** How much of a room is still to come. */
  progress(room: RoomName): CatchingUp | undefined {
    return this.#asking.progress(room);
  }

  linkUp(link: LinkId, peer: PeerId): SyncOut[] {
    const linked = makeLinked(link, peer);
    this.#linked.add(linked);
    return [...this.#holdings.rooms()].flatMap((room) => [
      this.#telling.digest(linked, room),
      ...this.#asking.follow(linked, room),
    ]);
  }

  linkDown(link: LinkId, now: Instant): SyncOut[] {
    const linked = this.#linked.remove(link);
    if (linked === undefined) return [];
    this.#acks.cancel(link);
    this.#serving.forget(linked);
    return this.#asking.unlinked(linked, now);
  }

  /** What the peer tells to have; also how it acknowledges what it got. */
  have(link: LinkId, have: Have, now: Instant): SyncOut[] {
    const linked = this.#linked.get(link);
    const { room } = have;
    if (linked === undefined || this.#holdings.frontier(room) === undefined) return [];
    const theirs = frontierOf(linked, room);
    const out: SyncOut[] = [];
    for (const [author, sequence, base = 1] of have.heads) {
      // What we hold as well is of no use to remember, nor more authors than anybody keeps; but for the two of us.
      const useless = sequence <= this.#holdings.head({ room, author }) || theirs.size >= HEADS_KEPT_MAX;
      const pair = author === this.#me || author === linked.peer;
      if (useless && !pair && theirs.of(author) === 0 && !this.#holdings.isForked({ room, author })) continue;
      const rose = theirs.raise(author, sequence);
      theirs.rebase(author, base);
      out.push(...this.#told(linked, { room, author }, sequence, rose, now));
    }
    if (have.digest !== undefined && have.digest !== this.#holdings.frontier(room)?.digest()) {
      return [...out, ...this.#telling.wholeOnce(linked, room, now)];
    }
    // Who has the same frontier has of the two of us what is here.
    for (const author of have.digest === undefined ? [] : [this.#me, linked.peer]) {
      const head = this.#holdings.head({ room, author });
      out.push(...this.#told(linked, { room, author }, head, theirs.raise(author, head), now));
    }
    if (have.whole !== true && have.digest === undefined) return out;
    out.push({ type: 'told', peer: linked.peer, room, clock: have.clock ?? 0, ours: theirs.of(this.#me) });
    linked.level.add(room);
    return [...out, ...this.#asking.levelled(linked, room), ...this.#glimpse(linked, room)];
  }

  want(link: LinkId, want: Want): SyncOut[] {
    const linked = this.#linked.get(link);
    return linked === undefined ? [] : this.#serving.want(linked, want);
  }

  enough(link: LinkId, { room, author }: Enough): void {
    const linked = this.#linked.get(link);
    if (linked !== undefined) this.#serving.enough(linked, { room, author });
  }

  latest(link: LinkId, latest: Latest, now: Instant): SyncOut[] {
    const linked = this.#linked.get(link);
    const known = this.#holdings.frontier(latest.room) !== undefined;
    return linked === undefined || !known ? [] : this.#serving.latest(linked, latest, now);
  }

  /** Whether a link may bring a run of a feed, or show it aside; a fault when it has no business to. */
  brings(link: LinkId, feed: FeedKey, aside: Shown | undefined): 'welcome' | 'ignored' | Fault {
    const linked = this.#linked.get(link);
    if (linked === undefined) return 'ignored';
    if (aside === undefined) return mayBring(linked, feed);
    if (aside.what === 'fork') return 'welcome';
    // One answer to one question, in the room that was asked about.
    const asked = linked.glimpses > 0 && this.#glimpsed.has(feed.room);
    linked.glimpses = Math.min(linked.glimpses - 1, aside.left);
    return asked ? 'welcome' : fault('unasked', 'newest runs that were not asked for');
  }

  /** Where a link may go on with a feed though what is before it is not here. */
  leapOf(link: LinkId, feed: FeedKey): number | undefined {
    return this.#linked.get(link)?.leaps.get(feedName(feed));
  }

  /** What a link brought of somebody else's feed is not true: no more of it is asked of it, or taken. */
  distrust(link: LinkId, feed: FeedKey): void {
    this.#linked.get(link)?.asked.set(feedName(feed), 'distrusted');
  }

  /** A run came that does not follow on what is here. */
  gap(feed: FeedKey, link: LinkId, to: number, now: Instant): SyncOut[] {
    const linked = this.#linked.get(link);
    if (linked === undefined) return [];
    frontierOf(linked, feed.room).raise(feed.author, to);
    return this.#asking.gap(feed, linked, to, now);
  }

  /** Runs of a feed are stored: they go on to whoever follows it, and are acknowledged to their author. */
  accepted(feed: FeedKey, runs: readonly Run[], now: Instant): SyncOut[] {
    const first = runs[0]?.first;
    const last = runs.at(-1)?.last;
    if (first === undefined || last === undefined) return [];
    this.#telling.rose(feed.room, now);
    const out = [...this.#asking.arrived(feed, last, now), ...this.#serving.spread(feed, runs, { first, last })];
    const author = this.#linked.of(feed.author);
    if (author === undefined) return out;
    author.unacknowledged.add(feed.room);
    this.#acks.setSooner(author.link, after(now, ACK_DELAY_MS));
    return out;
  }

  /** Acknowledges at once what waits to be: on leaving, so that those who spoke last know that they were heard. */
  acknowledgeAll(): SyncOut[] {
    return [...this.#linked.all()].flatMap((linked) => this.#telling.acknowledge(linked));
  }

  congested(link: LinkId): void {
    this.#linked.get(link)?.outflow.congest();
  }

  drained(link: LinkId): SyncOut[] {
    const linked = this.#linked.get(link);
    if (linked === undefined) return [];
    linked.outflow.drain();
    return [...this.#telling.acknowledge(linked), ...this.#serving.pump(linked)];
  }

  /** Whether a link's socket is full, so that nothing should be sent that can wait. */
  isCongested(link: LinkId): boolean {
    return this.#linked.get(link)?.outflow.congested ?? false;
  }

  loaded(link: LinkId, runs: readonly ServedRun[]): SyncOut[] {
    const linked = this.#linked.get(link);
    return linked === undefined ? [] : this.#serving.loaded(linked, runs);
  }

  latestLoaded(link: LinkId, runs: readonly ServedRun[]): SyncOut[] {
    const linked = this.#linked.get(link);
    return linked === undefined ? [] : this.#serving.latestLoaded(linked, runs);
  }

  prove(link: LinkId, proof: ForkProof): SyncOut[] {
    const linked = this.#linked.get(link);
    return linked === undefined ? [] : this.#serving.prove(linked, proof);
  }

  /** What a beat says of our frontiers. */
  digests(): Beat['digests'] {
    return this.#telling.digests();
  }

  /** A peer's beat: where its digest differs we tell what it may lack, and it asks for that. */
  beat(link: LinkId, digests: Beat['digests'], now: Instant): SyncOut[] {
    const linked = this.#linked.get(link);
    return linked === undefined || linked.outflow.congested ? [] : this.#telling.differing(linked, digests, now);
  }

  due(now: Instant): SyncOut[] {
    const out = this.#asking.due(now);
    for (let link = this.#acks.take(now); link !== undefined; link = this.#acks.take(now)) {
      const linked = this.#linked.get(link);
      if (linked !== undefined && !linked.outflow.congested) out.push(...this.#telling.acknowledge(linked));
    }
    return out;
  }

  nextDeadline(): Instant | undefined {
    return earliest(this.#asking.nextDeadline(), this.#acks.next());
  }

  /** One head of what a peer has told. */
  #told(linked: Linked, feed: FeedKey, sequence: number, rose: boolean, now: Instant): SyncOut[] {
    const { room, author } = feed;
    const own = author === this.#me;
    if (this.#holdings.isForked(feed)) return this.#proveOnce(linked, feed, sequence);
    const out: SyncOut[] = [];
    if (own && rose && sequence <= this.#holdings.head(feed)) {
      out.push({ type: 'delivered', room, peer: linked.peer, sequence });
    }
    if (sequence <= this.#holdings.tip(feed) || (author !== linked.peer && !this.#holdings.takes(feed))) return out;
    // What a linked author says itself is on its way, unless nothing is, or it has not kept what comes first.
    const kept = frontierOf(linked, room).baseOf(author) <= this.#holdings.tip(feed) + 1;
    const quiet = linked.level.has(room) && this.#telling.isAtRest(room, now);
    const missed = author === linked.peer && (!kept || quiet);
    this.#asking.lack(feed, sequence, { moving: rose && linked.level.has(room), missed }, now);
    return out;
  }

  /** A peer takes an author's word for which there is a proof that the author lies. */
  #proveOnce({ link, proven }: Linked, feed: FeedKey, sequence: number): SyncOut[] {
    const name = feedName(feed);
    if (proven.has(name) || !this.#holdings.concerns(feed, sequence)) return [];
    proven.add(name);
    return [{ type: 'prove', link, feed }];
  }

  /** Asks for the newest runs ahead of the rest where much is to come, so that there is something to read meanwhile. */
  #glimpse(linked: Linked, room: RoomName): SyncOut[] {
    const missing = this.#asking.progress(room)?.missing ?? 0;
    if (missing < CATCHING_UP_FROM || this.#glimpsed.has(room)) return [];
    this.#glimpsed.add(room);
    linked.glimpses = GLIMPSE_RUNS_MAX;
    const line = encodeMessage({ type: 'latest', room, runs: GLIMPSE_RUNS_MAX });
    return [{ type: 'send', link: linked.link, text: `${line}\n` }];
  }
}
