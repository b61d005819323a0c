/**
 * What to ask of whom. A linked author is asked for its own feed without an end, as soon as the link stands. What others
 * have said, one peer that has it is asked for; where its author goes on speaking and is not linked, that peer relays it.
 *
 * Invariant asked-once: each stretch of a feed is asked of one link at a time. So nothing comes twice while links stand,
 * and who has many neighbours gets a part of the history from each.
 */
import { earliest } from '../base/deadlines.ts';
import { ASK_PAUSE_MS, FOLLOWS_PER_LINK_MAX, LEAP_PATIENCE_MS } from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import { after, between, type Instant } from '../base/units.ts';
import type { Feeds } from '../feed/feeds.ts';
import { type FeedKey, feedName } from '../feed/feeds-out.ts';
import type { RoomName } from '../identity/room-name.ts';
import { encodeMessage } from '../wire/message.ts';
import { CatchingUp } from './catching-up.ts';
import type { Linked, LinkedPeers } from './linked.ts';
import type { SyncOut } from './sync-out.ts';
import { type Wanted, Wants } from './wants.ts';

/** A feed of which somebody has more than we. */
interface Lack {
  readonly feed: FeedKey;
  /** Its author has spoken since: what comes next is wanted too. */
  readonly moving: boolean;
  /** A linked author does not send it of itself, or it did not follow on what was here. */
  readonly missed: boolean;
  readonly since: Instant;
}

/** Who is asked for a feed, and where it goes on there. */
interface Source {
  readonly linked: Linked;
  readonly leapTo: number | undefined;
}

/** What is here and on its way in. */
export type Tips = Pick<Feeds, 'rooms' | 'head' | 'tip'>;

export class Asking {
  readonly #tips: Tips;
  readonly #linked: LinkedPeers;
  readonly #wants = new Wants();
  readonly #lacking = new Map<string, Lack>();
  /** Who relays which feed, by name, until told that it is enough. */
  readonly #relays = new Map<string, LinkId>();
  /** Feeds of linked authors that are yet to be asked for, by name. */
  readonly #postponed = new Set<string>();
  readonly #progress = new Map<RoomName, CatchingUp>();
  #askAt: Instant | undefined;

  constructor(tips: Tips, linked: LinkedPeers) {
    this.#tips = tips;
    this.#linked = linked;
    for (const room of tips.rooms()) this.#progress.set(room, new CatchingUp());
  }

  /** How much of a room is still to come. */
  progress(room: RoomName): CatchingUp | undefined {
    return this.#progress.get(room);
  }

  /**
   * Asks a peer that has just been linked for all that it says itself, behind what is here and on its way. Where somebody
   * else brings its feed, this waits until it has told how long that is: others may claim anything.
   */
  follow({ link, peer, rooms, level }: Linked, room: RoomName): SyncOut[] {
    const feed = { room, author: peer };
    const name = feedName(feed);
    const wanted = this.#wants.get(feed);
    if (wanted !== undefined && !level.has(room)) {
      this.#postponed.add(name);
      return [];
    }
    this.#postponed.delete(name);
    this.#lacking.delete(name);
    const coming = Math.min(wanted?.to ?? 0, rooms.get(room)?.of(peer) ?? 0);
    const tip = Math.max(this.#tips.tip(feed), coming);
    // Nothing more is taken of an author who told two histories.
    if (!Number.isFinite(tip)) return [];
    return [...this.#endRelay(feed), wantOf(link, feed, tip + 1)];
  }

  /** A peer has told everything that it has: now it is clear from where on its own feed is to be asked for. */
  levelled(linked: Linked, room: RoomName): SyncOut[] {
    const name = feedName({ room, author: linked.peer });
    return this.#postponed.has(name) ? this.follow(linked, room) : [];
  }

  /** A peer has more of a feed than is here. `moving`: it has spoken since the link stands; `missed`: something was lost. */
  lack(feed: FeedKey, told: number, { moving = false, missed = false }, now: Instant): void {
    this.#progress.get(feed.room)?.told(feed.author, told, this.#tips.head(feed), now);
    const name = feedName(feed);
    const before = this.#lacking.get(name);
    this.#lacking.set(name, {
      feed,
      moving: moving || before?.moving === true,
      missed: missed || before?.missed === true,
      since: before?.since ?? now,
    });
    this.#askAt ??= after(now, ASK_PAUSE_MS);
  }

