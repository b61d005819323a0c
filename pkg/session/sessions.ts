import { Deadlines } from '../base/deadlines.ts';
import { BEAT_GATHER_MS, OWN_STALL_MS, STALL_GRACE_MS } from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import { after, between, type Instant, type Millis } from '../base/units.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { Beat } from '../wire/message.ts';
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

  /** `group` is the network of which everybody must be. */
  constructor(group: string) {
    this.#group = group;
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
    const early = soon.filter((link) => this.#sessions.get(link)?.beatsEarly(until, now));
    for (const link of soon) {
      const session = this.#sessions.get(link);
      if (session?.over === false) this.#deadlines.set(link, session.nextDeadline());
    }
    return early;
  }

  beat(link: LinkId, told: Pick<Beat, 'circle' | 'digests'>, now: Instant): string | undefined {
    return this.#sessions.get(link)?.beat(told, now);
  }

  /** Beats are due on all links at once: after a sleep the other ends may be gone. */
  beatSoon(now: Instant): void {
    for (const [link, session] of this.#sessions) {
      session.beatSoon(now);
      this.#deadlines.set(link, session.nextDeadline());
    }
  }

  nextDeadline(): Instant | undefined {
    return this.#deadlines.next();
  }
}
