/** Whom to dial, where and when. Knows peers and endpoints; whether a link stands it is told. */
import { Deadlines } from '../base/deadlines.ts';
import {
  BACKOFF_FIRST_MS,
  BACKOFF_JITTER_SHARE,
  BACKOFF_MS_MAX,
  DIAL_DEFER_MS,
  DIAL_DEFERRALS_MAX,
  DIAL_TIMEOUT_MS,
  DIALLABLE_MAX,
  DIALS_FAILED_MAX,
  REMEMBERED_DELAY_MS,
} from '../base/limits.ts';
import type { DialId } from '../base/link-id.ts';
import type { Random } from '../base/random.ts';
import { after, type Instant } from '../base/units.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import type { Acquaintance } from './acquaintance.ts';
import type { Dials } from './dials.ts';
import { Places } from './places.ts';

export type DialOut = {
  readonly type: 'dial';
  readonly dial: DialId;
  /** Undefined for whoever answers. */
  readonly peer: PeerId | undefined;
  /** To be tried in a race, the most promising first. */
  readonly to: readonly Endpoint[];
};

/** What is kept of a peer for as long as it is linked or might be. */
interface Reach {
  readonly places: Places;
  dialling: boolean;
  /** Links to this peer that stood and ended. */
  lost: number;
  /** Dials that failed and links that were lost since the last good link or announce. */
  failures: number;
  triedAt: Instant | undefined;
  /** How often its dial has given way to others since the last one. */
  deferrals: number;
}

export interface DiallerConfig {
  readonly me: PeerId;
  readonly random: Random;
  readonly dials: Dials;
  /** Whether a link with `peer` stands or is being made. */
  isBusy(peer: PeerId): boolean;
  /** Whether there are links enough, with `known` peers to choose from. */
  hasEnough(known: number): boolean;
}

export class Dialler {
  readonly #config: DiallerConfig;
  readonly #reaches = new Map<PeerId, Reach>();
  readonly #dialAt = new Deadlines<PeerId>();
  #leaving = false;

  constructor(config: DiallerConfig) {
    this.#config = config;
  }

  /** Where `peer` can be found. */
  placesOf(peer: PeerId): Places | undefined {
    return this.#reaches.get(peer)?.places;
  }

  /** Links with `peer` that stood and ended. */
  lostWith(peer: PeerId): number {
    return this.#reaches.get(peer)?.lost ?? 0;
  }

  /** `peer` accepts links at `at`. Brings the backoff to its beginning: somebody who announces is there. */
  sighted(peer: PeerId, at: Endpoint, now: Instant): void {
    const reach = this.#reach(peer);
    // Whoever was heard last makes room last.
    this.#reaches.delete(peer);
    this.#reaches.set(peer, reach);
    this.#makeRoom();
    reach.places.learn(at, 'heard');
    reach.failures = 0;
    this.#dialSoon(peer, reach, now);
  }

