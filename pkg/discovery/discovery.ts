/**
 * Who was heard, where and when, and when to be heard. Knows nothing of links: a sighting is a hint that somebody may
 * be reachable, proven only in that its key signed it.
 */
import { Deadlines, earliest } from '../base/deadlines.ts';
import {
  ANNOUNCE_BURST_MS,
  ANNOUNCE_CHECKS_MAX,
  ANNOUNCE_INTERVAL_MS,
  ANNOUNCE_INTERVAL_MS_MAX,
  ANNOUNCE_JITTER_SHARE,
  ANNOUNCE_WAYS,
  ANNOUNCES_PER_SECOND_MAX,
  ANSWER_INTERVAL_MS,
  ANSWERS_BURST_MAX,
  ANSWERS_PER_SECOND_MAX,
  PROTOCOL_VERSION,
  SIGHTING_ADDRESSES_MAX,
  SIGHTING_INTERVALS,
  SIGHTING_LIFE_MS,
  SIGHTINGS_MAX,
} from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import { TokenBucket } from '../base/token-bucket.ts';
import { after, between, type Instant, instant } from '../base/units.ts';
import type { Nick } from '../identity/nick.ts';
import type { PeerId } from '../identity/peer-id.ts';
import { decodeDatagram, type Probe, type SignedDatagram } from '../wire/announce.ts';
import { type Endpoint, endpointText } from '../wire/endpoint.ts';
import type { InstanceId, Way } from '../wire/fields.ts';
import { utf8Bytes } from '../wire/lines.ts';
import { CheckBudgets } from './check-budgets.ts';
import { type OwnDatagram, ownTexts } from './own-datagrams.ts';
import { Probes } from './probes.ts';

export type DiscoveryOut =
  /** An own datagram needs its signature: `signed()` brings it back. */
  | { readonly type: 'sign-own'; readonly which: OwnDatagram; readonly text: string }
  | { readonly type: 'datagram'; readonly to: Endpoint | 'group'; readonly text: string }
  /** A datagram's signature is to be verified: `checked()` brings the answer. */
  | { readonly type: 'check'; readonly datagram: SignedDatagram }
  /** `peer` says that it accepts links at `at`. */
  | { readonly type: 'sighted'; readonly peer: PeerId; readonly at: Endpoint }
  /** `peer` said that it leaves, or was not heard for long. */
  | { readonly type: 'unsighted'; readonly peer: PeerId; readonly left: boolean }
  /** Somebody else uses our key: a copy of the profile runs at `from`. Told once. */
  | { readonly type: 'doubled'; readonly from: Endpoint }
  | { readonly type: 'ignored'; readonly from: Endpoint; readonly why: string };

interface Heard {
  instance: InstanceId;
  heardAt: Instant;
  answeredAt: Instant | undefined;
  /** Texts whose signature held, the latest first: hearing one again needs no verification. */
  texts: string[];
}

const TEXTS_KEPT = 2;

export interface DiscoveryConfig {
  readonly me: PeerId;
  readonly instance: InstanceId;
  readonly port: number;
  /** The network that is meant, `224.0.0.1:9999`. */
  readonly group: string;
  readonly random: Random;
  readonly startedAt: Instant;
}

export class Discovery {
  readonly #config: DiscoveryConfig;
  readonly #own = new Map<OwnDatagram, string>();
  readonly #heard = new Map<PeerId, Heard>();
  readonly #expiries = new Deadlines<PeerId>();
  /** Datagrams whose signature is being verified, by text, with every endpoint they came from meanwhile. */
  readonly #checking = new Map<string, Endpoint[]>();
  readonly #budgets = new CheckBudgets();
  /** Instances that said that they leave, the latest last: what is heard of them later is an echo. */
  readonly #left = new Map<PeerId, InstanceId>();
  readonly #answers: TokenBucket;
  readonly #probes = new Probes();
  #doubledTold = false;
  #burstsLeft: number[] = [];
  #announceAt: Instant | undefined;

  constructor(config: DiscoveryConfig) {
    this.#config = config;
    this.#answers = new TokenBucket(ANSWERS_BURST_MAX, ANSWERS_PER_SECOND_MAX, config.startedAt);
  }

  /** Begins, or begins again under another nick: the own datagrams are signed anew, then announced in a burst. */
  begin(nick: Nick): DiscoveryOut[] {
    const { me, instance, port, group } = this.#config;
    this.#own.clear();
    return ownTexts({ peer: me, instance, group, nick, port }).map(([which, text]) => ({
      type: 'sign-own',
      which,
      text,
    }));
  }