  /** A run came that does not follow on what is here: what is missing is asked of the one who sent it. */
  gap(feed: FeedKey, linked: Linked, to: number, now: Instant): SyncOut[] {
    const wanted = this.#wants.get(feed);
    // What the link itself was asked for is on its way; asking again at each further run would bring it many times.
    if (wanted?.link === linked.link) return [];
    const kept = (linked.rooms.get(feed.room)?.baseOf(feed.author) ?? 1) <= this.#tips.tip(feed) + 1;
    if (wanted === undefined && kept) {
      const source = { linked, leapTo: undefined };
      return this.#ask(source, feed, { to, live: this.#isLive(linked, feed), tried: [], now });
    }
    if (wanted === undefined || to > wanted.to) this.lack(feed, to, { missed: true }, now);
    return [];
  }

  /** A feed is stored up to `head`. */
  arrived(feed: FeedKey, head: number, now: Instant): SyncOut[] {
    this.#progress.get(feed.room)?.came(feed.author, head, now);
    const done = this.#wants.arrived(feed, head, now);
    if (done === undefined) return [];
    const author = this.#linked.of(feed.author);
    const told = author?.rooms.get(feed.room)?.of(feed.author) ?? 0;
    // What the author itself could not follow on, it can now.
    if (author !== undefined && author.link !== done.link && told > head) this.lack(feed, told, { missed: true }, now);
    return this.#askAll(now);
  }

