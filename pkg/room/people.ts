/**
 * Who is here.
 *
 * Invariant one-row: a key has one row, whatever addresses, links and names it comes with, and whether it is linked,
 * present through others, or both.
 */
import { Deadlines } from '../base/deadlines.ts';
import { LINK_REPLACED_MS } from '../base/limits.ts';
import { after, type Instant, type Millis, type Now, type WallTime } from '../base/units.ts';
import type { Notice, Person } from '../chat/snapshot.ts';
import { foldNick, type Nick } from '../identity/nick.ts';
import { keyTag, type PeerId } from '../identity/peer-id.ts';
import type { FarewellCode, FaultCode } from '../wire/fault.ts';

/** What is known of somebody who is linked, or of oneself. */
export interface Presence {
  readonly peer: PeerId;
  readonly nick: Nick;
  readonly since: WallTime;
  readonly address: string | undefined;
  readonly software: string;
}

/** What others tell of somebody. */
export interface Relayed {
  readonly nick: Nick;
  readonly software?: string;
}

interface Row {
  readonly since: WallTime;
  readonly nick: Nick;
  readonly software: string;
  readonly address: string | undefined;
  /** Undefined without a link. */
  readonly linkedAt: WallTime | undefined;
  /** Whether others tell of this person. */
  readonly told: boolean;
}

/** What is measured of a person's link. */
export interface Measured {
  readonly roundTripMs: Millis | undefined;
  readonly lacks: number | undefined;
}

type Change = Notice['what'] | undefined;

const REPLACED_REASON = 'connection lost';

export class People {
  readonly #me: PeerId;
  readonly #present = new Map<PeerId, Row>();
  /** What was said at the end of a link that has not ended yet. */
  readonly #byes = new Map<PeerId, FaultCode | FarewellCode | (string & {})>();
  /** Those whose link gave way to another one, which is to stand before long. */
  readonly #replaced = new Deadlines<PeerId>();

  constructor({ peer, nick, since, address, software }: Presence) {
    this.#me = peer;
    this.#present.set(peer, { since, nick, software, address, linkedAt: undefined, told: false });
  }

  /** Somebody is linked, for the first time or anew. What the others are to be told, if anything. */
  here({ peer, nick, address, software }: Omit<Presence, 'since'>, now: WallTime): Change {
    this.#replaced.cancel(peer);
    this.#byes.delete(peer);
    const before = this.#present.get(peer);
    const since = before?.since ?? now;
    this.#present.set(peer, { since, nick, software, address, linkedAt: now, told: false });
    return change(peer, before, nick);
  }

  /** Others tell that somebody is with them. The link's own word, where there is one, counts for more. */
  relayed(peer: PeerId, { nick, software }: Relayed, now: WallTime): Change {
    if (peer === this.#me) return undefined;
    const before = this.#present.get(peer);
    if (before?.linkedAt !== undefined) {
      this.#present.set(peer, { ...before, told: true });
      return undefined;
    }
    const since = before?.since ?? now;
    const known = { since, nick, software: software ?? before?.software ?? '' };
    this.#present.set(peer, { ...known, address: undefined, linkedAt: undefined, told: true });
    return change(peer, before, nick);
  }

  /** Nobody tells of somebody any more. Who is linked stays. */
  unrelayed(peer: PeerId, reason = 'not heard of any more', goodbye = false): Change {
    const before = this.#present.get(peer);
    if (before?.told !== true) return undefined;
    if (before.linkedAt === undefined) return this.#left(peer, before, reason, goodbye);
    this.#present.set(peer, { ...before, told: false });
    return undefined;
  }

  /** Somebody goes by another nick. */
  rename(peer: PeerId, nick: Nick): Change {
    const before = this.#present.get(peer);
    if (before === undefined) return undefined;
    this.#present.set(peer, { ...before, nick });
    return change(peer, before, nick);
  }

  /** Somebody said why the link ends, before it does. */
  said(peer: PeerId, code: FaultCode | FarewellCode | (string & {})): void {
    if (this.#present.has(peer)) this.#byes.set(peer, code);
  }

  /**
   * The link with somebody has ended. Nothing is told where it gives way to another link with the same peer, until that
   * has not come within `LINK_REPLACED_MS`, nor where others tell that this person is with them.
   */
  gone(peer: PeerId, reason: string, now: Instant): Change {
    const before = this.#present.get(peer);
    if (before === undefined) return undefined;
    const code = this.#byes.get(peer);
    this.#byes.delete(peer);
    if (code === 'duplicate') {
      this.#replaced.set(peer, after(now, LINK_REPLACED_MS));
      return undefined;
    }
    this.#replaced.cancel(peer);
    return this.#unlinked(peer, before, reason, code === 'goodbye');
  }

  /** Those whose other link has not come. */
  due(now: Now): NonNullable<Change>[] {
    const changes: NonNullable<Change>[] = [];
    for (let peer = this.#replaced.take(now.at); peer !== undefined; peer = this.#replaced.take(now.at)) {
      const row = this.#present.get(peer);
      const told = row && this.#unlinked(peer, row, REPLACED_REASON, false);
      if (told !== undefined) changes.push(told);
    }
    return changes;
  }

  nextDeadline(): Instant | undefined {
    return this.#replaced.next();
  }

  nickOf(peer: PeerId): Nick | undefined {
    return this.#present.get(peer)?.nick;
  }

  /** Everyone, oneself included, by nick and then by key. */
  list(measured: (peer: PeerId) => Measured): readonly Person[] {
    const bearers = new Map<string, number>();
    for (const { nick } of this.#present.values()) {
      const folded = foldNick(nick);
      bearers.set(folded, (bearers.get(folded) ?? 0) + 1);
    }
    const people = [...this.#present].map(([peer, { told, ...row }]) => ({
      ...row,
      peer,
      tag: keyTag(peer),
      ambiguous: (bearers.get(foldNick(row.nick)) ?? 0) > 1,
      me: peer === this.#me,
      relayed: told && row.linkedAt === undefined,
      ...(row.linkedAt === undefined ? NOTHING_MEASURED : measured(peer)),
    }));
    return people.sort(byNick);
  }

  #unlinked(peer: PeerId, row: Row, reason: string, goodbye: boolean): Change {
    if (!row.told || goodbye) return this.#left(peer, row, reason, goodbye);
    this.#present.set(peer, { ...row, address: undefined, linkedAt: undefined });
    return undefined;
  }

  #left(peer: PeerId, { nick }: Row, reason: string, goodbye: boolean): Change {
    this.#present.delete(peer);
    this.#byes.delete(peer);
    return { type: 'left', peer, nick, reason, goodbye };
  }
}

const NOTHING_MEASURED: Measured = { roundTripMs: undefined, lacks: undefined };

function change(peer: PeerId, before: Row | undefined, nick: Nick): Change {
  if (before === undefined) return { type: 'joined', peer, nick };
  return before.nick === nick ? undefined : { type: 'renamed', peer, from: before.nick, to: nick };
}

function byNick(left: Person, right: Person): number {
  const a = foldNick(left.nick);
  const b = foldNick(right.nick);
  if (a !== b) return a < b ? -1 : 1;
  return left.peer < right.peer ? -1 : 1;
}