  /** Takes an own datagram that was signed. With the last of them the burst begins. */
  signed(which: OwnDatagram, text: string, now: Instant): DiscoveryOut[] {
    this.#own.set(which, text);
    return this.#own.size === 3 ? this.burst(now) : [];
  }

  /** Announces in a burst: at start, and when the network has changed. */
  burst(now: Instant): DiscoveryOut[] {
    this.#burstsLeft = ANNOUNCE_BURST_MS.map((wait) => after(now, wait));
    this.#announceAt = now;
    return this.due(now);
  }

  /** The last announce: takes the sighting back from everyone who has it. After it nobody is answered. */
  leave(): DiscoveryOut[] {
    this.#announceAt = undefined;
    const text = this.#own.get('leaving');
    this.#own.clear();
    return text === undefined ? [] : [{ type: 'datagram', to: 'group', text }];
  }

  heard(from: Endpoint, bytes: Uint8Array, now: Instant): DiscoveryOut[] {
    const datagram = decodeDatagram(bytes);
    if (datagram.type === 'fault') return [{ type: 'ignored', from, why: datagram.why }];
    const { peer, version } = datagram.body;
    // An examination of one's own says nothing about others.
    const probe = datagram.body.type === 'probe';
    if (peer === this.#config.me && (probe || datagram.body.instance === this.#config.instance)) return [];
    // Whoever probes wants to hear of everybody, also of those whom it cannot talk with.
    if (version !== PROTOCOL_VERSION && !probe) return [{ type: 'ignored', from, why: `protocol version ${version}` }];
    if (datagram.body.type === 'announce' && datagram.body.group !== this.#config.group) {
      return [{ type: 'ignored', from, why: `of the network ${datagram.body.group}` }];
    }
    if (this.#left.get(peer) === datagram.body.instance) return [{ type: 'ignored', from, why: 'it has left' }];
    if (this.#heard.get(peer)?.texts.includes(datagram.text)) return this.#accept(datagram, from, now);
    const pending = this.#checking.get(datagram.text);
    if (pending !== undefined) {
      if (pending.length < SIGHTING_ADDRESSES_MAX) pending.push(from);
      return [];
    }
    if (this.#checking.size >= ANNOUNCE_CHECKS_MAX || !this.#budgets.take(from.address, now)) {
      return [{ type: 'ignored', from, why: 'too many to verify' }];
    }
    this.#checking.set(datagram.text, [from]);
    return [{ type: 'check', datagram }];
  }

  checked(datagram: SignedDatagram, valid: boolean, now: Instant): DiscoveryOut[] {
    const froms = this.#checking.get(datagram.text) ?? [];
    this.#checking.delete(datagram.text);
    if (!valid) return froms.map((from) => ({ type: 'ignored', from, why: 'not signed by the peer it names' }));
    if (datagram.body.peer === this.#config.me) return this.#double(datagram.body.type, froms);
    return froms.flatMap((from) => this.#accept(datagram, from, now));
  }

  due(now: Instant): DiscoveryOut[] {
    const out: DiscoveryOut[] = [];
    for (let peer = this.#expiries.take(now); peer !== undefined; peer = this.#expiries.take(now)) {
      const heard = this.#heard.get(peer);
      if (heard === undefined) continue;
      const expiresAt = after(heard.heardAt, this.#lifeMs());
      if (expiresAt > now) this.#expiries.set(peer, expiresAt);
      else out.push(...this.#forget(peer, false));
    }
    if (this.#announceAt !== undefined && this.#announceAt <= now) out.push(...this.#announce(now));
    return out;
  }

  nextDeadline(): Instant | undefined {
    return earliest(this.#expiries.next(), this.#announceAt);
  }

  /** One announce to the group between the others: for a visitor, who wants to know whether it hears us. */
  again(): DiscoveryOut[] {
    const text = this.#own.get('answering');
    return text === undefined ? [] : [{ type: 'datagram', to: 'group', text }];
  }

  /** By which ways the probes of a visitor came. */
  probedBy(peer: PeerId, instance: InstanceId, now: Instant): Way[] {
    return this.#probes.ways(peer, instance, now);
  }

  /** Everyone whose announce was heard and not taken back. */
  sightings(): IterableIterator<PeerId> {
    return this.#heard.keys();
  }

  #double(type: SignedDatagram['body']['type'], froms: readonly Endpoint[]): DiscoveryOut[] {
    const from = froms[0];
    if (type !== 'announce' || this.#doubledTold || from === undefined) return [];
    this.#doubledTold = true;
    return [{ type: 'doubled', from }];
  }

  #announce(now: Instant): DiscoveryOut[] {
    const asking = this.#burstsLeft.length > 0;
    while (this.#burstsLeft[0] !== undefined && this.#burstsLeft[0] <= now) this.#burstsLeft.shift();
    this.#announceAt = instant(this.#burstsLeft[0] ?? after(now, this.#jittered(this.#interval())));
    const text = this.#own.get(asking ? 'asking' : 'answering');
    return text === undefined ? [] : [{ type: 'datagram', to: 'group', text }];
  }

  #jittered(span: number): number {
    return this.#config.random.around(span, ANNOUNCE_JITTER_SHARE);
  }

  /** The mean time between two announces. */
  #interval(): number {
    const fairShareMs = (((this.#heard.size + 1) * ANNOUNCE_WAYS) / ANNOUNCES_PER_SECOND_MAX) * 1_000;
    return Math.min(ANNOUNCE_INTERVAL_MS_MAX, Math.max(ANNOUNCE_INTERVAL_MS, fairShareMs));
  }

  #lifeMs(): number {
    return Math.max(SIGHTING_LIFE_MS, SIGHTING_INTERVALS * this.#interval());
  }

  #accept(datagram: SignedDatagram, from: Endpoint, now: Instant): DiscoveryOut[] {
    const { body } = datagram;
    if (body.type === 'probe') return this.#probed(body, datagram.text, from, now);
    const heard = this.#heard.get(body.peer);
    if (body.type === 'leave') return this.#leaves(body.peer, body.instance);
    const texts = [datagram.text, ...(heard?.texts ?? []).filter((text) => text !== datagram.text)];
    const fresh: Heard = {
      instance: body.instance,
      heardAt: now,
      answeredAt: heard?.instance === body.instance ? heard.answeredAt : undefined,
      texts: texts.slice(0, TEXTS_KEPT),
    };
    this.#heard.delete(body.peer);
    this.#heard.set(body.peer, fresh);
    this.#expiries.setSooner(body.peer, after(now, this.#lifeMs()));
    const sighted: DiscoveryOut = {
      type: 'sighted',
      peer: body.peer,
      at: { address: from.address, port: body.port },
    };
    return [sighted, ...this.#answer(datagram, fresh, from, now), ...this.#makeRoom()];
  }

  #leaves(peer: PeerId, instance: InstanceId): DiscoveryOut[] {
    this.#left.delete(peer);
    this.#left.set(peer, instance);
    const oldest = this.#left.keys().next().value;
    if (this.#left.size > SIGHTINGS_MAX && oldest !== undefined) this.#left.delete(oldest);
    const heard = this.#heard.get(peer);
    // One that was never heard may be linked all the same.
    if (heard === undefined) return [{ type: 'unsighted', peer, left: true }];
    return heard.instance === instance ? this.#forget(peer, true) : [];
  }

  /** Answers a probe as a newcomer is answered: with the own announce, and with nothing that is longer than the probe. */
  #probed(probe: Probe, question: string, from: Endpoint, now: Instant): DiscoveryOut[] {
    const text = this.#own.get('answering');
    if (!this.#probes.heard(probe, now) || text === undefined || utf8Bytes(text) > utf8Bytes(question)) return [];
    return this.#answers.take(now) ? [{ type: 'datagram', to: from, text }] : [];
  }

  /** Answers a newcomer directly; never with more than it sent, and not again within `ANSWER_INTERVAL_MS`. */
  #answer(asking: SignedDatagram, heard: Heard, from: Endpoint, now: Instant): DiscoveryOut[] {
    const text = this.#own.get('answering');
    const soon = heard.answeredAt !== undefined && between(heard.answeredAt, now) < ANSWER_INTERVAL_MS;
    const asks = asking.body.type === 'announce' && asking.body.ask === true;
    if (!asks || soon || text === undefined || utf8Bytes(text) > utf8Bytes(asking.text)) return [];
    if (!this.#answers.take(now)) return [];
    heard.answeredAt = now;
    return [{ type: 'datagram', to: from, text }];
  }

  /** Keeps the sightings under their bound; the map is in the order of hearing, so the first is the oldest. */
  #makeRoom(): DiscoveryOut[] {
    if (this.#heard.size <= SIGHTINGS_MAX) return [];
    const oldest = this.#heard.keys().next().value;
    return oldest === undefined ? [] : this.#forget(oldest, false);
  }

  #forget(peer: PeerId, left: boolean): DiscoveryOut[] {
    this.#heard.delete(peer);
    this.#expiries.cancel(peer);
    return [{ type: 'unsighted', peer, left }];
  }
}

/** For traces: `192.168.1.7:40112: no announce: port`. */
export function ignoredText(out: Extract<DiscoveryOut, { readonly type: 'ignored' }>): string {
  return `ignored a datagram from ${endpointText(out.from)}: ${out.why}`;
}
