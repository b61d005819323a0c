/** All feeds of the rooms one is in, the own ones among them. */
import { assert } from '../base/assert.ts';
import {
  CLOCK_AHEAD_MAX,
  CLOCK_STEP_MAX,
  FEEDS_IN_PERSON_MAX,
  FEEDS_PER_ROOM_MAX,
  OUTBOX_MESSAGES_MAX,
} from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import { composeRun, type Run, type Utterance } from '../wire/entry.ts';
import { type Fault, fault } from '../wire/fault.ts';
import type { RunHash } from '../wire/fields.ts';
import { parseRun } from '../wire/run.ts';
import { type Bearer, Feed, type HashedRun, type Head, type Offered, type Work } from './feed.ts';
import { Frontier } from './frontier.ts';
import { Intake } from './intake.ts';

/** Names a feed in questions and their answers. */
export interface FeedKey {
  readonly room: RoomName;
  readonly author: PeerId;
}

/** A feed as a key of maps. */
export function feedName({ room, author }: FeedKey): string {
  return `${room} ${author}`;
}

/** A feed's head as the store keeps it. */
export type StoredHead = FeedKey & Head;

export type FeedsOut =
  | ({ readonly type: 'verify'; readonly feed: FeedKey } & Omit<Extract<Work, { readonly type: 'verify' }>, 'type'>)
  | { readonly type: 'sign'; readonly feed: FeedKey; readonly text: string }
  | { readonly type: 'store'; readonly feed: FeedKey; readonly runs: readonly HashedRun[] }
  /** The runs are stored and count from now on. */
  | { readonly type: 'accepted'; readonly feed: FeedKey; readonly runs: readonly Run[] }
  | { readonly type: 'gap'; readonly feed: FeedKey; readonly link: LinkId; readonly from: number; readonly to: number }
  | { readonly type: 'fault'; readonly link: LinkId; readonly fault: Fault }
  /** What the link brought of somebody else's feed is not true. It may have been taken in: nobody is cut off for it. */
  | { readonly type: 'distrusted'; readonly feed: FeedKey; readonly link: LinkId }
  | { readonly type: 'forked'; readonly feed: FeedKey }
  | { readonly type: 'flow'; readonly link: LinkId; readonly reading: boolean }
  /** The disk refused; own messages among it are lost to the room and named here. */
  | { readonly type: 'store-failed'; readonly feed: FeedKey; readonly why: string; readonly unsaid: number };

interface Room {
  readonly feeds: Map<PeerId, Feed>;
  /** What is stored. */
  readonly frontier: Frontier;
  /** The greatest Lamport clock stored. */
  clock: number;
  /** The greatest one heard of, as far as that is believed. */
  heardClock: number;
  /** Own messages that wait for their run. */
  outbox: Utterance[];
}

export class Feeds {
  readonly #me: PeerId;
  readonly #rooms = new Map<RoomName, Room>();
  readonly #intake = new Intake();

  constructor(me: PeerId, rooms: readonly RoomName[], heads: readonly StoredHead[]) {
    this.#me = me;
    for (const room of rooms) {
      this.#rooms.set(room, { feeds: new Map(), frontier: new Frontier(), clock: 0, heardClock: 0, outbox: [] });
    }
    for (const { room, author, ...head } of heads) {
      const known = this.#rooms.get(room);
      known?.feeds.set(author, new Feed(room, author, head));
      known?.frontier.raise(author, head.sequence);
      if (known !== undefined) known.clock = Math.max(known.clock, head.clock);
    }
  }

  rooms(): IterableIterator<RoomName> {
    return this.#rooms.keys();
  }

  /** What is stored of a room, or undefined where one is not in it. */
  frontier(room: RoomName): Frontier | undefined {
    return this.#rooms.get(room)?.frontier;
  }

  /** The greatest clock stored of a room. */
  clock(room: RoomName): number {
    return this.#rooms.get(room)?.clock ?? 0;
  }

  /** The last sequence of a feed that is stored. */
  head({ room, author }: FeedKey): number {
    return this.#rooms.get(room)?.frontier.of(author) ?? 0;
  }

  /** The last sequence of a feed that is stored or on its way in; without bound where nothing more is taken in. */
  tip({ room, author }: FeedKey): number {
    const feed = this.#rooms.get(room)?.feeds.get(author);
    return feed?.forked === true ? Number.POSITIVE_INFINITY : (feed?.tip ?? 0);
  }

