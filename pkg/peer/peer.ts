/** One peer as a machine: `step(input, now) → effects`. After each step `nextDeadline()` says when `wake` is due. */
import { assert, never } from '../base/assert.ts';
import { earliest } from '../base/deadlines.ts';
import {
  CONTENT_BYTES_MAX,
  NICK_LINES_BURST_MAX,
  NICK_LINES_PER_SECOND_MAX,
  REASON_CHARS_MAX,
} from '../base/limits.ts';
import { TokenBucket } from '../base/token-bucket.ts';
import type { Instant, Now } from '../base/units.ts';
import type { Command } from '../chat/command.ts';
import type { Snapshot } from '../chat/snapshot.ts';
import type { FeedKey } from '../feed/feeds-out.ts';
import type { Nick } from '../identity/nick.ts';
import { keyTag } from '../identity/peer-id.ts';
import { OWN_FORK_TEXT, partingText } from '../room/words.ts';
import { endpointText } from '../wire/endpoint.ts';
import { isContent, type Run, sayableTime } from '../wire/entry.ts';
import { encodeMessage } from '../wire/message.ts';
import { parseRun } from '../wire/run.ts';
import type { PeerConfig } from './config.ts';
import type { Effect } from './effect.ts';
import type { Input, Interface, StoredRun } from './input.ts';
import { Routes } from './routes.ts';

type Answer = Extract<Input, { readonly ticket: unknown }>;

export class Peer {
  readonly #routes: Routes;
  /** Stays well under what the others allow. */
  readonly #renames: TokenBucket;
  #begun = false;
  /** The reason given on leaving. */
  #leaving: string | undefined;
  #finished = false;

  constructor(config: PeerConfig) {
    this.#routes = new Routes(config);
    this.#renames = new TokenBucket(NICK_LINES_BURST_MAX / 2, NICK_LINES_PER_SECOND_MAX / 2, config.startedAt.at);
  }

  /** Takes one input in and returns what is to be done, in order. Not re-entrant. */
  step(input: Input, now: Now): readonly Effect[] {
    this.#routes.now = now;
    this.#take(input);
    this.#routes.stages.view.progress(now.at);
    return this.#routes.takeEffects();
  }

  /** When `wake` is due next, or undefined when nothing is. */
  nextDeadline(): Instant | undefined {
    const { discovery, mesh, sessions, sync, listenFirst, people } = this.#routes.stages;
    return earliest(...[discovery, mesh, sessions, sync, listenFirst, people].map((stage) => stage.nextDeadline()));
  }

  /** What front ends see now; the same object until `revision` rises. */
  snapshot(): Snapshot {
    return this.#routes.stages.view.snapshot();
  }

  get revision(): number {
    return this.#routes.stages.view.revision;
  }