  /** Somebody else has a link with `peer`, whose addresses these are. Says nothing about whether we can have one. */
  told(peer: PeerId, places: readonly Endpoint[], now: Instant): void {
    if (peer === this.#config.me || (!this.#reaches.has(peer) && this.#reaches.size >= DIALLABLE_MAX)) return;
    const reach = this.#reach(peer);
    for (const at of places) reach.places.learn(at, 'told');
    if (reach.failures === 0) this.#dialSoon(peer, reach, now);
    this.#forgetIfIdle(peer, reach);
  }

  /** Peers of last time: dialled unless announces bring them before. */
  remember(peers: readonly Acquaintance[], now: Instant): void {
    for (const { peer, at: places } of peers) {
      if (peer === this.#config.me || places.length === 0) continue;
      const reach = this.#reach(peer);
      for (const at of places.toReversed()) reach.places.learn(at, 'remembered');
      this.#dialAt.setSooner(peer, after(now, REMEMBERED_DELAY_MS + this.#deference(peer)));
    }
  }

  /** The machine woke up, or its network is another one: whoever is not linked is tried anew. */
  refresh(now: Instant): void {
    for (const [peer, reach] of this.#reaches) {
      reach.failures = 0;
      this.#dialSoon(peer, reach, now);
    }
  }

  /** `peer` is leaving, as it said itself: no more dialling until it is heard again. */
  left(peer: PeerId): void {
    const reach = this.#reaches.get(peer);
    if (reach === undefined) return;
    reach.places.forget();
    this.#stop(peer);
    this.#forgetIfIdle(peer, reach);
  }

  /** A connection with `peer` stands: nothing is to be dialled. */
  opened(peer: PeerId): void {
    this.#reach(peer);
    this.#stop(peer);
  }

  /** A link with `peer` stands at `at`. */
  linked(peer: PeerId, at: Endpoint): void {
    this.#reach(peer).places.prove(at);
  }

  /** A link with `peer` that stood has ended, after a `long` time or soon. */
  lost(peer: PeerId, long: boolean, now: Instant): void {
    const reach = this.#reach(peer);
    reach.lost += 1;
    reach.triedAt = now;
    if (long) reach.failures = 0;
    this.#redial(peer, reach, now);
  }

  /** A connection with `peer` has ended before it was a link, or was refused. */
  failed(peer: PeerId, now: Instant): void {
    const reach = this.#reaches.get(peer);
    if (reach !== undefined && !this.#config.isBusy(peer)) this.#redial(peer, reach, now);
  }

  /** A dial has ended. The target on whose behalf it was, if it was for one. */
  dialEnded(dial: DialId, now: Instant): string | undefined {
    const ended = this.#config.dials.end(dial);
    for (const next of ended?.next ?? []) this.#dialAt.setSooner(next, now);
    if (ended?.caller.type === 'target') return ended.caller.target;
    const reach = ended && this.#reaches.get(ended.caller.peer);
    if (reach !== undefined) reach.dialling = false;
    return undefined;
  }

  /** A dial has ended without a connection; at the endpoints of `wrong` somebody else answered. */
  dialFailed(dial: DialId, wrong: readonly Endpoint[], now: Instant): string | undefined {
    const caller = this.#config.dials.callerOf(dial);
    const target = this.dialEnded(dial, now);
    if (caller?.type !== 'peer') return target;
    for (const at of wrong) this.#reaches.get(caller.peer)?.places.wrong(at, now);
    this.failed(caller.peer, now);
    return undefined;
  }

  /** From now on nothing is dialled. */
  leave(): void {
    this.#leaving = true;
    for (const peer of this.#reaches.keys()) this.#stop(peer);
  }

  due(now: Instant): DialOut[] {
    const out: DialOut[] = [];
    for (let peer = this.#dialAt.take(now); peer !== undefined; peer = this.#dialAt.take(now)) {
      const reach = this.#reaches.get(peer);
      if (reach === undefined || reach.dialling || this.#config.isBusy(peer)) continue;
      if (this.#config.hasEnough(this.#reaches.size)) continue;
      out.push(...this.#dial(peer, reach, now));
    }
    return out;
  }

  nextDeadline(): Instant | undefined {
    return this.#dialAt.next();
  }

  #dial(peer: PeerId, reach: Reach, now: Instant): DialOut[] {
    const to = reach.places.toDial(now);
    const [first] = to;
    if (first === undefined) {
      this.#redial(peer, reach, now);
      return [];
    }
    if (this.#givesWay(peer, reach, first)) {
      reach.deferrals += 1;
      this.#dialAt.set(peer, after(now, DIAL_DEFER_MS));
      return [];
    }
    const unsure = reach.failures > 0 || !reach.places.isSure;
    const dial = this.#config.dials.begin({ type: 'peer', peer }, { address: first.address, unsure }, now);
    if (dial === undefined) {
      // Its turn comes when another dial ends; should that not be, it tries again all the same.
      this.#dialAt.set(peer, after(now, DIAL_TIMEOUT_MS));
      return [];
    }
    reach.dialling = true;
    reach.deferrals = 0;
    reach.triedAt = now;
    return [{ type: 'dial', dial, peer, to }];
  }

  #reach(peer: PeerId): Reach {
    const known = this.#reaches.get(peer);
    if (known !== undefined) return known;
    const fresh: Reach = {
      places: new Places(),
      dialling: false,
      lost: 0,
      failures: 0,
      triedAt: undefined,
      deferrals: 0,
    };
    this.#reaches.set(peer, fresh);
    return fresh;
  }

  #stop(peer: PeerId): void {
    this.#dialAt.cancel(peer);
    this.#config.dials.forget(peer);
  }

  /** Dials a peer that is not linked, though no sooner than a moment after the last time. */
  #dialSoon(peer: PeerId, reach: Reach, now: Instant): void {
    if (this.#leaving || reach.dialling || reach.places.isEmpty || this.#config.isBusy(peer)) return;
    const { triedAt } = reach;
    const soonest = triedAt === undefined ? now : after(triedAt, BACKOFF_FIRST_MS);
    this.#dialAt.setSooner(peer, after(soonest > now ? soonest : now, this.#deference(peer)));
  }

  #redial(peer: PeerId, reach: Reach, now: Instant): void {
    if (reach.failures >= DIALS_FAILED_MAX || this.#reaches.size > DIALLABLE_MAX) reach.places.forget();
    if (this.#leaving || reach.places.isEmpty) {
      this.#forgetIfIdle(peer, reach);
      return;
    }
    const backoff = Math.min(BACKOFF_MS_MAX, BACKOFF_FIRST_MS * 2 ** Math.min(reach.failures, 16));
    reach.failures += 1;
    const wait = this.#config.random.around(backoff, BACKOFF_JITTER_SHARE) + this.#deference(peer);
    this.#dialAt.set(peer, after(now, wait));
  }

  /** Announces of made-up peers come faster than they can be dialled: past the bound one that is not linked is let go. */
  #makeRoom(): void {
    if (this.#reaches.size <= DIALLABLE_MAX) return;
    for (const [peer, reach] of this.#reaches) {
      if (reach.dialling || this.#config.isBusy(peer)) continue;
      this.#stop(peer);
      this.#reaches.delete(peer);
      return;
    }
  }

  /** The smaller id dials at once, the other after a moment, in case the smaller cannot. */
  #deference(peer: PeerId): number {
    return this.#config.me < peer ? 0 : DIAL_DEFER_MS;
  }

  /**
   * Whether the other, whose id is the smaller, gets more time: where a dial of ours to its address takes its time,
   * that machine is busy, and its dial to us may be under way or wait for its turn.
   */
  #givesWay(peer: PeerId, reach: Reach, to: Endpoint): boolean {
    if (this.#deference(peer) === 0 || reach.deferrals >= DIAL_DEFERRALS_MAX) return false;
    return this.#config.dials.awaits(to.address);
  }

  #forgetIfIdle(peer: PeerId, reach: Reach): void {
    if (reach.dialling || !reach.places.isEmpty || this.#config.isBusy(peer)) return;
    this.#stop(peer);
    this.#reaches.delete(peer);
  }
}
