/** The way of entries from stage to stage: feeds, sync and room. */
import { assert, never } from '../base/assert.ts';
import { OWN_FEED_WAIT_MS, SEARCH_HITS_MAX } from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import { between } from '../base/units.ts';
import type { Notice } from '../chat/snapshot.ts';
import type { FeedKey, FeedsOut } from '../feed/feeds-out.ts';
import type { Suspicion } from '../feed/forks.ts';
import type { Unsaid } from '../feed/room-feeds.ts';
import { keyTag, type PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import { forkedText, OWN_FORK_TEXT, storeFailedText } from '../room/words.ts';
import type { SessionOut } from '../session/session.ts';
import type { SyncOut } from '../sync/sync-out.ts';
import { type Run, signedPart } from '../wire/entry.ts';
import type { FarewellCode, FaultCode } from '../wire/fault.ts';
import { parseRun } from '../wire/run.ts';
import type { PeerConfig } from './config.ts';
import type { Input, StoredRun } from './input.ts';
import { Outlet } from './outlet.ts';
import { makeStages, type Stages } from './stages.ts';
import type { Purpose } from './tickets.ts';

export abstract class EntryRoutes extends Outlet {
  readonly stages: Stages;
  #reopening = false;
  /** Who has told what was said before one came. */
  readonly #tellers = new Set<PeerId>();

  constructor(config: PeerConfig) {
    super(config);
    this.stages = makeStages(config);
  }

  /** Ends a link from this side, and says why. */
  abstract drop(link: LinkId, code: FaultCode | FarewellCode, why: string): void;

  /** A run that came on a link. */
  run({ link, run, aside }: Extract<SessionOut, { readonly type: 'run' }>): void {
    const { feeds, sync } = this.stages;
    const peer = sync.peerOf(link);
    const brings = sync.brings(link, run, aside);
    if (typeof brings === 'object') return this.drop(link, brings.code, brings.why);
    if (brings === 'ignored' || peer === undefined) return;
    if (aside?.what === 'latest') {
      this.stages.glimpse.came(aside.left === 0);
      return this.#verify({ type: 'glimpse', run }, run);
    }
    // What is shown to prove a fork says nothing of a feed of which nothing is here.
    if (aside?.what === 'fork' && feeds.head(run) === 0) return;
    const outs = feeds.offer(run, { link, peer }, sync.leapOf(link, run));
    // Nor does it where the runs before it are not here.
    this.fromFeeds(aside?.what === 'fork' ? outs.filter(({ type }) => type !== 'gap') : outs);
  }

  fromFeeds(outs: readonly FeedsOut[]): void {
    for (const out of outs) {
      switch (out.type) {
        case 'verify': {
          const { feed, signed, signature, texts } = out;
          const ticket = this.ticket({ type: 'feed', feed });
          this.effect({ type: 'verify', ticket, context: 'run', author: feed.author, signed, signature, texts });
          break;
        }
        case 'sign': {
          const ticket = this.ticket({ type: 'feed', feed: out.feed });
          this.effect({ type: 'sign', ticket, context: 'run', text: out.text });
          break;
        }
        case 'store':
          this.#store(out);
          break;
        case 'accepted':
          this.#accepted(out);
          break;
        case 'gap':
          this.fromSync(this.stages.sync.gap(out.feed, out.link, out.to, this.now.at));
          break;
        case 'fault':
          this.drop(out.link, out.fault.code, out.fault.why);
          break;
        case 'distrusted':
          this.trace('feed', `link ${out.link} brought what ${keyTag(out.feed.author)} did not say`);
          this.stages.sync.distrust(out.link, out.feed);
          break;
        case 'recall': {
          const { feed, sequence, suspicion } = out;
          const ticket = this.ticket({ type: 'recall', feed, suspicion });
          this.effect({ type: 'load', ticket, ...feed, from: sequence, to: sequence });
          break;
        }
        case 'accuse':
          this.#verify({ ...out, type: 'accusation' }, out.suspicion.run);
          break;
        case 'forked':
          this.#forked(out);
          break;
        case 'flow':
          this.stages.sessions.flow(out.link, out.reading, this.now.at);
          this.effect(out);
          break;
        case 'store-failed':
          this.refuse(storeFailedText(out.why, out.unsaid.count), out.unsaid.count);
          this.#unsay(out.feed.room, out.unsaid);
          break;
        default:
          never(out);
      }
    }
  }

  fromSync(outs: readonly SyncOut[]): void {
    for (const out of outs) {
      switch (out.type) {
        case 'send':
          this.effect(out);
          break;
        case 'load': {
          const { feed, from, to } = out.stretch;
          const ticket = this.ticket({ type: 'outflow', link: out.link });
          this.effect({ type: 'load', ticket, ...feed, from, to });
          break;
        }
        case 'rebased':
          this.stages.feeds.rebase(out.feed, out.base);
          break;
        case 'load-latest': {
          const ticket = this.ticket({ type: 'latest', link: out.link });
          this.effect({ type: 'page', ticket, room: out.room, before: Number.MAX_SAFE_INTEGER });
          break;
        }
        case 'prove': {
          const proof = this.stages.feeds.proofOf(out.feed);
          if (proof !== undefined) this.fromSync(this.stages.sync.prove(out.link, proof));
          break;
        }
        case 'delivered':
          this.stages.view.touchHolders();
          this.event(out);
          break;
        case 'told':
          this.#told(out);
          break;
        case 'fault':
          this.drop(out.link, out.fault.code, out.fault.why);
          break;
        default:
          never(out);
      }
    }
  }

  /** The stored run, lowest first, beside which another is laid. */
  recalled(feed: FeedKey, suspicion: Suspicion, runs: readonly StoredRun[]): void {
    this.fromFeeds(this.stages.feeds.recalled(feed, suspicion, runs[0]?.text));
  }

  /** One of the newest runs was verified. They are shown together, once the last of them is. */
  glimpsed(run: Run, valid: boolean): void {
    const shown = this.stages.glimpse.verified(run, valid);
    if (shown === undefined) return;
    this.stages.room.glimpse(shown, this.now.at);
    this.stages.view.touchRoom();
  }

  /** Looks for words in what was said in a room. */
  search(room: RoomName, words: string): void {
    const ticket = this.ticket({ type: 'search', words });
    this.effect({ type: 'search', ticket, room, text: words, limit: SEARCH_HITS_MAX + 1 });
  }

  /** What a search found, newest first: one more than is shown where there are more. */
  found(words: string, hits: Extract<Input, { readonly type: 'found' }>['hits']): void {
    const runs = hits.slice(0, SEARCH_HITS_MAX).flatMap(({ sequence, text }) => {
      const run = parseRun(text);
      return run.type === 'run' ? [{ run, sequence }] : [];
    });
    const messages = this.stages.room.found(runs.reverse());
    this.notice({ type: 'found', words, messages, more: hits.length > SEARCH_HITS_MAX });
  }

  /** Once nothing is on its way any more, what is stored counts, and not what was told or shown of it before. */
  settle(): void {
    const { room, feeds, sync } = this.stages;
    if (sync.progress(room.name)?.isComing(this.now.at) === true) return;
    room.settle(feeds.clock(room.name));
    if (!room.glimpsed || this.#reopening) return;
    this.#reopening = true;
    const ticket = this.ticket({ type: 'reopen' });
    this.effect({ type: 'page', ticket, room: room.name, before: Number.MAX_SAFE_INTEGER });
  }

  /** The newest page of the store. */
  reopened(runs: readonly Run[], floor: number): void {
    this.#reopening = false;
    this.stages.room.reopen(runs, floor);
    this.stages.view.touchRoom();
  }

  notice(what: Notice['what']): void {
    const notice = this.stages.room.notice(what, this.now, this.stages.feeds.clock(this.stages.room.name));
    this.stages.view.touchRoom();
    this.event({ type: 'notice', room: this.stages.room.name, notice });
  }

  /** Says what waits to be said, once it is time to speak. */
  compose(): void {
    const { feeds, room, listenFirst } = this.stages;
    if (!listenFirst.over) return;
    if (feeds.isForked({ room: room.name, author: this.config.me })) this.#refuseOutbox(room.name);
    else this.fromFeeds(feeds.compose(room.name));
  }

  #verify(purpose: Purpose, run: Run): void {
    const seal = signedPart(run.text);
    assert(seal !== undefined, 'a run without a seal');
    this.effect({
      type: 'verify',
      ticket: this.ticket(purpose),
      context: 'run',
      author: run.author,
      ...seal,
      texts: [],
    });
  }

  #store({ feed, runs, leaps, releases }: Extract<FeedsOut, { readonly type: 'store' }>): void {
    this.effect({ type: 'store', ticket: this.ticket({ type: 'feed', feed }), runs, leaps, releases });
  }

  #told({ peer, room, clock, ours }: Extract<SyncOut, { readonly type: 'told' }>): void {
    const { feeds, listenFirst, view } = this.stages;
    const early = between(this.config.startedAt.at, this.now.at) < OWN_FEED_WAIT_MS;
    // What somebody tells again, after its link was another one, has been said since.
    if (early && this.config.heads.length === 0 && !this.#tellers.has(peer)) this.stages.room.arrive(clock);
    if (early) this.#tellers.add(peer);
    this.settle();
    feeds.heardOf(room, clock);
    listenFirst.told(ours, feeds.head({ room, author: this.config.me }), this.now.at);
    view.touchHolders();
    this.compose();
  }

  #accepted({ feed, runs }: Extract<FeedsOut, { readonly type: 'accepted' }>): void {
    const { room, feeds, listenFirst, sync, view } = this.stages;
    const { at } = this.now;
    const messages = room.fold(runs, at, sync.progress(feed.room)?.beganAt);
    for (const message of messages) this.event({ type: 'message', message, past: room.isPast(message) });
    const late = messages.filter((message) => message.late);
    if (late.length > 0) room.noticeLate(late, this.now, feeds.clock(feed.room));
    view.touchRoom();
    if (feed.author === this.config.me) listenFirst.holds(feeds.head(feed));
    this.fromSync(sync.accepted(feed, runs, at));
    this.settle();
  }

  #forked({ feed, proof }: Extract<FeedsOut, { readonly type: 'forked' }>): void {
    if (proof !== undefined) this.effect({ type: 'keep-fork', ...feed, proof });
    if (feed.author !== this.config.me) return this.notice({ type: 'problem', text: forkedText(feed.author, proof) });
    this.notice({ type: 'problem', text: OWN_FORK_TEXT });
    this.#refuseOutbox(feed.room);
  }

  /** Nothing more can be said under a forked feed, nor what waits: it is refused. */
  #refuseOutbox(room: RoomName): void {
    const unsaid = this.stages.feeds.dropOutbox(room);
    if (unsaid.count === 0) return;
    this.refuse(OWN_FORK_TEXT, unsaid.count);
    this.#unsay(room, unsaid, 'last');
  }

  /** What was refused to the person waits no longer, here or in the store. */
  #unsay(room: RoomName, { count, heldUpTo }: Unsaid, which: 'first' | 'last' = 'first'): void {
    if (heldUpTo > 0) this.effect({ type: 'let-go', room, upTo: heldUpTo });
    this.stages.room.unsay(count, which);
    this.stages.view.touchRoom();
  }
}
