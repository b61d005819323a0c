/**
 * Knowing one means knowing all: where a neighbour's circle differs from one's own, it is asked whom it is linked with.
 * Those are dialled, and where that fails they are present through others. Who finds everybody by announces asks nobody.
 */
import { Deadlines, earliest } from '../base/deadlines.ts';
import {
  EXCHANGE_REST_MS,
  EXCHANGE_WAIT_MS_MAX,
  PEERS_PER_LINE_MAX,
  PEERS_TOLD_MAX,
  RELAYED_AFTER_MS,
  RELAYED_MAX,
} from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import { after, between, type Instant } from '../base/units.ts';
import type { Nick } from '../identity/nick.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import { encodeMessage, type Peers, type ToldPeer } from '../wire/message.ts';
import { Circle } from './circle.ts';
import { tellable, usable } from './hearsay.ts';

export type ExchangeOut =
  | { readonly type: 'send'; readonly link: LinkId; readonly text: string }
  /** Somebody linked with us has a link with `peer`, whose places these are. */
  | { readonly type: 'told'; readonly peer: PeerId; readonly places: readonly Endpoint[] }
  /** `peer` is here, through others. */
  | { readonly type: 'relayed'; readonly peer: PeerId; readonly nick: Nick }
  | { readonly type: 'unrelayed'; readonly peer: PeerId };

interface Neighbour {
  readonly peer: PeerId;
  /** The other end of the link. */
  readonly end: Endpoint;
  /** Its circle as it told it last, and when. */
  circle: string | undefined;
  toldAt: Instant;
  /** Its circle and ours, when it was asked last. */
  asked: { readonly theirs: string; readonly ours: string } | undefined;
  /** Whom it is linked with, as it answered. */
  table: ReadonlySet<PeerId>;
  /** Its answer, as far as it has come; undefined while none is awaited. */
  answer: ToldPeer[] | undefined;
  answeredAt: Instant | undefined;
}

/** Somebody that neighbours told of. */
interface Rumour {
  nick: Nick;
  readonly tellers: Set<LinkId>;
}

export interface ExchangeConfig {
  readonly me: PeerId;
  /** What people call a linked peer. */
  nickOf(peer: PeerId): Nick | undefined;
  /** Where a linked peer can be found. */
  placesOf(peer: PeerId): readonly Endpoint[];
}

export class Exchange {
  readonly #config: ExchangeConfig;
  readonly #circle = new Circle();
  readonly #neighbours = new Map<LinkId, Neighbour>();
  readonly #linked = new Map<PeerId, LinkId>();
  readonly #rumours = new Map<PeerId, Rumour>();
  readonly #relayed = new Set<PeerId>();
  readonly #relayAt = new Deadlines<PeerId>();
  /** When our own circle changed last. */
  #changedAt: Instant;
  #askAt: Instant | undefined;
  /** Nobody is asked before this. */
  #asksAt: Instant;
  /** Nobody is asked for the first time before this; the wait doubles with every answer that brings nobody new. */
  #exploresAt: Instant;
  #exploreMs = EXCHANGE_REST_MS;

  constructor(config: ExchangeConfig, now: Instant) {
    this.#config = config;
    this.#changedAt = now;
    this.#asksAt = now;
    this.#exploresAt = now;
    this.#circle.add(config.me);
  }

  /** Everybody who is linked. */
  linked(): IterableIterator<PeerId> {
    return this.#linked.keys();
  }

  /** What beats tell of our circle. */
  circle(): string {
    return this.#circle.digest();
  }