  /** A run that came on a link. */
  offer(run: Run, from: Bearer): FeedsOut[] {
    const { link } = from;
    const room = this.#rooms.get(run.room);
    if (room === undefined) return [refusal(link, fault('bad-run', 'a room that we are not in'))];
    let feed = room.feeds.get(run.author);
    if (feed === undefined) {
      if (!hasPlace(room, from.peer === run.author)) return [];
      feed = new Feed(run.room, run.author);
    }
    const offer = feed.offer(run, from);
    if (offer.type === 'duplicate') return [];
    if (offer.type === 'gap') return [{ ...offer, feed: keyOf(feed), link }];
    room.feeds.set(run.author, feed);
    const out: FeedsOut[] = this.#intake.add(link, run.text.length) ? [{ type: 'flow', link, reading: false }] : [];
    return [...out, ...this.#proceed(feed, room)];
  }

  verified(key: FeedKey, valid: boolean, hashes: readonly RunHash[]): FeedsOut[] {
    const { feed, room } = this.#find(key);
    const judgement = feed.verified(valid, hashes);
    if (judgement.type === 'work') return [workOut(feed, judgement.work)];
    const { from, dropped } = judgement;
    const out: FeedsOut[] = feed.forked ? [{ type: 'forked', feed: key }] : [];
    if (from?.peer === feed.author) out.push(refusal(from.link, judgement.fault));
    else if (from !== undefined) out.push({ type: 'distrusted', feed: key, link: from.link });
    if (feed.head.sequence === 0 && !feed.forked) room.feeds.delete(feed.author);
    return [...out, ...this.#release(dropped)];
  }

  stored(key: FeedKey): FeedsOut[] {
    const { feed, room } = this.#find(key);
    const batch = feed.stored();
    room.frontier.raise(feed.author, feed.head.sequence);
    room.clock = Math.max(room.clock, feed.head.clock);
    const accepted: FeedsOut = { type: 'accepted', feed: key, runs: batch.map(({ run }) => run) };
    return [accepted, ...this.#release(batch), ...this.#proceed(feed, room)];
  }

  storeFailed(key: FeedKey, why: string): FeedsOut[] {
    const { feed, room } = this.#find(key);
    const dropped = feed.storeFailed();
    const unsaid = dropped.filter(({ from }) => from === undefined).flatMap(({ run }) => run.entries).length;
    const failed: FeedsOut = { type: 'store-failed', feed: key, why, unsaid };
    return [failed, ...this.#release(dropped), ...this.#proceed(feed, room)];
  }

  /**
   * Somebody knows of entries up to `clock`: what is said here next comes after them, though they are still to come. It
   * is believed up to a bound, since anybody can claim anything, and never told on.
   */
  heardOf(room: RoomName, clock: number): void {
    const known = this.#rooms.get(room);
    if (known === undefined) return;
    known.heardClock = Math.max(known.heardClock, Math.min(clock, known.clock + CLOCK_AHEAD_MAX));
  }

  /** Says something in a room: it waits in the outbox for its run. False when the outbox is full. */
  say(room: RoomName, utterance: Utterance): boolean {
    const known = this.#rooms.get(room);
    assert(known !== undefined, 'a message for a room that one is not in');
    if (known.outbox.length >= OUTBOX_MESSAGES_MAX) return false;
    known.outbox.push(utterance);
    return true;
  }

  /** Makes a run of what waits in a room's outbox, once the own feed is at rest. */
  compose(room: RoomName): FeedsOut[] {
    const known = this.#rooms.get(room);
    if (known === undefined || known.outbox.length === 0) return [];
    const feed = known.feeds.get(this.#me) ?? new Feed(room, this.#me);
    known.feeds.set(this.#me, feed);
    if (!feed.idle) return [];
    const { sequence, hash } = feed.head;
    // Somebody's clock may have run far ahead. Ours follows in steps that the others accept.
    const clock = Math.min(Math.max(known.clock, known.heardClock) + 1, feed.head.clock + CLOCK_STEP_MAX);
    const head = { room, author: this.#me, sequence: sequence + 1, clock, prev: hash };
    const { text, count } = composeRun(head, known.outbox);
    known.outbox.splice(0, count);
    feed.signing();
    return [{ type: 'sign', feed: keyOf(feed), text }];
  }

  signed(key: FeedKey, text: string, hash: RunHash): FeedsOut[] {
    const run = parseRun(text);
    assert(run.type === 'run', 'an own run that breaks the rules');
    const { feed } = this.#find(key);
    return [workOut(feed, feed.signed({ run, hash }))];
  }

  /** Whether others hold a history in one's own name that is not the one here: then nothing more can be said. */
  hasForked(room: RoomName): boolean {
    return this.#rooms.get(room)?.feeds.get(this.#me)?.forked ?? false;
  }

  /** Own messages that are not stored yet and can be. */
  get unstored(): number {
    let count = 0;
    for (const { outbox, feeds } of this.#rooms.values()) {
      const own = feeds.get(this.#me);
      if (own?.forked !== true) count += outbox.length + (own?.idle === false ? 1 : 0);
    }
    return count;
  }

  forgetLink(link: LinkId): void {
    this.#intake.forget(link);
  }

  #find({ room, author }: FeedKey): { readonly feed: Feed; readonly room: Room } {
    const known = this.#rooms.get(room);
    const feed = known?.feeds.get(author);
    assert(known !== undefined && feed !== undefined, 'an answer about an unknown feed');
    return { feed, room: known };
  }

  #proceed(feed: Feed, room: Room): FeedsOut[] {
    const work = feed.next();
    if (work !== undefined) return [workOut(feed, work)];
    if (feed.head.sequence === 0 && feed.idle && !feed.forked) room.feeds.delete(feed.author);
    return [];
  }

  #release(offered: readonly Offered[]): FeedsOut[] {
    const out: FeedsOut[] = [];
    for (const { run, from } of offered) {
      if (from === undefined || !this.#intake.remove(from.link, run.text.length)) continue;
      out.push({ type: 'flow', link: from.link, reading: true });
    }
    return out;
  }
}

function keyOf({ room, author }: Feed): FeedKey {
  return { room, author };
}

function workOut(feed: Feed, work: Work): FeedsOut {
  return { ...work, feed: keyOf(feed) };
}

/**
 * Whether one more author is taken in. A room that others have filled with made-up authors still hears those who speak
 * for themselves; nobody is cut off for holding other authors than we do.
 */
function hasPlace({ feeds }: Room, inPerson: boolean): boolean {
  return feeds.size < FEEDS_PER_ROOM_MAX + (inPerson ? FEEDS_IN_PERSON_MAX : 0);
}

function refusal(link: LinkId, reason: Fault): FeedsOut {
  return { type: 'fault', link, fault: reason };
}
