import { ADDRESS_MEMORY_MS, ADDRESS_PATIENCE_MS } from '../../pkg/base/limits.ts';
import { between, type Instant } from '../../pkg/base/units.ts';

interface Sojourn {
  readonly cameAt: Instant;
  seenAt: Instant;
  /** When it was first missed; undefined while it is there. */
  missedAt: Instant | undefined;
}

/**
 * Which of this machine's addresses are gone for good, so that nothing lives on that hangs on them. A card that goes off and
 * on again has its address back a moment later, and what was sent in between is sent anew: nobody need notice. So an
 * address is given up only when another one has come in its place, or when it has been missed for `ADDRESS_PATIENCE_MS`.
 */
export class Departures {
  readonly #known = new Map<string, Sojourn>();

  /** Takes in what is there now; the addresses that are given up. Each is named until it is forgotten or back. */
  gone(addresses: ReadonlySet<string>, now: Instant): ReadonlySet<string> {
    for (const address of addresses) {
      const known = this.#known.get(address);
      if (known === undefined) this.#known.set(address, { cameAt: now, seenAt: now, missedAt: undefined });
      else {
        known.seenAt = now;
        known.missedAt = undefined;
      }
    }
    const given = new Set<string>();
    const newestAt = Math.max(...[...addresses].map((address) => this.#known.get(address)?.cameAt ?? 0));
    for (const [address, sojourn] of this.#known) {
      if (addresses.has(address)) continue;
      sojourn.missedAt ??= now;
      if (between(sojourn.missedAt, now) > ADDRESS_MEMORY_MS) this.#known.delete(address);
      const replaced = newestAt > sojourn.seenAt;
      if (replaced || between(sojourn.missedAt, now) >= ADDRESS_PATIENCE_MS) given.add(address);
    }
    return given;
  }
}
