/** All feeds of the rooms one is in, the own ones among them. */
import { assert } from '../base/assert.ts';
import type { LinkId } from '../base/link-id.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import { composeRun, type Run, type Utterance } from '../wire/entry.ts';
import { type Fault, fault } from '../wire/fault.ts';
import type { RunHash } from '../wire/fields.ts';
import { parseRun } from '../wire/run.ts';
import { type Bearer, Feed, type Offered, type Work } from './feed.ts';
import { type FeedKey, type FeedsOut, feedName, type HeldMessage, type StoredHead } from './feeds-out.ts';
import { FORK, type ForkProof, ForkProofs, type Suspicion } from './forks.ts';
import type { Frontier } from './frontier.ts';
import { Intake } from './intake.ts';
import { RoomFeeds, type Unsaid } from './room-feeds.ts';

export class Feeds {
  readonly #me: PeerId;
  readonly #rooms = new Map<RoomName, RoomFeeds>();
  readonly #intake = new Intake();
  readonly #proofs = new ForkProofs();
  /** Feeds of which a run is being laid beside the one kept, by name: one at a time. */
  readonly #suspected = new Set<string>();
  /** Feeds of which a fork was told in this run, by name. */
  readonly #told = new Set<string>();

  /** `held` is what the store has held since an earlier start, each room's lowest place first. */
  constructor(me: PeerId, rooms: readonly RoomName[], heads: readonly StoredHead[], held: readonly HeldMessage[] = []) {
    this.#me = me;
    for (const room of rooms) this.#rooms.set(room, new RoomFeeds());
    for (const { room, author, base = 1, fork, ...head } of heads) {
      const known = this.#rooms.get(room);
      if (known === undefined) continue;
      known.feeds.set(author, new Feed(room, author, head, fork !== undefined));
      known.frontier.raise(author, head.sequence);
      known.frontier.rebase(author, base);
      known.clock = Math.max(known.clock, head.clock);
      if (fork === undefined) continue;
      known.frontier.dispute(author);
      this.#proofs.keep(feedName({ room, author }), fork);
    }
    for (const { room, place, utterance } of held) this.#rooms.get(room)?.resume(utterance, place);
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

  /** Whether anything of a feed is here, or there is place for one more author; authors in person have places of their own. */
  takes({ room, author }: FeedKey): boolean {
    const known = this.#rooms.get(room);
    return known !== undefined && (known.feeds.has(author) || known.hasPlace(false));
  }

  /** Whether a feed's author has told two histories. */
  isForked({ room, author }: FeedKey): boolean {
    return this.#rooms.get(room)?.feeds.get(author)?.forked ?? false;
  }

  /** Whether the proof that a feed is forked means anything to somebody who has it up to `sequence`. */
  concerns(feed: FeedKey, sequence: number): boolean {
    return this.#proofs.concerns(feedName(feed), sequence);
  }

  /** The proof that a feed's author has told two histories, where it is at hand. */
  proofOf(feed: FeedKey): ForkProof | undefined {
    return this.#proofs.of(feedName(feed));
  }

  /** The store has nothing of a feed before `base`. */
  rebase({ room, author }: FeedKey, base: number): void {
    this.#rooms.get(room)?.frontier.rebase(author, base);
  }

  /** A run that came on a link; `leapTo` where its feed may go on behind a gap. */
  offer(run: Run, from: Bearer, leapTo?: number): FeedsOut[] {
    const { link } = from;
    const room = this.#rooms.get(run.room);
    if (room === undefined) return [refusal(link, fault('bad-run', 'a room that we are not in'))];
    let feed = room.feeds.get(run.author);
    if (feed === undefined) {
      if (!room.hasPlace(from.peer === run.author)) return [];
      feed = new Feed(run.room, run.author);
    }
    const leap = leapTo === undefined ? undefined : { to: leapTo, clockMax: room.clockMax };
    const offer = feed.offer(run, from, leap);
    if (offer.type === 'duplicate') return [];
    if (offer.type === 'known') return this.#recall(feed, run.first, { run, from, signed: false });
    if (offer.type === 'gap') return [{ ...offer, feed: keyOf(feed), link }];
    room.feeds.set(run.author, feed);
    const out: FeedsOut[] = this.#intake.add(link, run.text.length) ? [{ type: 'flow', link, reading: false }] : [];
    return [...out, ...this.#proceed(feed, room)];
  }

  verified(key: FeedKey, valid: boolean, hashes: readonly RunHash[]): FeedsOut[] {
    const { feed, room } = this.#find(key);
    const judgement = feed.verified(valid, hashes);
    if (judgement.type === 'work') return [workOut(feed, judgement.work)];
    if (judgement.type === 'dropped') return this.#release(judgement.dropped);
    if (judgement.type === 'forked') {
      const { other, dropped } = judgement;
      assert(other.from !== undefined, 'an own run is not verified');
      const suspicion = { run: other.run, from: other.from, signed: true };
      return [...this.#recall(feed, feed.head.sequence, suspicion), ...this.#release(dropped)];
    }
    const { from, dropped } = judgement;
    const out: FeedsOut[] = [];
    if (from?.peer === feed.author) out.push(refusal(from.link, judgement.fault));
    else if (from !== undefined) out.push({ type: 'distrusted', feed: key, link: from.link });
    if (feed.head.sequence === 0 && !feed.forked) room.feeds.delete(feed.author);
    return [...out, ...this.#release(dropped)];
  }

  /** The stored run beside which another is to be laid; undefined where it cannot be read. */
  recalled(key: FeedKey, suspicion: Suspicion, kept: string | undefined): FeedsOut[] {
    const { run, signed } = suspicion;
    if (kept === run.text || (kept === undefined && !signed)) return this.#clear(key);
    if (signed) return this.#fork(key, suspicion, kept);
    return kept === undefined ? [] : [{ type: 'accuse', feed: key, suspicion, kept }];
  }

  /** Whether the author signed what contradicts the run kept. */
  accused(key: FeedKey, suspicion: Suspicion, kept: string, valid: boolean): FeedsOut[] {
    if (valid) return this.#fork(key, suspicion, kept);
    const { link, peer } = suspicion.from;
    this.#clear(key);
    if (peer === key.author) return [refusal(link, fault('bad-signature', 'the signature does not fit'))];
    return [{ type: 'distrusted', feed: key, link }];
  }

  stored(key: FeedKey): FeedsOut[] {
    const { feed, room } = this.#find(key);
    const before = feed.head.sequence;
    const batch = feed.stored();
    if (feed.author === this.#me) room.settle();
    const first = batch[0]?.run.first ?? 0;
    room.frontier.raise(feed.author, feed.head.sequence);
    if (first > before + 1) room.frontier.rebase(feed.author, first);
    room.clock = Math.max(room.clock, feed.head.clock);
    const accepted: FeedsOut = { type: 'accepted', feed: key, runs: batch.map(({ run }) => run) };
    return [accepted, ...this.#release(batch), ...this.#proceed(feed, room)];
  }

  storeFailed(key: FeedKey, why: string): FeedsOut[] {
    const { feed, room } = this.#find(key);
    const dropped = feed.storeFailed();
    const count = dropped.filter(({ from }) => from === undefined).flatMap(({ run }) => run.entries).length;
    const unsaid = { count, heldUpTo: feed.author === this.#me ? room.settle() : 0 };
    const failed: FeedsOut = { type: 'store-failed', feed: key, why, unsaid };
    return [failed, ...this.#release(dropped), ...this.#proceed(feed, room)];
  }

  /**
   * Somebody knows of entries up to `clock`: what is said here next comes after them, though they are still to come. It
   * is believed up to a bound, since anybody can claim anything, and never told on.
   */
  heardOf(room: RoomName, clock: number): void {
    this.#rooms.get(room)?.heardOf(clock);
  }

  /** Says something in a room: it waits in the outbox for its run. False when the outbox is full. */
  say(room: RoomName, utterance: Utterance): boolean {
    const known = this.#rooms.get(room);
    assert(known !== undefined, 'a message for a room that one is not in');
    return known.say(utterance);
  }

  /** The place at which the store is to hold what was said last in a room. To be asked before anything is composed. */
  hold(room: RoomName): number {
    const known = this.#rooms.get(room);
    assert(known !== undefined, 'nothing was said in that room');
    return known.hold();
  }

  /** Makes a run of what waits in a room's outbox, once the own feed is at rest. */
  compose(room: RoomName): FeedsOut[] {
    const known = this.#rooms.get(room);
    if (known === undefined || known.outbox.length === 0) return [];
    const feed = known.feeds.get(this.#me) ?? new Feed(room, this.#me);
    known.feeds.set(this.#me, feed);
    if (!feed.idle) return [];
    const { sequence, hash } = feed.head;
    const clock = known.nextClock(feed.head.clock);
    const head = { room, author: this.#me, sequence: sequence + 1, clock, prev: hash };
    const { text, count } = composeRun(head, known.outbox);
    known.take(count);
    feed.signing();
    return [{ type: 'sign', feed: keyOf(feed), text }];
  }

  signed(key: FeedKey, text: string, hash: RunHash): FeedsOut[] {
    const run = parseRun(text);
    assert(run.type === 'run', 'an own run that breaks the rules');
    const { feed, room } = this.#find(key);
    return [workOut(feed, feed.signed({ run, hash }), room.releases)];
  }

  /** Own messages that are not stored yet and can be. */
  get unstored(): number {
    let count = 0;
    for (const { outbox, feeds } of this.#rooms.values()) {
      const own = feeds.get(this.#me);
      count += outbox.length + (own?.idle === false ? 1 : 0);
    }
    return count;
  }

  /** What waited to be said in a room and cannot be any more. */
  dropOutbox(room: RoomName): Unsaid {
    return this.#rooms.get(room)?.drop() ?? { count: 0, heldUpTo: 0 };
  }

  forgetLink(link: LinkId): void {
    this.#intake.forget(link);
  }

  #find({ room, author }: FeedKey): { readonly feed: Feed; readonly room: RoomFeeds } {
    const known = this.#rooms.get(room);
    const feed = known?.feeds.get(author);
    assert(known !== undefined && feed !== undefined, 'an answer about an unknown feed');
    return { feed, room: known };
  }

  /** Lays a run beside the one that is kept at `sequence`; another that is brought meanwhile is dropped. */
  #recall(feed: Feed, sequence: number, suspicion: Suspicion): FeedsOut[] {
    const key = keyOf(feed);
    if (this.#suspected.has(feedName(key)) && !suspicion.signed) return [];
    this.#suspected.add(feedName(key));
    return [{ type: 'recall', feed: key, sequence, suspicion }];
  }

  #clear(key: FeedKey): FeedsOut[] {
    this.#suspected.delete(feedName(key));
    return [];
  }

  #fork(key: FeedKey, { run, from }: Suspicion, kept: string | undefined): FeedsOut[] {
    const { feed, room } = this.#find(key);
    this.#clear(key);
    // Two suspicions may come true, and one is enough.
    if (this.#told.has(feedName(key))) return [];
    this.#told.add(feedName(key));
    const dropped = feed.fork();
    room.frontier.dispute(feed.author);
    const proof = kept === undefined ? undefined : ([kept, run.text] as const);
    if (proof !== undefined) this.#proofs.keep(feedName(key), proof);
    const out: FeedsOut[] = [{ type: 'forked', feed: key, proof }, ...this.#release(dropped)];
    if (from.peer === feed.author) out.push(refusal(from.link, FORK));
    return out;
  }

  #proceed(feed: Feed, room: RoomFeeds): FeedsOut[] {
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

function workOut(feed: Feed, work: Work, releases = 0): FeedsOut {
  return work.type === 'store' ? { ...work, feed: keyOf(feed), releases } : { ...work, feed: keyOf(feed) };
}

function refusal(link: LinkId, reason: Fault): FeedsOut {
  return { type: 'fault', link, fault: reason };
}
