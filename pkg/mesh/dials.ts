import {
  DIALS_MAX,
  DIALS_PER_ADDRESS_MAX,
  DIALS_UNSURE_BURST_MAX,
  DIALS_UNSURE_MAX,
  DIALS_UNSURE_PER_SECOND_MAX,
} from '../base/limits.ts';
import { type DialId, dialId } from '../base/link-id.ts';
import { TokenBucket } from '../base/token-bucket.ts';
import { type Instant, instant } from '../base/units.ts';
import type { PeerId } from '../identity/peer-id.ts';

/** On whose behalf is dialled: a peer, or a place by its name. */
export type Caller =
  | { readonly type: 'peer'; readonly peer: PeerId }
  | { readonly type: 'target'; readonly target: string };

interface UnderWay {
  readonly caller: Caller;
  /** What it takes from: each has a bound of its own. */
  readonly shares: readonly string[];
}

const ALL = 'all';
const UNSURE = 'unsure';

/**
 * The dials under way, bounded in all, to one address, and to those who may not be there: whoever floods the network with
 * made-up peers, or is told of many, leaves room for those who are heard. The latter are bounded in a second as well: what
 * refuses at once would else be dialled as fast as it can refuse, by everybody who was told that somebody is there.
 */
export class Dials {
  readonly #underWay = new Map<DialId, UnderWay>();
  readonly #taken = new Map<string, number>();
  /** Who waits for a share, the first first. */
  readonly #lines = new Map<string, Set<PeerId>>();
  readonly #waiting = new Map<PeerId, string>();
  readonly #unsure = new TokenBucket(DIALS_UNSURE_BURST_MAX, DIALS_UNSURE_PER_SECOND_MAX, instant(0));
  #ever = 0;

  /**
   * Begins to dial `address`, or puts the peer on the list of those who wait and returns undefined; so it does where there were
   * too many of late, for whom nobody is called.
   */
  begin(
    caller: Caller,
    { address, unsure }: { readonly address: string; readonly unsure: boolean },
    now: Instant,
  ): DialId | undefined {
    const shares = [ALL, shareOf(address), ...(unsure ? [UNSURE] : [])];
    const short = shares.find((share) => (this.#taken.get(share) ?? 0) >= boundOf(share));
    if (caller.type === 'peer') this.#waitFor(caller.peer, short);
    if (short !== undefined || (unsure && !this.#unsure.take(now))) return undefined;
    for (const share of shares) this.#taken.set(share, (this.#taken.get(share) ?? 0) + 1);
    this.#ever += 1;
    const dial = dialId(this.#ever);
    this.#underWay.set(dial, { caller, shares });
    return dial;
  }

  /** A dial has ended: on whose behalf it was, and who need not wait any more. */
  end(dial: DialId): { readonly caller: Caller; readonly next: readonly PeerId[] } | undefined {
    const ended = this.#underWay.get(dial);
    if (ended === undefined) return undefined;
    this.#underWay.delete(dial);
    const next: PeerId[] = [];
    for (const share of ended.shares) {
      const left = (this.#taken.get(share) ?? 1) - 1;
      if (left > 0) this.#taken.set(share, left);
      else this.#taken.delete(share);
      const first = this.#lines.get(share)?.values().next().value;
      if (first === undefined) continue;
      this.#waitFor(first, undefined);
      next.push(first);
    }
    return { caller: ended.caller, next };
  }

  /** Whether a dial to `address` is under way, of somebody who was heard there and has not failed to answer. */
  awaits(address: string): boolean {
    const there = shareOf(address);
    return [...this.#underWay.values()].some(({ shares }) => shares.includes(there) && !shares.includes(UNSURE));
  }

  /** On whose behalf a dial under way is. */
  callerOf(dial: DialId): Caller | undefined {
    return this.#underWay.get(dial)?.caller;
  }

  /** The peer is not to be dialled any more. */
  forget(peer: PeerId): void {
    this.#waitFor(peer, undefined);
  }

  /** Puts a peer into the line for a share, and out of the one in which it stands. */
  #waitFor(peer: PeerId, share: string | undefined): void {
    const before = this.#waiting.get(peer);
    if (before === share) return;
    if (before !== undefined) {
      this.#waiting.delete(peer);
      const line = this.#lines.get(before);
      line?.delete(peer);
      if (line?.size === 0) this.#lines.delete(before);
    }
    if (share === undefined) return;
    this.#waiting.set(peer, share);
    const line = this.#lines.get(share) ?? new Set();
    line.add(peer);
    this.#lines.set(share, line);
  }
}

function shareOf(address: string): string {
  return `at ${address}`;
}

function boundOf(share: string): number {
  if (share === ALL) return DIALS_MAX;
  return share === UNSURE ? DIALS_UNSURE_MAX : DIALS_PER_ADDRESS_MAX;
}
