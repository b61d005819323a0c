/**
 * Who has what, what to send to whom, what to ask of whom. On link-up both sides tell their frontier. Each author sends
 * its own feed to every linked member of the room, from the place that the member told; what an absent author said is
 * asked of one peer that has it. Beats carry digests, so that whatever was lost on the way is found and repaired.
 */
import { Deadlines, earliest } from '../base/deadlines.ts';
import {
  ACK_DELAY_MS,
  DIGEST_REST_MS,
  DIGESTS_PER_BEAT_MAX,
  FEEDS_IN_PERSON_MAX,
  FEEDS_PER_ROOM_MAX,
  TELL_INTERVAL_MS,
} from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import { after, between, type Instant } from '../base/units.ts';
import { type FeedKey, type Feeds, feedName } from '../feed/feeds.ts';
import { Frontier } from '../feed/frontier.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import type { Run } from '../wire/entry.ts';
import { type Fault, fault } from '../wire/fault.ts';
import { type Beat, encodeMessage, type Have, type Want } from '../wire/message.ts';
import { type Linked, lack, makeLinked, mayBring } from './linked.ts';
import type { Stretch } from './outflow.ts';
import { Telling } from './telling.ts';
import { type Wanted, Wants } from './wants.ts';

export type SyncOut =
  | { readonly type: 'send'; readonly link: LinkId; readonly text: string }
  /** Reads a stretch of the log for a link: `loaded()` brings it. */
  | { readonly type: 'load'; readonly link: LinkId; readonly stretch: Stretch }
  /** `peer` has stored one's own entries up to `sequence`. */
  | { readonly type: 'delivered'; readonly room: RoomName; readonly peer: PeerId; readonly sequence: number }
  /** A peer has told its whole frontier: the greatest clock it knows of, and how much of our own feed it has. */
  | { readonly type: 'told'; readonly room: RoomName; readonly clock: number; readonly ours: number }
  | { readonly type: 'fault'; readonly link: LinkId; readonly fault: Fault };

/** Heads that a peer who keeps the rules can have to tell, its own included. */
const HEADS_KEPT_MAX = FEEDS_PER_ROOM_MAX + FEEDS_IN_PERSON_MAX + 1;

/** What sync may see of the feeds. */
export type Holdings = Pick<Feeds, 'rooms' | 'frontier' | 'head' | 'tip' | 'clock'>;

export class Sync {
  readonly #me: PeerId;
  readonly #holdings: Holdings;
  readonly #links = new Map<LinkId, Linked>();
  readonly #peers = new Map<PeerId, Linked>();
  readonly #wants = new Wants();
  readonly #acks = new Deadlines<LinkId>();
  readonly #telling = new Telling();
  /** When a room's frontier last rose. */
  readonly #roseAt = new Map<RoomName, Instant>();

  constructor(me: PeerId, holdings: Holdings) {
    this.#me = me;
    this.#holdings = holdings;
  }

  /** The links that stand. */
  links(): IterableIterator<LinkId> {
    return this.#links.keys();
  }

  /** Who is at the other end of a link that stands. */
  peerOf(link: LinkId): PeerId | undefined {
    return this.#links.get(link)?.peer;
  }

