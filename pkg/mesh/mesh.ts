/**
 * Which links are kept. Knows peers and link ids; nothing of what is said on a link.
 *
 * Invariant one-link: of two links between a pair both ends keep the same one. They rank a link by what both hellos on it told:
 * first by how many links the two have lost together (a link dialled after a loss outranks what is left of the one
 * before), then by who dialled (the smaller id's dial wins). Another instance of the peer always wins, because a key
 * has one process at a time. Whoever dials says hello on one link at a time, so that no two are of one rank.
 */
import {
  BACKOFF_MS_MAX,
  CANDIDATES_PER_PEER_MAX,
  GREETINGS_MAX,
  LINK_YIELD_INTERVAL_MS,
  LINKS_WANTED_SHARE,
} from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import type { Random } from '../base/random.ts';
import { after, between, type Instant, instant } from '../base/units.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import type { FarewellCode } from '../wire/fault.ts';
import type { InstanceId } from '../wire/fields.ts';
import type { Hello } from '../wire/message.ts';
import type { Dialler } from './dialler.ts';

export type MeshOut =
  /** A connection stands: say hello on it, telling `lost`. */
  | { readonly type: 'greet'; readonly link: LinkId; readonly peer: PeerId; readonly lost: number }
  /** The link is the one between the two. `instead` is the one it takes over from, which is being closed. */
  | { readonly type: 'linked'; readonly link: LinkId; readonly peer: PeerId; readonly instead: LinkId | undefined }
  | { readonly type: 'unlinked'; readonly peer: PeerId; readonly why: string }
  | { readonly type: 'refuse'; readonly link: LinkId; readonly code: FarewellCode | 'self'; readonly why: string };

export interface MeshConfig {
  readonly me: PeerId;
  /** Links held at once. */
  readonly linksMax: number;
  readonly random: Random;
  readonly dialler: Dialler;
}

/** So many connections of one address that do not greet are no chance. */
const GREETINGS_CROWD = GREETINGS_MAX / 8;

interface Candidate {
  readonly link: LinkId;
  readonly dialled: boolean;
  /** What we told in our hello on it. */
  readonly lost: number;
  readonly from: Endpoint;
  readonly openedAt: Instant;
}

interface Standing extends Candidate {
  readonly instance: InstanceId;
  /** Links lost by both ends together before this one. */
  readonly rank: number;
}

/** The connections with one peer. */
interface Bond {
  readonly candidates: Map<LinkId, Candidate>;
  standing: Standing | undefined;
}

type Refusal = Pick<Extract<MeshOut, { readonly type: 'refuse' }>, 'code' | 'why'>;

export class Mesh {
  readonly #config: MeshConfig;
  readonly #bonds = new Map<PeerId, Bond>();
  readonly #owners = new Map<LinkId, PeerId>();
  #standing = 0;
  #yieldsAt = instant(0);
  #leaving = false;

  constructor(config: MeshConfig) {
    this.#config = config;
  }

  /** How many peers are linked. */
  get size(): number {
    return this.#standing;
  }

  /** The link that stands between us and `peer`. */
  linkTo(peer: PeerId): LinkId | undefined {
    return this.#bonds.get(peer)?.standing?.link;
  }

  /** Whether a link with `peer` stands or is being made. */
  isBusy(peer: PeerId): boolean {
    return this.#bonds.has(peer);
  }

  /** Whether there are links enough, where there are `known` peers to choose from: the rest is for newcomers. */
  hasEnough(known: number): boolean {
    const { linksMax } = this.#config;
    return known > linksMax && this.#standing >= Math.floor(linksMax * LINKS_WANTED_SHARE);
  }

