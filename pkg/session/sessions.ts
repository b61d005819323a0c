import { Deadlines } from '../base/deadlines.ts';
import { BEAT_GATHER_MS, LINKS_QUICK_MAX, OWN_STALL_MS, STALL_GRACE_MS } from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import { after, between, type Instant, type Millis } from '../base/units.ts';
import type { PeerId } from '../identity/peer-id.ts';
import { Nearby } from './nearby.ts';
import type { Told } from './pulse.ts';
import { Session, type SessionOut } from './session.ts';

/**
 * The sessions of all links and their deadlines.
 *
 * Invariant own-stall: when a deadline is met much too late, it was this process that stood still (a stopped terminal, a sleeping
 * machine), not the peers; they are not called silent before what they sent meanwhile had its chance to be read.
 */
export class Sessions {
  readonly #sessions = new Map<LinkId, Session>();
  readonly #deadlines = new Deadlines<LinkId>();
  readonly #group: string;
  readonly #nearby: Nearby;

  /** `group` is the network of which everybody must be. */
  constructor(me: PeerId, group: string) {
    this.#group = group;
    this.#nearby = new Nearby(me);
  }

  open(link: LinkId, peer: PeerId, now: Instant): void {
    const session = new Session(link, peer, this.#group, now);
    this.#sessions.set(link, session);
    this.#deadlines.set(link, session.nextDeadline());
  }

  close(link: LinkId): void {
    this.#sessions.delete(link);
    this.#deadlines.cancel(link);
  }

  /** A peer is linked, or is not any more: who is nearest may be others now. */
  linked(peer: PeerId, linked: boolean, now: Instant): void {
    if (linked) this.#nearby.add(peer);
    else this.#nearby.remove(peer);
    const quick = this.#nearby.quick();
    for (const [link, session] of this.#sessions) {
      if (session.pulse === undefined) continue;
      session.pulse.pace(quick.has(session.peer), now);
      this.#deadlines.set(link, session.nextDeadline());
    }
  }

  peerOf(link: LinkId): PeerId | undefined {
    return this.#sessions.get(link)?.peer;
  }

  roundTripMs(link: LinkId): Millis | undefined {
    return this.#sessions.get(link)?.roundTripMs;
  }

  bytes(link: LinkId, chunk: Uint8Array, now: Instant): SessionOut[] {
    const session = this.#sessions.get(link);
    if (session === undefined) return [];
    const out = session.bytes(chunk, now);
    if (out.some((said) => said.type === 'greeted')) this.#deadlines.set(link, session.nextDeadline());
    return out;
  }

  /** Reading from a link stops or goes on. */
  flow(link: LinkId, reading: boolean, now: Instant): void {
    const session = this.#sessions.get(link);
    if (session === undefined) return;
    session.flow(reading, now);
    this.#deadlines.set(link, session.nextDeadline());
  }

  /** What the clock brings: faults, and the links on which a beat is to be sent now. */
  due(now: Instant): { readonly out: readonly SessionOut[]; readonly beats: readonly LinkId[] } {
    const out: SessionOut[] = [];
    const beats: LinkId[] = [];
    const earliest = this.#deadlines.next();
    if (earliest !== undefined && between(earliest, now) > OWN_STALL_MS) {
      for (const session of this.#sessions.values()) session.pardon(STALL_GRACE_MS, now);
    }
    for (let link = this.#deadlines.take(now); link !== undefined; link = this.#deadlines.take(now)) {
      const session = this.#sessions.get(link);
      const due = session?.due(now);
      if (due === 'beat') beats.push(link);
      else if (due !== undefined) out.push(due);
      if (session?.over === false) {
        this.#deadlines.set(link, session.nextDeadline());
      }
    }
    if (beats.length > 0) beats.push(...this.#gather(now));
    return { out, beats };
  }

  /**
   * The links whose next beat goes out with those that are due now. So the beats of all links come to go together, and a
   * process wakes once for a hundred of them.
   */
  #gather(now: Instant): LinkId[] {
    const until = after(now, BEAT_GATHER_MS);
    const soon: LinkId[] = [];
    for (let link = this.#deadlines.take(until); link !== undefined; link = this.#deadlines.take(until))
      soon.push(link);
    const early = soon.filter((link) => this.#sessions.get(link)?.pulse?.beatsEarly(until, now));
    for (const link of soon) {
      const session = this.#sessions.get(link);
      if (session?.over === false) this.#deadlines.set(link, session.nextDeadline());
    }
    return early;
  }

  beat(link: LinkId, told: Told, now: Instant): string | undefined {
    return this.#sessions.get(link)?.pulse?.beat(told, now);
  }

  /** Beats are due on all links at once: after a sleep the other ends may be gone. */
  beatSoon(now: Instant): void {
    for (const link of this.#sessions.keys()) this.beatSoonOn(link, now);
  }

  /** A beat is due on a link: its peer wants a sign of life. */
  beatSoonOn(link: LinkId, now: Instant): void {
    const session = this.#sessions.get(link);
    if (session?.pulse === undefined) return;
    session.pulse.beatSoon(now);
    this.#deadlines.set(link, session.nextDeadline());
  }

  /** Others hear nothing of the peer on a link. Whether it is to be asked for a sign of life. */
  doubt(link: LinkId, now: Instant): boolean {
    const session = this.#sessions.get(link);
    if (session?.pulse?.doubt(now) !== true) return false;
    this.#deadlines.set(link, session.nextDeadline());
    return true;
  }

  /** Whether some links have beats so rarely that others must be told who falls silent. */
  get isLarge(): boolean {
    return this.#nearby.size > LINKS_QUICK_MAX;
  }

  nextDeadline(): Instant | undefined {
    return this.#deadlines.next();
  }
}
