/**
 * Who is here.
 *
 * Invariant one-row: a key has one row, whatever addresses, links and names it comes with.
 */
import type { Millis, WallTime } from '../base/units.ts';
import type { Notice, Person } from '../chat/snapshot.ts';
import { foldNick, type Nick } from '../identity/nick.ts';
import { keyTag, type PeerId } from '../identity/peer-id.ts';

/** What is known of somebody present. */
export interface Presence {
  readonly peer: PeerId;
  readonly nick: Nick;
  readonly since: WallTime;
  readonly address: string | undefined;
  readonly software: string;
}

export class People {
  readonly #me: PeerId;
  readonly #present = new Map<PeerId, Presence>();

  constructor(me: Presence) {
    this.#me = me.peer;
    this.#present.set(me.peer, me);
  }

  /** Somebody is linked, for the first time or anew. What the others are to be told, if anything. */
  here(presence: Omit<Presence, 'since'>, now: WallTime): Notice['what'] | undefined {
    const { peer, nick } = presence;
    const before = this.#present.get(peer);
    this.#present.set(peer, { ...presence, since: before?.since ?? now });
    return before === undefined ? { type: 'joined', peer, nick } : renamed(before, nick);
  }

  /** Somebody goes by another nick. */
  rename(peer: PeerId, nick: Nick): Notice['what'] | undefined {
    const before = this.#present.get(peer);
    if (before === undefined) return undefined;
    this.#present.set(peer, { ...before, nick });
    return renamed(before, nick);
  }

  gone(peer: PeerId, reason: string): Notice['what'] | undefined {
    const before = this.#present.get(peer);
    if (before === undefined) return undefined;
    this.#present.delete(peer);
    return { type: 'left', peer, nick: before.nick, reason };
  }

  relayed(peer: PeerId, { nick }: { readonly nick: Nick }, now: WallTime): Notice['what'] | undefined {
    return this.here({ peer, nick, address: undefined, software: '' }, now);
  }

  unrelayed(peer: PeerId): Notice['what'] | undefined {
    return this.gone(peer, '');
  }

  nickOf(peer: PeerId): Nick | undefined {
    return this.#present.get(peer)?.nick;
  }

  /** Everyone, oneself included, by nick and then by key. */
  list(roundTripMs: (peer: PeerId) => Millis | undefined): readonly Person[] {
    const bearers = new Map<string, number>();
    for (const { nick } of this.#present.values()) {
      const folded = foldNick(nick);
      bearers.set(folded, (bearers.get(folded) ?? 0) + 1);
    }
    const people = [...this.#present.values()].map((presence) => ({
      ...presence,
      tag: keyTag(presence.peer),
      ambiguous: (bearers.get(foldNick(presence.nick)) ?? 0) > 1,
      me: presence.peer === this.#me,
      roundTripMs: roundTripMs(presence.peer),
    }));
    return people.sort(byNick);
  }
}

function renamed({ peer, nick: from }: Presence, to: Nick): Notice['what'] | undefined {
  return from === to ? undefined : { type: 'renamed', peer, from, to };
}

function byNick(left: Person, right: Person): number {
  const a = foldNick(left.nick);
  const b = foldNick(right.nick);
  if (a !== b) return a < b ? -1 : 1;
  return left.peer < right.peer ? -1 : 1;
}