  /** A connection with `peer` stands; `dialled` by us, or accepted. */
  opened(link: LinkId, peer: PeerId, from: Endpoint, dialled: boolean, now: Instant): MeshOut[] {
    const { dialler } = this.#config;
    const refusal = this.#refusal(peer, dialled);
    const room = refusal === undefined ? this.#roomToGreet(from.address) : undefined;
    if (room === undefined) {
      dialler.failed(peer, now);
      return [{ type: 'refuse', link, ...(refusal ?? this.#full()) }];
    }
    this.#owners.set(link, peer);
    dialler.opened(peer);
    const lost = dialler.lostWith(peer);
    const bond = this.#bonds.get(peer) ?? { candidates: new Map(), standing: undefined };
    bond.candidates.set(link, { link, dialled, lost, from, openedAt: now });
    this.#bonds.set(peer, bond);
    return [...room, { type: 'greet', link, peer, lost }];
  }

  /** The peer's hello has come on `link`: it becomes the link between the two, or gives way (one-link). */
  greeted(link: LinkId, hello: Pick<Hello, 'instance' | 'lost' | 'port'>, now: Instant): MeshOut[] {
    const { peer, bond } = this.#of(link);
    const candidate = bond?.candidates.get(link);
    if (peer === undefined || bond === undefined || candidate === undefined) return [];
    const standing: Standing = { ...candidate, instance: hello.instance, rank: candidate.lost + hello.lost };
    const current = bond.standing;
    if (current !== undefined && !this.#outranks(standing, current, peer)) {
      this.#drop(link);
      return [{ type: 'refuse', link, code: 'duplicate', why: 'the other link between us stays' }];
    }
    const full = current === undefined && this.#standing >= this.#config.linksMax;
    const yielded = full ? this.#yielded(now) : [];
    if (yielded === undefined) {
      this.#drop(link);
      this.#config.dialler.failed(peer, now);
      return [{ type: 'refuse', link, ...this.#full() }];
    }
    bond.candidates.delete(link);
    bond.standing = standing;
    const { from, dialled } = candidate;
    this.#config.dialler.linked(peer, dialled ? from : { address: from.address, port: hello.port });
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
    const { peer } = this.#of(link);
    if (peer !== undefined) this.#config.dialler.left(peer);
  }

  /** The connection has ended. Unless it ended with a goodbye the peer is dialled again. */
  closed(link: LinkId, why: string, now: Instant): MeshOut[] {
    const { peer, bond } = this.#of(link);
    if (peer === undefined || bond === undefined) return [];
    const { standing } = bond;
    this.#drop(link);
    if (standing?.link !== link) {
      this.#config.dialler.failed(peer, now);
      return [];
    }
    this.#standing -= 1;
    this.#config.dialler.lost(peer, between(standing.openedAt, now) > BACKOFF_MS_MAX, now);
    return [{ type: 'unlinked', peer, why }];
  }

  /** From now on nothing is accepted. */
  leave(): void {
    this.#leaving = true;
    this.#config.dialler.leave();
  }

  #of(link: LinkId): { readonly peer: PeerId | undefined; readonly bond: Bond | undefined } {
    const peer = this.#owners.get(link);
    return { peer, bond: peer === undefined ? undefined : this.#bonds.get(peer) };
  }

  #drop(link: LinkId): void {
    const { peer, bond } = this.#of(link);
    this.#owners.delete(link);
    if (peer === undefined || bond === undefined) return;
    bond.candidates.delete(link);
    if (bond.standing?.link === link) bond.standing = undefined;
    if (bond.standing === undefined && bond.candidates.size === 0) this.#bonds.delete(peer);
  }

  #refusal(peer: PeerId, dialled: boolean): Refusal | undefined {
    const { me } = this.#config;
    if (peer === me) return { code: 'self', why: 'a link to ourselves' };
    if (this.#leaving) return { code: 'goodbye', why: 'leaving' };
    const bond = this.#bonds.get(peer);
    const candidates = [...(bond?.candidates.values() ?? [])];
    if (dialled && (bond?.standing !== undefined || candidates.some((candidate) => candidate.dialled))) {
      return { code: 'duplicate', why: 'there is a link between us' };
    }
    if (candidates.length < CANDIDATES_PER_PEER_MAX) return undefined;
    return { code: 'duplicate', why: 'too many connections at once' };
  }

  /**
   * Where too many have not greeted, the oldest of the address that has most of them makes room, as whoever means it greets at
   * once. Undefined where `address` has most itself, or where they are a crowd of many.
   */
  #roomToGreet(address: string): MeshOut[] | undefined {
    if (this.#owners.size < this.#config.linksMax + GREETINGS_MAX) return [];
    const candidates = [...this.#bonds.values()].flatMap((bond) => [...bond.candidates.values()]);
    const held = new Map<string, Candidate[]>();
    for (const one of candidates) held.set(one.from.address, [...(held.get(one.from.address) ?? []), one]);
    const most = [...held.values()].reduce<Candidate[]>((best, next) => (next.length > best.length ? next : best), []);
    const [oldest] = most.toSorted((left, right) => left.openedAt - right.openedAt);
    if (oldest === undefined || most.length < GREETINGS_CROWD || oldest.from.address === address) return undefined;
    return [{ type: 'refuse', link: oldest.link, ...this.#full() }];
  }

  #full(): Refusal {
    return { code: 'links-full', why: `${this.#config.linksMax} links are held already` };
  }

  /**
   * One link makes room for a newcomer, drawn from those to the address that holds most of them; not so often that strangers
   * could part us from everybody: keys cost nothing, addresses are few.
   */
  #yielded(now: Instant): MeshOut[] | undefined {
    if (now < this.#yieldsAt) return undefined;
    this.#yieldsAt = after(now, LINK_YIELD_INTERVAL_MS);
    const standing = [...this.#bonds.values()].flatMap((bond) => bond.standing ?? []);
    const held = new Map<string, number>();
    for (const { from } of standing) held.set(from.address, (held.get(from.address) ?? 0) + 1);
    const most = Math.max(...held.values());
    const links = standing.filter(({ from }) => held.get(from.address) === most).map(({ link }) => link);
    const link = links[this.#config.random.below(links.length)];
    return link === undefined ? [] : [{ type: 'refuse', link, code: 'links-full', why: 'room is made for a newcomer' }];
  }

  #outranks(challenger: Standing, current: Standing, peer: PeerId): boolean {
    if (challenger.instance !== current.instance) return true;
    if (challenger.rank !== current.rank) return challenger.rank > current.rank;
    const smallerDialled = (link: Standing) => link.dialled === this.#config.me < peer;
    return smallerDialled(challenger) && !smallerDialled(current);
  }
}
