/**
 * Whom to dial and when, and which of two links between a pair stays. Knows peers, addresses and link ids; nothing of
 * what is said on a link.
 *
 * Invariant one-link: of two links between a pair both ends keep the same one. They rank a link by what both hellos on it told:
 * first by how many links the two have lost together (a link dialled after a loss outranks what is left of the one
 * before), then by who dialled (the smaller id's dial wins). Another instance of the peer always wins, because a key
 * has one process at a time.
 */
import { Deadlines } from '../base/deadlines.ts';
import {
  BACKOFF_FIRST_MS,
  BACKOFF_JITTER_SHARE,
  BACKOFF_MS_MAX,
  CANDIDATES_PER_PEER_MAX,
  DIAL_DEFER_MS,
  DIALLABLE_MAX,
  DIALS_FAILED_MAX,
  DIALS_MAX,
  LINK_YIELD_INTERVAL_MS,
  LINKS_MAX,
  LINKS_OPEN_MAX,
  LINKS_WANTED,
  SIGHTING_ADDRESSES_MAX,
} from '../base/limits.ts';
import { type DialId, dialId, type LinkId } from '../base/link-id.ts';
import type { Random } from '../base/random.ts';
import { after, between, type Instant, instant } from '../base/units.ts';
import type { PeerId } from '../identity/peer-id.ts';
import { type Endpoint, sameEndpoint } from '../wire/endpoint.ts';
import type { FarewellCode } from '../wire/fault.ts';
import type { Hello } from '../wire/message.ts';
import { type Known, nobodyYet, type Standing } from './known.ts';

export type MeshOut =
  | { readonly type: 'dial'; readonly dial: DialId; readonly peer: PeerId; readonly to: readonly Endpoint[] }
  /** A connection stands: say hello on it, telling `lost`. */
  | { readonly type: 'greet'; readonly link: LinkId; readonly peer: PeerId; readonly lost: number }
  /** The link is the one between the two. `instead` is the one it takes over from, which is being closed. */
  | { readonly type: 'linked'; readonly link: LinkId; readonly peer: PeerId; readonly instead: LinkId | undefined }
  | { readonly type: 'unlinked'; readonly peer: PeerId; readonly why: string }
  | { readonly type: 'refuse'; readonly link: LinkId; readonly code: FarewellCode | 'self'; readonly why: string };

export class Mesh {
  readonly #me: PeerId;
  readonly #random: Random;
  readonly #known = new Map<PeerId, Known>();
  readonly #owners = new Map<LinkId, PeerId>();
  readonly #dialAt = new Deadlines<PeerId>();
  /** Whom each dial under way is to reach. */
  readonly #dials = new Map<DialId, PeerId>();
  #dialsEver = 0;
  #standing = 0;
  #yieldsAt = instant(0);
  #leaving = false;

  constructor(me: PeerId, random: Random) {
    this.#me = me;
    this.#random = random;
  }

  /** How many peers are linked. */
  get size(): number {
    return this.#standing;
  }

  /** The link that stands between us and `peer`. */
  linkTo(peer: PeerId): LinkId | undefined {
    return this.#known.get(peer)?.standing?.link;
  }

  /** `peer` accepts links at `at`. Brings the backoff to its beginning: somebody who announces is there. */
  sighted(peer: PeerId, at: Endpoint, now: Instant): void {
    const known = this.#know(peer);
    this.#learn(known, at);
    known.failures = 0;
    if (known.standing !== undefined || known.dialling || known.candidates.size > 0) return;
    const { triedAt } = known;
    const soonest = triedAt === undefined ? now : after(triedAt, BACKOFF_FIRST_MS);
    this.#dialAt.setSooner(peer, after(soonest > now ? soonest : now, this.#deference(peer)));
  }

  /** `peer` took its announce back (`left`), or is long unheard: no more dialling, unless a link shows that it is there. */
  unsighted(peer: PeerId, left: boolean): void {
    const known = this.#known.get(peer);
    if (known === undefined || (known.standing !== undefined && !left)) return;
    known.endpoints = [];
    this.#dialAt.cancel(peer);
    this.#forgetIfIdle(peer, known);
  }