  linked(link: LinkId, peer: PeerId, now: Instant): SyncOut[] {
    const linked = makeLinked(link, peer);
    this.#links.set(link, linked);
    this.#peers.set(peer, linked);
    return [...this.#holdings.rooms()].flatMap((room) => this.#tellWhole(linked, room, now));
  }

  unlinked(link: LinkId, now: Instant): SyncOut[] {
    const linked = this.#links.get(link);
    if (linked === undefined) return [];
    this.#links.delete(link);
    this.#acks.cancel(link);
    if (this.#peers.get(linked.peer) === linked) this.#peers.delete(linked.peer);
    return this.#askOthers(this.#wants.forgetLink(link), now);
  }

  /** What the peer tells to have; also how it acknowledges what it got. */
  have(link: LinkId, have: Have, now: Instant): SyncOut[] {
    const linked = this.#links.get(link);
    const { room } = have;
    if (linked === undefined || this.#holdings.frontier(room) === undefined) return [];
    const theirs = linked.rooms.get(room) ?? new Frontier();
    linked.rooms.set(room, theirs);
    const out: SyncOut[] = [];
    for (const [author, sequence] of have.heads) {
      // What we hold as well is of no use to remember, nor more authors than anybody keeps; but for the two of us.
      const useless = sequence <= this.#holdings.head({ room, author }) || theirs.size >= HEADS_KEPT_MAX;
      if (useless && theirs.of(author) === 0 && author !== this.#me && author !== linked.peer) continue;
      const rose = theirs.raise(author, sequence);
      const ours = author === this.#me && sequence <= this.#holdings.head({ room, author });
      if (ours && rose) out.push({ type: 'delivered', room, peer: linked.peer, sequence });
      if (sequence > this.#holdings.tip({ room, author })) lack(linked, { room, author });
    }
    if (have.whole === true) {
      const ours = theirs.of(this.#me);
      linked.outflow.follow({ room, author: this.#me }, ours + 1);
      out.push({ type: 'told', room, clock: have.clock ?? 0, ours });
    }
    return [...out, ...this.#askMore(linked, now), ...this.#pump(linked)];
  }

  want(link: LinkId, want: Want): SyncOut[] {
    const linked = this.#links.get(link);
    const { room, author, from } = want;
    if (linked === undefined) return [];
    const to = Math.min(want.to, this.#holdings.head({ room, author }));
    if (from > to) return [];
    const taken = linked.outflow.ask({ feed: { room, author }, from, to });
    if (!taken) return [{ type: 'fault', link, fault: fault('flood', 'too many ranges asked for') }];
    return this.#pump(linked);
  }

  /** Whether a link may bring entries of a feed; a fault when it has no business to. */
  brings(link: LinkId, feed: FeedKey): 'welcome' | 'ignored' | Fault {
    const linked = this.#links.get(link);
    return linked === undefined ? 'ignored' : mayBring(linked, feed);
  }

  /** What a link brought of somebody else's feed is not true: no more of it is asked of it, or taken. */
  distrust(link: LinkId, feed: FeedKey): void {
    this.#links.get(link)?.asked.set(feedName(feed), 'distrusted');
  }

  /** A run came that does not follow on what is here: what is missing is asked of the one who sent it. */
  gap(feed: FeedKey, link: LinkId, to: number, now: Instant): SyncOut[] {
    const linked = this.#links.get(link);
    const wanted = this.#wants.get(feed);
    // What the link itself was asked for is on its way; asking again at each further run would bring it many times.
    if (linked === undefined || (wanted !== undefined && (wanted.link === link || wanted.to >= to))) return [];
    return this.#ask(linked, feed, to, now);
  }

  /** Runs of a feed are stored. Own ones go to everyone in the room, others' are acknowledged to their author. */
  accepted(feed: FeedKey, runs: readonly Run[], now: Instant): SyncOut[] {
    const first = runs[0]?.first;
    const last = runs.at(-1)?.last;
    if (first === undefined || last === undefined) return [];
    this.#roseAt.set(feed.room, now);
    const done = this.#wants.arrived(feed, last, now);
    const asker = done === undefined ? undefined : this.#links.get(done.link);
    const more = asker === undefined ? [] : this.#askMore(asker, now);
    if (feed.author === this.#me) return [...more, ...this.#spread(feed.room, runs, first, last)];
    const author = this.#peers.get(feed.author);
    if (author !== undefined) {
      author.unacknowledged.add(feed.room);
      this.#acks.setSooner(author.link, after(now, ACK_DELAY_MS));
    }
    return more;
  }

  /** Acknowledges at once what waits to be: on leaving, so that those who spoke last know that they were heard. */
  acknowledgeAll(): SyncOut[] {
    return [...this.#links.values()].flatMap((linked) => this.#acknowledge(linked));
  }

  congested(link: LinkId): void {
    this.#links.get(link)?.outflow.congest();
  }

  drained(link: LinkId): SyncOut[] {
    const linked = this.#links.get(link);
    if (linked === undefined) return [];
    linked.outflow.drain();
    return [...this.#acknowledge(linked), ...this.#pump(linked)];
  }

  /** Whether a link's socket is full, so that nothing should be sent that can wait. */
  isCongested(link: LinkId): boolean {
    return this.#links.get(link)?.outflow.congested ?? false;
  }

  /** The stretch that was asked for with `load`: the runs' texts and where they end. */
  loaded(link: LinkId, runs: readonly { readonly last: number; readonly text: string }[]): SyncOut[] {
    const linked = this.#links.get(link);
    if (linked === undefined) return [];
    linked.outflow.loaded(runs.at(-1)?.last);
    // The store has nothing to give now; it is asked again when something happens on the link or in the feed.
    if (runs.length === 0) return [];
    const text = runs.map((run) => `${run.text}\n`).join('');
    return [{ type: 'send', link, text }, ...this.#pump(linked)];
  }

  /** What a beat says of our frontiers. */
  digests(): Beat['digests'] {
    const digests: Beat['digests'] = [];
    for (const room of this.#holdings.rooms()) {
      if (digests.length < DIGESTS_PER_BEAT_MAX) digests.push([room, this.#holdings.frontier(room)?.digest() ?? '']);
    }
    return digests;
  }

  /** A peer's beat: where its digest differs though nothing is on its way, we tell our frontier, and it asks. */
  beat(link: LinkId, digests: Beat['digests'], now: Instant): SyncOut[] {
    const linked = this.#links.get(link);
    if (linked === undefined || linked.outflow.congested) return [];
    return digests.flatMap(([room, digest]) => {
      const toldAt = linked.toldAt.get(room);
      if (toldAt !== undefined && between(toldAt, now) < TELL_INTERVAL_MS) return [];
      const ours = this.#holdings.frontier(room);
      const roseAt = this.#roseAt.get(room);
      const resting = roseAt === undefined || between(roseAt, now) >= DIGEST_REST_MS;
      return ours !== undefined && resting && ours.digest() !== digest ? this.#tellWhole(linked, room, now) : [];
    });
  }

  due(now: Instant): SyncOut[] {
    const out = this.#askOthers(this.#wants.late(now), now);
    for (let link = this.#acks.take(now); link !== undefined; link = this.#acks.take(now)) {
      const linked = this.#links.get(link);
      if (linked !== undefined && !linked.outflow.congested) out.push(...this.#acknowledge(linked));
    }
    return out;
  }

  nextDeadline(): Instant | undefined {
    return earliest(this.#wants.nextDeadline(), this.#acks.next());
  }

  #tellWhole({ link, toldAt }: Linked, room: RoomName, now: Instant): SyncOut[] {
    toldAt.set(room, now);
    const text = this.#telling.whole(room, this.#holdings.frontier(room), this.#holdings.clock(room));
    return [{ type: 'send', link, text }];
  }

  /** Own runs, at once to every link that has everything before them; the others read them from the log later. */
  #spread(room: RoomName, runs: readonly Run[], first: number, last: number): SyncOut[] {
    const text = runs.map((run) => `${run.text}\n`).join('');
    const out: SyncOut[] = [];
    for (const linked of this.#links.values()) {
      if (linked.outflow.passOn(room, first, last)) out.push({ type: 'send', link: linked.link, text });
      else out.push(...this.#pump(linked));
    }
    return out;
  }

  #pump(linked: Linked): SyncOut[] {
    const stretch = linked.outflow.next((feed) => this.#holdings.head(feed));
    return stretch === undefined ? [] : [{ type: 'load', link: linked.link, stretch }];
  }

  #acknowledge(linked: Linked): SyncOut[] {
    const { link, peer, unacknowledged } = linked;
    const out: SyncOut[] = [];
    for (const room of unacknowledged) {
      const heads: Have['heads'] = [[peer, this.#holdings.head({ room, author: peer })]];
      out.push({ type: 'send', link, text: `${encodeMessage({ type: 'have', room, heads })}\n` });
    }
    unacknowledged.clear();
    return out;
  }

  /** Asks a link for what it has and we lack, as much at once as allowed. Linked authors send their own feeds unasked. */
  #askMore(linked: Linked, now: Instant): SyncOut[] {
    const out: SyncOut[] = [];
    for (const [name, feed] of linked.lacking) {
      if (!this.#wants.hasRoom(linked.link)) break;
      linked.lacking.delete(name);
      if (this.#wants.get(feed) !== undefined) continue;
      if (this.#peers.get(feed.author)?.rooms.has(feed.room) === true || feed.author === linked.peer) continue;
      out.push(...this.#ask(linked, feed, linked.rooms.get(feed.room)?.of(feed.author) ?? 0, now));
    }
    return out;
  }

  #ask(linked: Linked, feed: FeedKey, to: number, now: Instant, tried: readonly LinkId[] = []): SyncOut[] {
    const from = this.#holdings.tip(feed) + 1;
    const name = feedName(feed);
    if (to < from || linked.asked.get(name) === 'distrusted') return [];
    linked.asked.set(name, 'welcome');
    this.#wants.add({ feed, link: linked.link, to, tried: [...tried, linked.link] }, now);
    return [{ type: 'send', link: linked.link, text: `${encodeMessage({ type: 'want', ...feed, from, to })}\n` }];
  }

  /**
   * What did not come from one is asked of another that has more than we, be it less than the first one claimed. Nobody
   * else having it, the beats will find it again.
   */
  #askOthers(wants: readonly Wanted[], now: Instant): SyncOut[] {
    return wants.flatMap(({ feed, tried }) => {
      const tip = this.#holdings.tip(feed);
      for (const other of this.#links.values()) {
        const theirs = other.rooms.get(feed.room)?.of(feed.author) ?? 0;
        if (tried.includes(other.link) || theirs <= tip || other.asked.get(feedName(feed)) === 'distrusted') continue;
        if (this.#wants.hasRoom(other.link)) return this.#ask(other, feed, theirs, now, tried);
        lack(other, feed);
      }
      return [];
    });
  }
}
