/**
 * Knowing one means knowing all: where a neighbour's circle differs from one's own, it is asked whom it is linked with.
 * Whoever finds everybody by announces asks nobody.
 */
import { earliest } from '../base/deadlines.ts';
import { EXCHANGE_REST_MS, EXCHANGE_WAIT_MS_MAX, PEERS_PER_LINE_MAX, PEERS_TOLD_MAX } from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import { after, between, type Instant } from '../base/units.ts';
import type { Nick } from '../identity/nick.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import { encodeMessage, type Peers, type ToldPeer } from '../wire/message.ts';
import { Circle } from './circle.ts';
import { tellable, usable } from './hearsay.ts';
import { type RumourOut, Rumours } from './rumours.ts';

export type ExchangeOut =
  | RumourOut
  | { readonly type: 'send'; readonly link: LinkId; readonly text: string }
  /** Somebody linked with us has a link with `peer`, whose places these are. */
  | { readonly type: 'told'; readonly peer: PeerId; readonly places: readonly Endpoint[] };

interface Neighbour {
  readonly peer: PeerId;
  /** The other end of the link. */
  readonly end: Endpoint;
  /** Its circle as it told it last, and when. */
  circle: string | undefined;
  toldAt: Instant;
  /** Its circle and ours, when it was asked last. */
  asked: { readonly theirs: string; readonly ours: string } | undefined;
  /** Its answer, as far as it has come; undefined while none is awaited. */
  answer: ToldPeer[] | undefined;
  /** When it was answered last. */
  answeredAt: Instant | undefined;
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
  readonly #rumours: Rumours;
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
    this.#rumours = new Rumours({
      me: config.me,
      isLinked: (peer) => this.#linked.has(peer),
      isCurrent: (link) => this.#isCurrent(link),
    });
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
    this.#rumours.linked(peer);
    this.#neighbours.set(link, {
      peer,
      end,
      circle: undefined,
      toldAt: now,
      asked: undefined,
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
    return this.#rumours.told(link, [], now);
  }

  /** A neighbour told its circle. */
  beat(link: LinkId, circle: string, now: Instant): ExchangeOut[] {
    const neighbour = this.#neighbours.get(link);
    if (neighbour === undefined) return [];
    neighbour.circle = circle;
    neighbour.toldAt = now;
    if (circle === this.circle()) {
      // Whoever it is linked with, we are linked with: what it answered once says nothing about later.
      neighbour.asked = undefined;
      return this.#rumours.told(link, [], now);
    }
    if (!this.#isAsked(neighbour)) this.#askAt ??= this.#soonest(now);
    return [];
  }

  /** A neighbour asks for our circle. */
  who(link: LinkId, now: Instant): ExchangeOut[] {
    const neighbour = this.#neighbours.get(link);
    if (neighbour === undefined) return [];
    const { answeredAt } = neighbour;
    if (answeredAt !== undefined && between(answeredAt, now) < EXCHANGE_REST_MS / 2) return [];
    neighbour.answeredAt = now;
    const peers = [...this.#linked.keys()].flatMap((peer) => this.#toTell(peer, neighbour));
    return [{ type: 'send', link, text: lines(peers, this.circle()) }];
  }

  /** A line of a neighbour's answer. */
  peers(link: LinkId, { peers, whole, circle }: Peers, now: Instant): ExchangeOut[] {
    const neighbour = this.#neighbours.get(link);
    if (neighbour?.answer === undefined) return [];
    const { answer } = neighbour;
    answer.push(...peers.slice(0, PEERS_TOLD_MAX - answer.length));
    if (whole !== true) return [];
    neighbour.answer = undefined;
    // It may be another one by now than that which was asked about, and be that one again later.
    if (neighbour.asked !== undefined && circle !== undefined) neighbour.asked = { ...neighbour.asked, theirs: circle };
    this.#weigh(answer, now);
    const news = answer.flatMap((told) => this.#toDial(told, neighbour));
    return [...this.#rumours.told(link, answer, now), ...news];
  }

  /** `peer` is leaving, as it said itself. */
  left(peer: PeerId): ExchangeOut[] {
    return this.#rumours.left(peer);
  }

  due(now: Instant): ExchangeOut[] {
    const asking = this.#askAt !== undefined && this.#askAt <= now ? this.#ask(now) : [];
    return [...this.#rumours.due(now), ...asking];
  }

  nextDeadline(): Instant | undefined {
    return earliest(this.#rumours.nextDeadline(), this.#askAt);
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
    const old = differing.find(([link]) => this.#rumours.hasFrom(link));
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

  /** Whether a neighbour is still linked with whom it told; one whose circle has changed may have lost just one of them. */
  #isCurrent(link: LinkId): boolean {
    const neighbour = this.#neighbours.get(link);
    return neighbour?.asked !== undefined && neighbour.asked.theirs === neighbour.circle;
  }

  /** At `at`, but once our own circle has rested: until then others are most likely being linked without any asking. */
  #soonest(at: Instant): Instant {
    const rested = after(this.#changedAt, EXCHANGE_REST_MS);
    return [rested, this.#asksAt].reduce((latest, next) => (next > latest ? next : latest), at);
  }

  #toTell(peer: PeerId, neighbour: Neighbour): ToldPeer[] {
    const nick = this.#config.nickOf(peer);
    if (peer === neighbour.peer || nick === undefined) return [];
    const places = this.#config.placesOf(peer).flatMap((place) => tellable(place, neighbour.end) ?? []);
    return [{ peer, nick, at: places.map(({ address, port }) => [address, port]) }];
  }

  #toDial({ peer, at }: ToldPeer, { end }: Neighbour): ExchangeOut[] {
    if (peer === this.#config.me || this.#linked.has(peer)) return [];
    return [{ type: 'told', peer, places: at.flatMap(([address, port]) => usable({ address, port }, end) ?? []) }];
  }
}

function lines(peers: readonly ToldPeer[], circle: string): string {
  let text = '';
  for (let place = 0; place === 0 || place < peers.length; place += PEERS_PER_LINE_MAX) {
    const last = place + PEERS_PER_LINE_MAX >= peers.length;
    const slice = peers.slice(place, place + PEERS_PER_LINE_MAX);
    text += `${encodeMessage({ type: 'peers', peers: slice, ...(last ? { whole: true, circle } : {}) })}\n`;
  }
  return text;
}