  #take(input: Input): void {
    const routes = this.#routes;
    const { stages } = routes;
    const { at } = routes.now;
    switch (input.type) {
      case 'wake':
        return this.#wake(at);
      case 'network':
        return this.#network(input.interfaces);
      case 'datagram':
        return routes.fromDiscovery(stages.discovery.heard(input.from, input.bytes, at));
      case 'link-opened':
        return routes.opened(input.link, input.peer, input.from, input.dialled);
      case 'dial-failed':
        routes.trace('mesh', `dialling ${keyTag(input.peer)} at ${endpointText(input.to)} failed: ${input.why}`);
        return stages.mesh.dialFailed(input.peer, at);
      case 'bytes':
        stages.view.heard(routes.now.wall);
        return routes.fromSessions(stages.sessions.bytes(input.link, input.bytes, at));
      case 'congested':
        return stages.sync.congested(input.link);
      case 'drained':
        return routes.fromSync(stages.sync.drained(input.link));
      case 'link-closed':
        routes.trace('mesh', `link ${input.link} closed: ${input.why}`);
        return routes.ended(input.link, partingText('closed'));
      case 'signed':
      case 'verified':
      case 'stored':
      case 'store-failed':
      case 'loaded':
      case 'paged':
      case 'found':
        this.#answer(input);
        return this.#goOn();
      case 'command':
        return this.#command(input.command);
      default:
        return never(input);
    }
  }

  #wake(at: Instant): void {
    const routes = this.#routes;
    const { stages } = routes;
    routes.fromDiscovery(stages.discovery.due(at));
    routes.fromMesh(stages.mesh.due(at));
    const { out, beats } = stages.sessions.due(at);
    routes.fromSessions(out);
    const digests = beats.length === 0 ? [] : stages.sync.digests();
    for (const link of beats) {
      const beat = stages.sessions.beat(link, digests, at);
      if (beat !== undefined && !stages.sync.isCongested(link)) routes.send(link, beat);
    }
    routes.fromSync(stages.sync.due(at));
    stages.listenFirst.due(at);
    for (const what of stages.people.due(routes.now)) routes.presence(what);
    routes.settle();
    this.#goOn();
  }

  #network(interfaces: readonly Interface[]): void {
    const routes = this.#routes;
    const { stages } = routes;
    stages.view.interfaces(interfaces);
    if (this.#begun) return routes.fromDiscovery(stages.discovery.burst(routes.now.at));
    this.#begun = true;
    stages.listenFirst.begin(routes.now.at);
    routes.fromDiscovery(stages.discovery.begin(routes.nick));
    this.#older();
  }

  #answer(input: Answer): void {
    const routes = this.#routes;
    const { stages } = routes;
    const purpose = routes.redeem(input.ticket);
    assert(purpose !== undefined, 'a ticket that was redeemed before');
    switch (purpose.type) {
      case 'own-datagram':
        assert(input.type === 'signed', 'an own datagram is signed');
        return routes.fromDiscovery(stages.discovery.signed(purpose.which, input.text, routes.now.at));
      case 'datagram':
        assert(input.type === 'verified', 'a datagram is verified');
        return routes.fromDiscovery(stages.discovery.checked(purpose.datagram, input.valid, routes.now.at));
      case 'feed':
        return this.#feedAnswer(input, purpose.feed);
      case 'outflow':
        assert(input.type === 'loaded', 'an outflow is loaded');
        return routes.fromSync(stages.sync.loaded(purpose.link, input.runs));
      case 'reopen':
        assert(input.type === 'paged', 'the newest page is brought');
        return routes.reopened(input.runs.flatMap(storedRun), input.floor);
      case 'latest':
        assert(input.type === 'paged', 'the newest runs are a page');
        return routes.fromSync(stages.sync.latestLoaded(purpose.link, input.runs));
      case 'glimpse':
        assert(input.type === 'verified', 'one of the newest runs is verified');
        return routes.glimpsed(purpose.run, input.valid);
      case 'recall':
        assert(input.type === 'loaded', 'the run that was kept is loaded');
        return routes.recalled(purpose.feed, purpose.suspicion, input.runs);
      case 'accusation':
        assert(input.type === 'verified', 'an accusation is verified');
        return routes.fromFeeds(stages.feeds.accused(purpose.feed, purpose.suspicion, purpose.kept, input.valid));
      case 'search':
        assert(input.type === 'found', 'a search finds');
        return routes.found(purpose.words, input.hits);
      case 'page':
        assert(input.type === 'paged', 'a page is brought');
        stages.room.older(input.runs.flatMap(storedRun), input.floor, purpose.before);
        return stages.view.touchRoom();
      default:
        return never(purpose);
    }
  }

  #feedAnswer(input: Answer, feed: FeedKey): void {
    const { feeds } = this.#routes.stages;
    switch (input.type) {
      case 'signed':
        return this.#routes.fromFeeds(feeds.signed(feed, input.text, input.hash));
      case 'verified':
        return this.#routes.fromFeeds(feeds.verified(feed, input.valid, input.hashes));
      case 'stored':
        return this.#routes.fromFeeds(feeds.stored(feed));
      case 'store-failed':
        return this.#routes.fromFeeds(feeds.storeFailed(feed, input.why));
      case 'loaded':
      case 'paged':
      case 'found':
        return assert(false, 'a feed loads nothing');
      default:
        return never(input);
    }
  }

  /** What waited for an answer: the next own run, and the goodbye. */
  #goOn(): void {
    this.#routes.compose();
    this.#leaveWhenStored();
  }

  #command(command: Command): void {
    switch (command.type) {
      case 'say':
        return this.#say(command);
      case 'nick':
        return this.#rename(command.nick);
      case 'note':
        return this.#routes.notice({ type: 'note', lines: command.lines });
      case 'older':
        return this.#older();
      case 'search':
        return this.#routes.search(command.room, command.words);
      case 'connect':
      case 'doctor':
        return this.#routes.refuse(`/${command.type} does nothing in this version.`, 0);
      case 'leave':
        this.#leaving ??= command.reason;
        return this.#leaveWhenStored();
      default:
        return never(command);
    }
  }

  #say({ room, kind, text }: Extract<Command, { readonly type: 'say' }>): void {
    const routes = this.#routes;
    const { stages, nick, now } = routes;
    if (this.#leaving !== undefined) return routes.refuse('You are leaving: nothing more can be said.', 1);
    if (!isContent(text)) return routes.refuse(`A message has 1 to ${CONTENT_BYTES_MAX} bytes: send it in parts.`, 1);
    if (stages.feeds.isForked({ room, author: routes.config.me })) return routes.refuse(OWN_FORK_TEXT, 1);
    const utterance = { kind, sender: nick, content: text, saidAt: sayableTime(now.wall) };
    if (!stages.feeds.say(room, utterance)) {
      return routes.refuse('Too many messages wait to be stored: send this one again in a moment.', 1);
    }
    if (!stages.listenFirst.over) routes.effect({ type: 'hold', room, place: stages.feeds.hold(room), utterance });
    stages.room.say(utterance);
    stages.view.touchRoom();
    this.#goOn();
  }

  #rename(nick: Nick): void {
    const routes = this.#routes;
    const { stages } = routes;
    if (nick === routes.nick) return;
    if (!this.#renames.take(routes.now.at)) return routes.refuse('You changed your name often: wait a moment.', 0);
    routes.nick = nick;
    const what = stages.people.rename(routes.config.me, nick);
    stages.view.touchPeople();
    if (what !== undefined) routes.notice(what);
    for (const link of stages.sync.links()) routes.send(link, encodeMessage({ type: 'nick', nick }));
    routes.fromDiscovery(stages.discovery.begin(nick));
  }

  /** Own messages are stored before the goodbye, so that what was said last is not lost. */
  #leaveWhenStored(): void {
    const routes = this.#routes;
    const { stages } = routes;
    if (this.#leaving === undefined || this.#finished || stages.feeds.unstored > 0) return;
    this.#finished = true;
    routes.fromDiscovery(stages.discovery.leave());
    stages.mesh.leave();
    routes.fromSync(stages.sync.acknowledgeAll());
    const reason = this.#leaving.slice(0, REASON_CHARS_MAX);
    for (const link of [...stages.sync.links()]) routes.drop(link, 'goodbye', reason);
    routes.effect({ type: 'finished' });
  }

  #older(): void {
    const routes = this.#routes;
    const { stages } = routes;
    const before = stages.room.olderThan;
    if (before === undefined) return;
    const room = stages.room.name;
    routes.effect({ type: 'page', ticket: routes.ticket({ type: 'page', room, before }), room, before });
  }
}

/** What was verified before it was stored is not verified again. A row that is no run any more is passed over. */
function storedRun({ text }: StoredRun): Run[] {
  const run = parseRun(text);
  return run.type === 'run' ? [run] : [];
}
