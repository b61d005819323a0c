/**
 * What to ask of whom. A linked author is asked for its own feed without an end, as soon as the link stands. What others
 * have said, one peer that has it is asked for; where its author goes on speaking and is not linked, that peer relays it.
 *
 * Invariant asked-once: each stretch of a feed is asked of one link at a time. So nothing comes twice while links stand,
 * and who has many neighbours gets a part of the history from each.
 */
import { earliest } from '../base/deadlines.ts';
import { ASK_PAUSE_MS, LEAP_PATIENCE_MS } from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import { after, between, type Instant } from '../base/units.ts';
import type { Feeds } from '../feed/feeds.ts';
import { type FeedKey, feedName } from '../feed/feeds-out.ts';
import type { RoomName } from '../identity/room-name.ts';
import { encodeMessage } from '../wire/message.ts';
import { CatchingUp } from './catching-up.ts';
import type { Linked, LinkedPeers } from './linked.ts';
import { Relays } from './relays.ts';
import { chooseSource, type Source } from './source.ts';
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

/** How a feed is asked for. */
interface Terms {
  /** The last sequence that the source told to have. */
  readonly to: number;
  /** Whether what is yet to come is asked for too. */
  readonly live: boolean;
  /** Links that were asked before. */
  readonly tried: readonly LinkId[];
  /** When it was found to be lacking. */
  readonly since: Instant;
  readonly now: Instant;
}

/** What is here and on its way in. */
export type Tips = Pick<Feeds, 'rooms' | 'head' | 'tip'>;