  dialFailed(dial: DialId, now: Instant): void {
    const peer = this.#dials.get(dial);
    const known = peer === undefined ? undefined : this.#known.get(peer);
    if (peer === undefined || known === undefined) return;
    this.#dialEnded(dial, known);
    this.#redial(peer, known, now);
  }

  opened(link: LinkId, peer: PeerId, from: Endpoint, dial: DialId | undefined, now: Instant): MeshOut[] {
    if (peer === this.#me) return [{ type: 'refuse', link, code: 'self', why: 'a link to ourselves' }];
    const known = this.#know(peer);
    if (dial !== undefined) this.#dialEnded(dial, known);
    if (this.#leaving) return [{ type: 'refuse', link, code: 'goodbye', why: 'leaving' }];
    if (this.#owners.size >= LINKS_OPEN_MAX) return this.#full(link, peer, known);
    if (known.candidates.size >= CANDIDATES_PER_PEER_MAX) {
      return [{ type: 'refuse', link, code: 'duplicate', why: 'too many connections at once' }];
    }
    this.#owners.set(link, peer);
    this.#dialAt.cancel(peer);
    known.candidates.set(link, { link, dialled: dial !== undefined, lost: known.lost, from, openedAt: now });
    return [{ type: 'greet', link, peer, lost: known.lost }];
  }

  /** The peer's hello has come on `link`: it becomes the link between the two, or gives way (one-link). */
  greeted(link: LinkId, hello: Pick<Hello, 'instance' | 'lost' | 'port'>, now: Instant): MeshOut[] {
    const peer = this.#owners.get(link);
    const known = peer === undefined ? undefined : this.#known.get(peer);
    const candidate = known?.candidates.get(link);
    if (peer === undefined || known === undefined || candidate === undefined) return [];
    const standing: Standing = { ...candidate, instance: hello.instance, rank: candidate.lost + hello.lost };
    known.candidates.delete(link);
    const current = known.standing;
    if (current !== undefined && !this.#outranks(standing, current, peer)) {
      this.#owners.delete(link);
      return [{ type: 'refuse', link, code: 'duplicate', why: 'the other link between us stays' }];
    }
    const full = current === undefined && this.#standing >= LINKS_MAX;
    const yielded = full ? this.#yielded(now) : [];
    if (yielded === undefined) {
      this.#owners.delete(link);
      return this.#full(link, peer, known);
    }
    known.standing = standing;
    this.#learn(known, { address: candidate.from.address, port: hello.port });
    if (current === undefined) {
      this.#standing += 1;
      return [...yielded, { type: 'linked', link, peer, instead: undefined }];
    }
    this.#owners.delete(current.link);
    return [
      { type: 'refuse', link: current.link, code: 'duplicate', why: 'a newer link between us stays' },
      { type: 'linked', link, peer, instead: current.link },
    ];
  }

  /** The peer on `link` said goodbye: it is not dialled again until it announces itself. */
  farewell(link: LinkId): void {
    const peer = this.#owners.get(link);
    const known = peer === undefined ? undefined : this.#known.get(peer);
    if (known !== undefined) known.endpoints = [];
  }

  /** The connection has ended. Unless it ended with a goodbye the peer is dialled again. */
  closed(link: LinkId, why: string, now: Instant): MeshOut[] {
    const peer = this.#owners.get(link);
    const known = peer === undefined ? undefined : this.#known.get(peer);
    if (peer === undefined || known === undefined) return [];
    this.#owners.delete(link);
    if (known.candidates.delete(link)) {
      if (known.standing === undefined) this.#redial(peer, known, now);
      return [];
    }
    const { standing } = known;
    if (standing?.link !== link) return [];
    known.standing = undefined;
    known.lost += 1;
    this.#standing -= 1;
    if (between(standing.openedAt, now) > BACKOFF_MS_MAX) known.failures = 0;
    known.triedAt = now;
    this.#redial(peer, known, now);
    return [{ type: 'unlinked', peer, why }];
  }

  /** From now on nothing is dialled or accepted. */
  leave(): void {
    this.#leaving = true;
    for (const peer of this.#known.keys()) this.#dialAt.cancel(peer);
  }

  due(now: Instant): MeshOut[] {
    const out: MeshOut[] = [];
    while (this.#dials.size < DIALS_MAX) {
      const peer = this.#dialAt.take(now);
      if (peer === undefined) break;
      const known = this.#known.get(peer);
      const to = known?.endpoints[known.turn % Math.max(1, known.endpoints.length)];
      if (known === undefined || to === undefined || known.dialling || known.standing !== undefined) continue;
      if (this.#standing >= LINKS_WANTED && this.#known.size > LINKS_MAX) continue;
      known.dialling = true;
      known.turn += 1;
      known.triedAt = now;
      this.#dialsEver += 1;
      const dial = dialId(this.#dialsEver);
      this.#dials.set(dial, peer);
      out.push({ type: 'dial', dial, peer, to: [to] });
    }
    return out;
  }

  /** When the next dial is due; undefined while as many as allowed are under way, since each ends in an input. */
  nextDeadline(): Instant | undefined {
    return this.#dials.size < DIALS_MAX ? this.#dialAt.next() : undefined;
  }

  #know(peer: PeerId): Known {
    let known = this.#known.get(peer);
    if (known === undefined) {
      known = nobodyYet();
      this.#known.set(peer, known);
    }
    return known;
  }

  /** Remembers an endpoint as the freshest; a new one is the next to be dialled. */
  #learn(known: Known, at: Endpoint): void {
    if (!known.endpoints.some((other) => sameEndpoint(other, at))) known.turn = 0;
    known.endpoints = [at, ...known.endpoints.filter((other) => !sameEndpoint(other, at))];
    known.endpoints.length = Math.min(known.endpoints.length, SIGHTING_ADDRESSES_MAX);
  }

  #full(link: LinkId, peer: PeerId, known: Known): MeshOut[] {
    this.#forgetIfIdle(peer, known);
    return [{ type: 'refuse', link, code: 'links-full', why: `${LINKS_MAX} links are held already` }];
  }

  /** One link, drawn from all, makes room for a newcomer; not so often that strangers could part us from everybody. */
  #yielded(now: Instant): MeshOut[] | undefined {
    if (now < this.#yieldsAt) return undefined;
    this.#yieldsAt = after(now, LINK_YIELD_INTERVAL_MS);
    const links = [...this.#known.values()].flatMap(({ standing }) => standing?.link ?? []);
    const link = links[this.#random.below(links.length)];
    return link === undefined ? [] : [{ type: 'refuse', link, code: 'links-full', why: 'room is made for a newcomer' }];
  }

  #outranks(challenger: Standing, current: Standing, peer: PeerId): boolean {
    if (challenger.instance !== current.instance) return true;
    if (challenger.rank !== current.rank) return challenger.rank > current.rank;
    const smallerDialled = (link: Standing) => link.dialled === this.#me < peer;
    return smallerDialled(challenger) && !smallerDialled(current);
  }

  #dialEnded(dial: DialId, known: Known): void {
    if (this.#dials.delete(dial)) known.dialling = false;
  }

  #redial(peer: PeerId, known: Known, now: Instant): void {
    if (known.failures >= DIALS_FAILED_MAX || this.#known.size > DIALLABLE_MAX) known.endpoints = [];
    if (this.#leaving || known.endpoints.length === 0) {
      this.#forgetIfIdle(peer, known);
      return;
    }
    const backoff = Math.min(BACKOFF_MS_MAX, BACKOFF_FIRST_MS * 2 ** Math.min(known.failures, 16));
    known.failures += 1;
    const wait = this.#random.around(backoff, BACKOFF_JITTER_SHARE) + this.#deference(peer);
    this.#dialAt.set(peer, after(now, wait));
  }

  /** The smaller id dials at once, the other after a moment, in case the smaller cannot. */
  #deference(peer: PeerId): number {
    return this.#me < peer ? 0 : DIAL_DEFER_MS;
  }

  #forgetIfIdle(peer: PeerId, known: Known): void {
    const idle = known.standing === undefined && known.candidates.size === 0 && !known.dialling;
    if (idle && known.endpoints.length === 0) this.#known.delete(peer);
  }
}
