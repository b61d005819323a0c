import { Deadlines, earliest } from '../../pkg/base/deadlines.ts';
import {
  PRESENCE_AT_ONCE_MAX,
  PRESENCE_COLLECT_MS,
  PRESENCE_FOLD_MS,
  PRESENCE_GOODBYE_MS,
  PRESENCE_QUIET_MS,
  PRESENCE_REST_MS,
} from '../../pkg/base/limits.ts';
import { after, between, type Instant, instant, type Millis, millis } from '../../pkg/base/units.ts';
import { attended, type ComingOrGoing } from '../../pkg/chat/attendance.ts';
import type { Attendance } from '../../pkg/chat/snapshot.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';

/** Somebody who left without a goodbye a moment ago, and may come and go again. */
interface Flap {
  readonly lastAt: Instant;
  readonly leftAt: Instant;
  /** Whether it was told that this person is back. */
  readonly returned: boolean;
  /** What was not told yet. */
  readonly held: { readonly told: Attendance; readonly sinceAt: Instant } | undefined;
}

/**
 * Comings and goings for a reader of lines that stay as they are printed. The first few are told at once; what follows on them is
 * collected until it is quiet for `PRESENCE_QUIET_MS`. Of who comes and goes the first leave and return are told, and what
 * is after them once it rests. A goodbye waits for nothing but other goodbyes.
 */
export class Doorway {
  /** Rejects with what `tell` has thrown while nobody was calling. */
  readonly failed: Promise<never>;
  readonly #tell: (people: readonly Attendance[]) => void;
  readonly #fail: (error: unknown) => void;
  readonly #collected = new Map<PeerId, Attendance>();
  #tellAt: Instant | undefined;
  #collectedAt: Instant | undefined;
  /** When a goodbye that was collected is to be told at the latest. */
  #goodbyeAt: Instant | undefined;
  /** Changes that are still told at once, until it is quiet again. */
  #atOnce = PRESENCE_AT_ONCE_MAX;
  #quietAt = instant(Number.NEGATIVE_INFINITY);
  /** Who changed last at the end. */
  readonly #flaps = new Map<PeerId, Flap>();
  readonly #rests = new Deadlines<PeerId>();
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: (people: readonly Attendance[]) => void) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.#fail = reject;
    this.#tell = tell;
  }

  change(what: ComingOrGoing): void {
    const now = instant(performance.now());
    this.#forget(now);
    if (what.type === 'joined') this.#joined(what, now);
    else this.#left(what, now);
    this.#arm(now);
  }

  /** Tells what was collected: something else is about to be. */
  flush(): void {
    if (this.#collected.size === 0) return;
    const people = [...this.#collected.values()];
    this.#collected.clear();
    this.#collectedAt = undefined;
    this.#goodbyeAt = undefined;
    this.#tellAt = undefined;
    this.#quietAt = after(instant(performance.now()), PRESENCE_QUIET_MS);
    this.#tell(people);
  }

  /** From now on nothing is told that waits. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Tells all that was not told yet. */
  close(): void {
    this.stop();
    const now = instant(performance.now());
    for (const peer of [...this.#flaps.keys()]) this.#tellHeld(peer, now, false);
    this.flush();
  }

  #joined(what: ComingOrGoing, now: Instant): void {
    const flap = this.#flaps.get(what.peer);
    if (flap?.held !== undefined) return this.#hold(what, { ...flap, lastAt: now }, now);
    if (flap !== undefined) this.#note(what.peer, { ...flap, returned: true, lastAt: now });
    const person = attended(this.#collected.get(what.peer), what, awayOf(flap, now));
    this.#collect(person, now, false);
  }

  #left(what: Extract<ComingOrGoing, { readonly type: 'left' }>, now: Instant): void {
    const { peer, goodbye } = what;
    const flap = this.#flaps.get(peer);
    if (flap?.held !== undefined || (flap?.returned === true && !goodbye)) {
      this.#hold(what, { ...flap, leftAt: now, lastAt: now }, now);
      if (!goodbye) return;
      this.#tellHeld(peer, now, true);
      this.#flaps.delete(peer);
      return;
    }
    if (goodbye) this.#flaps.delete(peer);
    else this.#note(peer, { lastAt: now, leftAt: now, returned: false, held: undefined });
    this.#collect(attended(this.#collected.get(peer), what), now, goodbye);
  }

  #hold(what: ComingOrGoing, flap: Flap, now: Instant): void {
    const sinceAt = flap.held?.sinceAt ?? now;
    this.#note(what.peer, { ...flap, held: { told: attended(flap.held?.told, what, awayOf(flap, now)), sinceAt } });
    this.#rests.set(what.peer, earliest(after(now, PRESENCE_REST_MS), after(sinceAt, PRESENCE_FOLD_MS)) ?? now);
  }

  #tellHeld(peer: PeerId, now: Instant, goodbye: boolean): void {
    const flap = this.#flaps.get(peer);
    this.#rests.cancel(peer);
    if (flap?.held === undefined) return;
    const { told } = flap.held;
    this.#note(peer, { ...flap, held: undefined, returned: told.here, lastAt: now });
    if (this.#collected.has(peer)) this.flush();
    this.#collect(told, now, goodbye);
  }

  #note(peer: PeerId, flap: Flap): void {
    this.#flaps.delete(peer);
    this.#flaps.set(peer, flap);
  }

  #collect(person: Attendance, now: Instant, goodbye: boolean): void {
    const isFirst = this.#collected.size === 0;
    this.#collected.set(person.peer, person);
    if (now >= this.#quietAt) this.#atOnce = PRESENCE_AT_ONCE_MAX;
    if (isFirst && this.#atOnce > 0) {
      this.#atOnce -= 1;
      return this.flush();
    }
    this.#collectedAt ??= now;
    const quietAt = earliest(after(now, PRESENCE_QUIET_MS), after(this.#collectedAt, PRESENCE_COLLECT_MS));
    if (goodbye) this.#goodbyeAt ??= after(now, PRESENCE_GOODBYE_MS);
    this.#tellAt = earliest(quietAt, this.#goodbyeAt);
  }

  #arm(now: Instant): void {
    clearTimeout(this.#timer);
    const dueAt = earliest(this.#tellAt, this.#rests.next());
    if (dueAt !== undefined) this.#timer = setTimeout(() => this.#due(), Math.max(0, Math.ceil(dueAt - now)));
  }

  #due(): void {
    const now = instant(performance.now());
    try {
      for (let peer = this.#rests.take(now); peer !== undefined; peer = this.#rests.take(now)) {
        this.#tellHeld(peer, now, false);
      }
      if (this.#tellAt !== undefined && this.#tellAt <= now) this.flush();
    } catch (error) {
      return this.#fail(error);
    }
    this.#arm(now);
  }

  /** Who changed long ago and has nothing to be told of may come and go as anybody. */
  #forget(now: Instant): void {
    for (const [peer, { lastAt, held }] of this.#flaps) {
      if (between(lastAt, now) <= PRESENCE_FOLD_MS) return;
      if (held === undefined) this.#flaps.delete(peer);
    }
  }
}

function awayOf(flap: Flap | undefined, now: Instant): Millis {
  return flap === undefined ? millis(0) : between(flap.leftAt, now);
}
