import { PRESENCE_FOLD_MS, PRESENCE_FOLDED_MAX } from '../base/limits.ts';
import { between, type Instant, millis } from '../base/units.ts';
import { attended, type ComingOrGoing } from '../chat/attendance.ts';
import type { Attendance, Notice } from '../chat/snapshot.ts';
import type { PeerId } from '../identity/peer-id.ts';

/** An item of the timeline that tells of comings and goings, and may come to tell of more. */
interface Fold {
  readonly notice: Notice;
  readonly beganAt: Instant;
  readonly people: Map<PeerId, Attendance>;
}

/** The last leave of somebody, and the item that tells of it. */
interface Leave {
  readonly fold: Fold;
  /** When this person first left within that item, and last. */
  readonly firstAt: Instant;
  readonly lastAt: Instant;
}

/**
 * Which item of the timeline tells of a coming or going.
 *
 * Invariant last-word: the last item that tells of somebody's coming or going tells whether that person is here.
 *
 * - One that follows on another, with nothing between, is told by the same item for as long as that is not older than
 *   `PRESENCE_FOLD_MS`.
 * - Somebody who comes back within that span of leaving changes what the item says that told of the leave, wherever it
 *   stands; whoever is lost again within that span of first leaving there, too. So nobody who comes and goes makes new
 *   items more often than that.
 * - A goodbye is meant, and always told behind everything else.
 */
export class Comings {
  #newest: Fold | undefined;
  /** By the one who left, the latest last. */
  readonly #leaves = new Map<PeerId, Leave>();

  /** The item that is to tell of `what` in place of what it told before; `last` is the id of the timeline's last item. */
  amended(what: ComingOrGoing, last: string | undefined, now: Instant): Notice | undefined {
    this.#forget(now);
    const fold = this.#flapping(what, now) ?? this.#following(what, last, now);
    return fold === undefined ? undefined : this.#take(fold, what, now);
  }

  /** A new item, which tells of `what` alone. */
  begun(notice: Notice, what: ComingOrGoing, now: Instant): Notice {
    this.#newest = { notice, beganAt: now, people: new Map() };
    return this.#take(this.#newest, what, now);
  }

  /** The item that told that this very person left, as long as nothing is to be told elsewhere. */
  #flapping(what: ComingOrGoing, now: Instant): Fold | undefined {
    const leave = this.#leaves.get(what.peer);
    if (leave === undefined || leave.fold.people.get(what.peer)?.nick !== what.nick) return undefined;
    if (what.type === 'joined') return leave.fold;
    return !what.goodbye && between(leave.firstAt, now) <= PRESENCE_FOLD_MS ? leave.fold : undefined;
  }

  #following({ peer }: ComingOrGoing, last: string | undefined, now: Instant): Fold | undefined {
    const fold = this.#newest;
    if (fold === undefined || fold.notice.id !== last || between(fold.beganAt, now) > PRESENCE_FOLD_MS)
      return undefined;
    return fold.people.has(peer) || fold.people.size < PRESENCE_FOLDED_MAX ? fold : undefined;
  }

  #take(fold: Fold, what: ComingOrGoing, now: Instant): Notice {
    const { peer } = what;
    const leave = this.#leaves.get(peer);
    const left = leave?.fold === fold ? leave : undefined;
    const awayMs = what.type === 'joined' && left !== undefined ? between(left.lastAt, now) : millis(0);
    fold.people.set(peer, attended(fold.people.get(peer), what, awayMs));
    if (what.type === 'left') {
      this.#leaves.delete(peer);
      this.#leaves.set(peer, { fold, firstAt: left?.firstAt ?? now, lastAt: now });
    }
    return { ...fold.notice, what: { type: 'presence', people: [...fold.people.values()] } };
  }

  /** Who left too long ago may come back as a newcomer. */
  #forget(now: Instant): void {
    for (const [peer, { lastAt }] of this.#leaves) {
      if (between(lastAt, now) <= PRESENCE_FOLD_MS) return;
      this.#leaves.delete(peer);
    }
  }
}