export class Asking {
  readonly #tips: Tips;
  readonly #linked: LinkedPeers;
  readonly #wants = new Wants();
  readonly #lacking = new Map<string, Lack>();
  readonly #relays = new Relays();
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
    return [...this.#relays.end(feed), wantOf(link, feed, tip + 1)];
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
      return this.#ask(source, feed, { to, live: this.#isLive(linked, feed), tried: [], since: now, now });
    }
    if (wanted === undefined || to > wanted.to) this.lack(feed, to, { missed: true }, now);
    return [];
  }

  /** A feed is stored up to `head`. */
  arrived(feed: FeedKey, head: number, now: Instant): SyncOut[] {
    this.#progress.get(feed.room)?.came(feed.author, head, now);
    const done = this.#wants.arrived(feed, head, now);
    if (done === undefined) return [];
    const name = feedName(feed);
    const out = this.#relays.of(feed) === done.link ? [] : this.#relays.end(feed);
    this.#linked.get(done.link)?.failed.delete(name);
    const author = this.#linked.of(feed.author);
    const told = author?.rooms.get(feed.room)?.of(feed.author) ?? 0;
    // What the author itself could not follow on, it can now.
    if (author !== undefined && author.link !== done.link && told > head) this.lack(feed, told, { missed: true }, now);
    return [...out, ...this.#askAll(now)];
  }

  /** A link has ended: what it was asked for is asked of others. */
  unlinked({ link, peer }: Linked, now: Instant): SyncOut[] {
    for (const room of this.#progress.keys()) {
      const own = { room, author: peer };
      this.#postponed.delete(feedName(own));
      // What it was still to send of its own, others are asked for when they tell of it.
      if (this.#wants.get(own) === undefined) this.#giveUp(own, now);
    }
    this.#relays.forgetLink(link);
    for (const [name, { feed }] of this.#lacking) {
      if (this.#isHad(feed)) continue;
      this.#lacking.delete(name);
      this.#giveUp(feed, now);
    }
    return this.#askOthers(this.#wants.forgetLink(link), now);
  }

  due(now: Instant): SyncOut[] {
    const late = this.#wants.late(now);
    const out = [...late.flatMap((wanted) => this.#takeBack(wanted)), ...this.#askOthers(late, now)];
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
    const hasRoom = ({ link }: Linked): boolean => this.#wants.hasRoom(link);
    let open = [...this.#linked.all()].filter(hasRoom);
    for (const [name, lack] of this.#lacking) {
      if (open.length === 0) break;
      const { feed, moving, missed } = lack;
      if (this.#wants.get(feed) !== undefined) continue;
      const author = this.#linked.of(feed.author);
      if (author !== undefined && !missed) {
        this.#lacking.delete(name);
        continue;
      }
      const source = this.#sourceOf(lack, [], now);
      // Whoever has it is asked for too much already, or is yet to come: its turn comes.
      if (source === 'busy' || (source === undefined && this.#isWorthWaiting(lack, now))) continue;
      this.#lacking.delete(name);
      if (source === undefined) {
        this.#giveUp(feed, now);
        continue;
      }
      const { linked } = source;
      const to = linked.rooms.get(feed.room)?.of(feed.author) ?? 0;
      // A mere claim takes no feed from the one who relays it.
      const relayed = this.#relays.of(feed) !== undefined && !this.#isLive(linked, feed);
      const live = author === undefined ? moving && !relayed : linked === author;
      out.push(...this.#ask(source, feed, { to, live, tried: [], since: lack.since, now }));
      open = open.filter(hasRoom);
    }
    return out;
  }

  /** What a link did not bring in time is no longer asked of it, so that it does not come twice. */
  #takeBack({ feed, link }: Wanted): SyncOut[] {
    const linked = this.#linked.get(link);
    if (linked === undefined) return [];
    linked.failed.add(feedName(feed));
    if (this.#relays.of(feed) === link) this.#relays.forget(feed);
    if (linked.peer === feed.author) return [];
    return [{ type: 'send', link, text: `${encodeMessage({ type: 'enough', ...feed })}\n` }];
  }

  #sourceOf(
    { feed, since }: Pick<Lack, 'feed' | 'since'>,
    tried: readonly LinkId[],
    now: Instant,
  ): Source | 'busy' | undefined {
    const next = this.#tips.tip(feed) + 1;
    const patient = between(since, now) < LEAP_PATIENCE_MS;
    return chooseSource({ feed, next, tried, patient }, this.#linked.all(), this.#wants);
  }

  #giveUp(feed: FeedKey, now: Instant): void {
    this.#progress.get(feed.room)?.givenUp(feed.author, this.#tips.head(feed), now);
  }

  /** Whether somebody may still come who has kept the beginning of what is lacking. */
  #isWorthWaiting({ feed, since }: Pick<Lack, 'feed' | 'since'>, now: Instant): boolean {
    if (between(since, now) >= LEAP_PATIENCE_MS) return false;
    const had = this.#isHad(feed);
    if (had) this.#askAt ??= after(since, LEAP_PATIENCE_MS);
    return had;
  }

  /** Whether anybody linked told to have more of a feed than is here. */
  #isHad(feed: FeedKey): boolean {
    const tip = this.#tips.tip(feed);
    return [...this.#linked.all()].some(({ rooms }) => (rooms.get(feed.room)?.of(feed.author) ?? 0) > tip);
  }

  #ask({ linked, leapTo }: Source, feed: FeedKey, { to, live, tried, since, now }: Terms): SyncOut[] {
    const { link } = linked;
    const from = leapTo ?? this.#tips.tip(feed) + 1;
    const name = feedName(feed);
    if (to < from || linked.asked.get(name) === 'distrusted') return [];
    linked.asked.set(name, 'welcome');
    if (leapTo === undefined) linked.leaps.delete(name);
    else linked.leaps.set(name, leapTo);
    this.#wants.add({ feed, link, from, to, since, tried: [...tried, link] }, now);
    const endless = linked.peer === feed.author || this.#relays.mayBecome(link, feed);
    if (!live || !endless) return [wantOf(link, feed, from, to)];
    const out = this.#relays.of(feed) === link ? [] : this.#relays.end(feed);
    if (linked.peer !== feed.author) this.#relays.set(feed, link);
    return [...out, wantOf(link, feed, from)];
  }

  /**
   * What did not come from one is asked of another that has more than we, be it less than the first one claimed. Nobody
   * else having it, the beats will find it again.
   */
  #askOthers(wants: readonly Wanted[], now: Instant): SyncOut[] {
    return wants.flatMap(({ feed, tried, since }) => {
      const source = this.#sourceOf({ feed, since }, tried, now);
      if (source === 'busy' || (source === undefined && this.#isWorthWaiting({ feed, since }, now))) {
        const missed = this.#linked.of(feed.author) !== undefined;
        this.#lacking.set(feedName(feed), { feed, moving: false, missed, since });
        return [];
      }
      if (source === undefined) {
        this.#giveUp(feed, now);
        return [];
      }
      const to = source.linked.rooms.get(feed.room)?.of(feed.author) ?? 0;
      const live = source.linked.peer === feed.author || this.#relays.of(feed) !== undefined;
      return this.#ask(source, feed, { to, live, tried, since, now });
    });
  }

  /** Whether a link sends what is yet to come of a feed. */
  #isLive({ link, peer }: Linked, feed: FeedKey): boolean {
    return peer === feed.author || this.#relays.of(feed) === link;
  }
}

function wantOf(link: LinkId, feed: FeedKey, from: number, to?: number): SyncOut {
  const end = to === undefined ? {} : { to };
  return { type: 'send', link, text: `${encodeMessage({ type: 'want', ...feed, from, ...end })}\n` };
}