  linkUp(link: LinkId, peer: PeerId, end: Endpoint, now: Instant): ExchangeOut[] {
    const before = this.#linked.get(peer);
    const out = before === undefined ? [] : this.linkDown(before, now);
    this.#linked.set(peer, link);
    this.#circle.add(peer);
    this.#changed(now);
    this.#relayAt.cancel(peer);
    this.#relayed.delete(peer);
    this.#neighbours.set(link, {
      peer,
      end,
      circle: undefined,
      toldAt: now,
      asked: undefined,
      table: new Set(),
      answer: undefined,
      answeredAt: undefined,
    });
    return out;
  }

  linkDown(link: LinkId, now: Instant): ExchangeOut[] {
    const neighbour = this.#neighbours.get(link);
    if (neighbour === undefined) return [];
    this.#neighbours.delete(link);
    this.#linked.delete(neighbour.peer);
    this.#circle.remove(neighbour.peer);
    this.#changed(now);
    return this.#setTable(link, neighbour, []);
  }

  /** A neighbour told its circle. */
  beat(link: LinkId, circle: string, now: Instant): ExchangeOut[] {
    const neighbour = this.#neighbours.get(link);
    if (neighbour === undefined) return [];
    neighbour.circle = circle;
    neighbour.toldAt = now;
    // Whoever it is linked with, we are linked with.
    if (circle === this.circle()) return this.#setTable(link, neighbour, []);
    if (!this.#isAsked(neighbour)) this.#askAt ??= this.#soonest(now);
    return [];
  }

  /** A neighbour asks for our circle. */
  who(link: LinkId, now: Instant): ExchangeOut[] {
    const neighbour = this.#neighbours.get(link);
    if (neighbour === undefined) return [];
    const { answeredAt, end } = neighbour;
    if (answeredAt !== undefined && between(answeredAt, now) < EXCHANGE_REST_MS / 2) return [];
    neighbour.answeredAt = now;
    const peers: ToldPeer[] = [];
    for (const peer of this.#linked.keys()) {
      const nick = this.#config.nickOf(peer);
      if (peer === neighbour.peer || nick === undefined) continue;
      const at = this.#config.placesOf(peer).flatMap((place): ToldPeer['at'] => {
        const told = tellable(place, end);
        return told === undefined ? [] : [[told.address, told.port]];
      });
      peers.push({ peer, nick, at });
    }
    return [{ type: 'send', link, text: lines(peers) }];
  }

  /** A line of a neighbour's answer. */
  peers(link: LinkId, { peers, whole }: Peers, now: Instant): ExchangeOut[] {
    const neighbour = this.#neighbours.get(link);
    if (neighbour?.answer === undefined) return [];
    const { answer } = neighbour;
    answer.push(...peers.slice(0, PEERS_TOLD_MAX - answer.length));
    if (whole !== true) return [];
    neighbour.answer = undefined;
    this.#weigh(answer, now);
    return [...this.#setTable(link, neighbour, answer), ...this.#tell(neighbour, answer, now)];
  }

  /** `peer` is leaving, as it said itself. */
  left(peer: PeerId): ExchangeOut[] {
    for (const neighbour of this.#neighbours.values()) {
      if (neighbour.table.has(peer)) neighbour.table = new Set([...neighbour.table].filter((other) => other !== peer));
    }
    this.#rumours.delete(peer);
    return this.#unrelay(peer);
  }

  due(now: Instant): ExchangeOut[] {
    const out: ExchangeOut[] = [];
    for (let peer = this.#relayAt.take(now); peer !== undefined; peer = this.#relayAt.take(now)) {
      const rumour = this.#rumours.get(peer);
      if (rumour === undefined || this.#linked.has(peer) || this.#relayed.size >= RELAYED_MAX) continue;
      this.#relayed.add(peer);
      out.push({ type: 'relayed', peer, nick: rumour.nick });
    }
    if (this.#askAt !== undefined && this.#askAt <= now) out.push(...this.#ask(now));
    return out;
  }

  nextDeadline(): Instant | undefined {
    return earliest(this.#relayAt.next(), this.#askAt);
  }

  /**
   * Asks one of those whose circle differs, and was told since our own changed last: first those whose answer has become
   * old, then those that were not asked yet.
   */
  #ask(now: Instant): ExchangeOut[] {
    this.#askAt = undefined;
    const own = this.circle();
    const differing = [...this.#neighbours].filter(([, neighbour]) => {
      const { circle, toldAt } = neighbour;
      return circle !== undefined && circle !== own && toldAt >= this.#changedAt && !this.#isAsked(neighbour);
    });
    const old = differing.find(([, { table }]) => table.size > 0);
    const first = old ?? differing[0];
    if (first === undefined) return [];
    const soonest = this.#soonest(old === undefined ? this.#exploresAt : now);
    if (soonest > now) {
      this.#askAt = soonest;
      return [];
    }
    const [link, neighbour] = first;
    neighbour.asked = { theirs: neighbour.circle ?? '', ours: own };
    neighbour.answer = [];
    this.#asksAt = after(now, EXCHANGE_REST_MS);
    if (differing.length > 1) this.#askAt = this.#asksAt;
    return [{ type: 'send', link, text: `${encodeMessage({ type: 'who' })}\n` }];
  }

  /** Our own circle has changed: whom others know is of interest again. */
  #changed(now: Instant): void {
    this.#changedAt = now;
    this.#exploreMs = EXCHANGE_REST_MS;
    this.#exploresAt = now;
  }

  /** An answer that brings somebody new makes one curious, one that does not makes one wait. */
  #weigh(answer: readonly ToldPeer[], now: Instant): void {
    const { me } = this.#config;
    const news = answer.some(({ peer }) => peer !== me && !this.#linked.has(peer) && !this.#rumours.has(peer));
    this.#exploreMs = news ? EXCHANGE_REST_MS : Math.min(EXCHANGE_WAIT_MS_MAX, 2 * this.#exploreMs);
    this.#exploresAt = after(now, this.#exploreMs);
  }

  /** Whether nothing has changed since it was asked. */
  #isAsked({ circle, asked }: Neighbour): boolean {
    return asked !== undefined && asked.theirs === circle && asked.ours === this.circle();
  }

  /** At `at`, but once our own circle has rested: until then others are most likely being linked without any asking. */
  #soonest(at: Instant): Instant {
    const rested = after(this.#changedAt, EXCHANGE_REST_MS);
    return [rested, this.#asksAt].reduce((latest, next) => (next > latest ? next : latest), at);
  }

  #tell(neighbour: Neighbour, answer: readonly ToldPeer[], now: Instant): ExchangeOut[] {
    const out: ExchangeOut[] = [];
    for (const { peer, at } of answer) {
      if (peer === this.#config.me || this.#linked.has(peer)) continue;
      const places = at.flatMap(([address, port]) => usable({ address, port }, neighbour.end) ?? []);
      out.push({ type: 'told', peer, places });
      if (!this.#relayed.has(peer)) this.#relayAt.setSooner(peer, after(now, RELAYED_AFTER_MS));
    }
    return out;
  }

  /** What a neighbour says now takes the place of what it said before. */
  #setTable(link: LinkId, neighbour: Neighbour, answer: readonly ToldPeer[]): ExchangeOut[] {
    const before = neighbour.table;
    if (before.size === 0 && answer.length === 0) return [];
    for (const { peer, nick } of answer) {
      const rumour = this.#rumours.get(peer) ?? { nick, tellers: new Set() };
      rumour.nick = nick;
      rumour.tellers.add(link);
      this.#rumours.set(peer, rumour);
    }
    const table = new Set(answer.map(({ peer }) => peer));
    neighbour.table = table;
    return [...before].filter((peer) => !table.has(peer)).flatMap((peer) => this.#untold(link, peer));
  }

  #untold(link: LinkId, peer: PeerId): ExchangeOut[] {
    const rumour = this.#rumours.get(peer);
    if (rumour === undefined) return [];
    rumour.tellers.delete(link);
    if (rumour.tellers.size === 0) this.#rumours.delete(peer);
    return [...rumour.tellers].some((teller) => this.#isCurrent(teller)) ? [] : this.#unrelay(peer);
  }

  /** Whether a neighbour is still linked with whom it told; one whose circle has changed may have lost just that peer. */
  #isCurrent(link: LinkId): boolean {
    const neighbour = this.#neighbours.get(link);
    return neighbour?.asked !== undefined && neighbour.asked.theirs === neighbour.circle;
  }

  #unrelay(peer: PeerId): ExchangeOut[] {
    this.#relayAt.cancel(peer);
    return this.#relayed.delete(peer) ? [{ type: 'unrelayed', peer }] : [];
  }
}

function lines(peers: readonly ToldPeer[]): string {
  let text = '';
  for (let place = 0; place === 0 || place < peers.length; place += PEERS_PER_LINE_MAX) {
    const last = place + PEERS_PER_LINE_MAX >= peers.length;
    const slice = peers.slice(place, place + PEERS_PER_LINE_MAX);
    text += `${encodeMessage({ type: 'peers', peers: slice, ...(last ? { whole: true } : {}) })}\n`;
  }
  return text;
}