  /** A link has ended: what it was asked for is asked of others. */
  unlinked({ link, peer }: Linked, now: Instant): SyncOut[] {
    for (const room of this.#progress.keys()) this.#postponed.delete(feedName({ room, author: peer }));
    for (const [name, relay] of this.#relays) if (relay === link) this.#relays.delete(name);
    return this.#askOthers(this.#wants.forgetLink(link), now);
  }

  due(now: Instant): SyncOut[] {
    const out = this.#askOthers(this.#wants.late(now), now);
    if (this.#askAt === undefined || now < this.#askAt) return out;
    this.#askAt = undefined;
    return [...out, ...this.#askAll(now)];
  }

  nextDeadline(): Instant | undefined {
    return earliest(this.#askAt, this.#wants.nextDeadline());
  }

  /** Asks for what is lacking, as much as may be asked at once, each feed of the link that was asked for least. */
  #askAll(now: Instant): SyncOut[] {
    const out: SyncOut[] = [];
    const all = [...this.#linked.all()];
    const hasRoom = ({ link }: Linked): boolean => this.#wants.hasRoom(link);
    let open = all.filter(hasRoom);
    for (const [name, lack] of this.#lacking) {
      if (open.length === 0) break;
      const { feed, moving, missed } = lack;
      if (this.#wants.get(feed) !== undefined) continue;
      const author = this.#linked.of(feed.author);
      if (author !== undefined && !missed) {
        this.#lacking.delete(name);
        continue;
      }
      const source = this.#sourceOf(lack, open, [], now);
      // Whoever has it may be asked for too much already, or is yet to come: its turn comes.
      if (source === undefined && (open.length < all.length || this.#isWorthWaiting(lack, now))) continue;
      this.#lacking.delete(name);
      if (source === undefined) continue;
      const { linked } = source;
      const to = linked.rooms.get(feed.room)?.of(feed.author) ?? 0;
      const live = author === undefined ? moving || this.#isLive(linked, feed) : linked === author;
      out.push(...this.#ask(source, feed, { to, live, tried: [], now }));
      open = open.filter(hasRoom);
    }
    return out;
  }

  /**
   * Whom to ask: of those who have more than we from where we stand on, the author, else the one that was asked for least.
   * Where for `LEAP_PATIENCE_MS` nobody had kept that, whoever has kept most.
   */
  #sourceOf(
    { feed, since }: Pick<Lack, 'feed' | 'since'>,
    among: readonly Linked[],
    tried: readonly LinkId[],
    now: Instant,
  ): Source | undefined {
    const next = this.#tips.tip(feed) + 1;
    const name = feedName(feed);
    let best: Linked | undefined;
    let longest: Linked | undefined;
    for (const linked of among) {
      const theirs = linked.rooms.get(feed.room);
      if (theirs === undefined || theirs.of(feed.author) < next) continue;
      if (tried.includes(linked.link) || linked.asked.get(name) === 'distrusted') continue;
      const base = theirs.baseOf(feed.author);
      if (longest === undefined || base < (longest.rooms.get(feed.room)?.baseOf(feed.author) ?? 1)) longest = linked;
      if (base > next) continue;
      if (linked.peer === feed.author) return { linked, leapTo: undefined };
      if (best === undefined || this.#wants.entries(linked.link) < this.#wants.entries(best.link)) best = linked;
    }
    if (best !== undefined) return { linked: best, leapTo: undefined };
    if (longest === undefined || between(since, now) < LEAP_PATIENCE_MS) return undefined;
    return { linked: longest, leapTo: longest.rooms.get(feed.room)?.baseOf(feed.author) };
  }

  /** Whether somebody may still come who has kept the beginning of what is lacking. */
  #isWorthWaiting({ feed, since }: Lack, now: Instant): boolean {
    if (between(since, now) >= LEAP_PATIENCE_MS) return false;
    const next = this.#tips.tip(feed) + 1;
    const has = [...this.#linked.all()].some(({ rooms }) => (rooms.get(feed.room)?.of(feed.author) ?? 0) >= next);
    if (has) this.#askAt ??= after(since, LEAP_PATIENCE_MS);
    return has;
  }

  #ask(
    { linked, leapTo }: Source,
    feed: FeedKey,
    {
      to,
      live,
      tried,
      now,
    }: { readonly to: number; readonly live: boolean; readonly tried: readonly LinkId[]; readonly now: Instant },
  ): SyncOut[] {
    const { link } = linked;
    const from = leapTo ?? this.#tips.tip(feed) + 1;
    const name = feedName(feed);
    if (to < from || linked.asked.get(name) === 'distrusted') return [];
    linked.asked.set(name, 'welcome');
    if (leapTo === undefined) linked.leaps.delete(name);
    else linked.leaps.set(name, leapTo);
    this.#wants.add({ feed, link, from, to, tried: [...tried, link] }, now);
    if (!live || !this.#mayRelay(linked, feed)) return [wantOf(link, feed, from, to)];
    const out = this.#relays.get(name) === link ? [] : this.#endRelay(feed);
    if (linked.peer !== feed.author) this.#relays.set(name, link);
    return [...out, wantOf(link, feed, from)];
  }

  /**
   * What did not come from one is asked of another that has more than we, be it less than the first one claimed. Nobody
   * else having it, the beats will find it again.
   */
  #askOthers(wants: readonly Wanted[], now: Instant): SyncOut[] {
    return wants.flatMap(({ feed, tried }) => {
      const open = [...this.#linked.all()].filter(({ link }) => this.#wants.hasRoom(link));
      const source = this.#sourceOf({ feed, since: now }, open, tried, now);
      if (source === undefined) {
        this.#progress.get(feed.room)?.givenUp(feed.author, this.#tips.head(feed), now);
        return [];
      }
      const to = source.linked.rooms.get(feed.room)?.of(feed.author) ?? 0;
      const live = source.linked.peer === feed.author || this.#relays.has(feedName(feed));
      return this.#ask(source, feed, { to, live, tried, now });
    });
  }

  /** Whether a link sends what is yet to come of a feed. */
  #isLive({ link, peer }: Linked, feed: FeedKey): boolean {
    return peer === feed.author || this.#relays.get(feedName(feed)) === link;
  }

  /** Whether a link may be asked to send what is yet to come of a feed: so many feeds and no more. */
  #mayRelay({ link, peer }: Linked, feed: FeedKey): boolean {
    if (peer === feed.author || this.#relays.get(feedName(feed)) === link) return true;
    let relayed = 0;
    for (const relay of this.#relays.values()) if (relay === link) relayed += 1;
    return relayed < FOLLOWS_PER_LINK_MAX - this.#progress.size;
  }

  #endRelay(feed: FeedKey): SyncOut[] {
    const name = feedName(feed);
    const relay = this.#relays.get(name);
    if (relay === undefined) return [];
    this.#relays.delete(name);
    return [{ type: 'send', link: relay, text: `${encodeMessage({ type: 'enough', ...feed })}\n` }];
  }
}

function wantOf(link: LinkId, feed: FeedKey, from: number, to?: number): SyncOut {
  const end = to === undefined ? {} : { to };
  return { type: 'send', link, text: `${encodeMessage({ type: 'want', ...feed, from, ...end })}\n` };
}
