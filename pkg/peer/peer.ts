/** One peer as a machine: `step(input, now) → effects`. After each step `nextDeadline()` says when `wake` is due. */
import { never } from '../base/assert.ts';
import { earliest } from '../base/deadlines.ts';
import {
  CONTENT_BYTES_MAX,
  NICK_LINES_BURST_MAX,
  NICK_LINES_PER_SECOND_MAX,
  REASON_CHARS_MAX,
  REFRESH_INTERVAL_MS,
  SLEPT_MS,
} from '../base/limits.ts';
import { TokenBucket } from '../base/token-bucket.ts';
import { after, between, type Instant, instant, type Now } from '../base/units.ts';
import type { Command } from '../chat/command.ts';
import type { Snapshot } from '../chat/snapshot.ts';
import type { Nick } from '../identity/nick.ts';
import { OWN_FORK_TEXT, partingText } from '../room/words.ts';
import { isContent, sayableTime } from '../wire/entry.ts';
import { encodeMessage } from '../wire/message.ts';
import { takeAnswer } from './answers.ts';
import type { PeerConfig } from './config.ts';
import type { Effect } from './effect.ts';
import type { Input, Interface } from './input.ts';
import { Routes } from './routes.ts';

export class Peer {
  readonly #routes: Routes;
  /** Stays well under what the others allow. */
  readonly #renames: TokenBucket;
  #begun = false;
  /** The reason given on leaving. */
  #leaving: string | undefined;
  #finished = false;
  /** Before this not all are tried anew; when that waits. */
  #refreshesAt = instant(Number.NEGATIVE_INFINITY);
  #refreshAt: Instant | undefined;

  constructor(config: PeerConfig) {
    this.#routes = new Routes(config);
    this.#renames = new TokenBucket(NICK_LINES_BURST_MAX / 2, NICK_LINES_PER_SECOND_MAX / 2, config.startedAt.at);
  }

  /** Takes one input in and returns what is to be done, in order. Not re-entrant. */
  step(input: Input, now: Now): readonly Effect[] {
    const slept = this.#slept(now);
    this.#routes.now = now;
    if (slept && this.#begun && this.#leaving === undefined) this.#refresh();
    this.#take(input);
    this.#routes.stages.view.progress(now.at);
    return this.#routes.takeEffects();
  }

  /** Whether the machine slept, or this process stood still, since the last step. */
  #slept({ at, wall }: Now): boolean {
    const before = this.#routes.now;
    const dueAt = this.nextDeadline();
    const ahead = wall - before.wall - (at - before.at);
    return ahead > SLEPT_MS || (dueAt !== undefined && between(dueAt, at) > SLEPT_MS);
  }

  /** When `wake` is due next, or undefined when nothing is. */
  nextDeadline(): Instant | undefined {
    const { discovery, dialler, targets, exchange, sessions, visits, sync, listenFirst, people } = this.#routes.stages;
    const stages = [discovery, dialler, targets, exchange, sessions, visits, sync, listenFirst, people];
    return earliest(this.#refreshAt, this.#routes.rememberAt, ...stages.map((stage) => stage.nextDeadline()));
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
        return routes.opened(input.link, input.peer, input.from, input.dial);
      case 'dial-failed':
        return routes.dialFailed(input.dial, input.failures);
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
        takeAnswer(routes, input);
        return this.#goOn();
      case 'examined':
        return routes.examined(input.lines);
      case 'command':
        return this.#command(input.command);
      default:
        return never(input);
    }
  }

  #wake(at: Instant): void {
    const routes = this.#routes;
    const { stages } = routes;
    if (this.#refreshAt !== undefined && this.#refreshAt <= at) this.#refresh();
    routes.fromDiscovery(stages.discovery.due(at));
    routes.fromExchange(stages.exchange.due(at));
    if (routes.rememberAt !== undefined && routes.rememberAt <= at) routes.remember();
    const { out, beats } = stages.sessions.due(at);
    routes.fromSessions(out);
    routes.fromVisits(stages.visits.due(at));
    routes.beat(beats);
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
    if (this.#begun) return this.#refresh();
    this.#begun = true;
    for (const target of routes.config.targets) stages.targets.add(target, routes.now.at);
    stages.dialler.remember(routes.config.remembered, routes.now.at);
    routes.dial();
    stages.listenFirst.begin(routes.now.at);
    routes.fromDiscovery(stages.discovery.begin(routes.nick));
    this.#older();
  }

  /** The machine woke up, or its network is another one: one shows oneself, looks whether the links hold, and dials anew. */
  #refresh(): void {
    const { at } = this.#routes.now;
    // Clocks and cards can go back and forth without end.
    this.#refreshAt = undefined;
    if (at < this.#refreshesAt) {
      this.#refreshAt = this.#refreshesAt;
      return;
    }
    this.#refreshesAt = after(at, REFRESH_INTERVAL_MS);
    const { dialler, discovery, sessions, targets } = this.#routes.stages;
    sessions.beatSoon(at);
    dialler.refresh(at);
    targets.refresh(at);
    this.#routes.fromDiscovery(discovery.burst(at));
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
        return this.#routes.connect(command.to);
      case 'stop-connecting':
        return this.#routes.stopConnecting(command.to);
      case 'doctor':
        return this.#routes.examine();
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
    stages.targets.leave();
    routes.remember();
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
