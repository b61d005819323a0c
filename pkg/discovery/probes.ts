/** Who probed of late, and by which ways it was heard here: a visitor is told, and learns what the network lets through. */
import { ANSWER_INTERVAL_MS, PROBE_LIFE_MS, PROBERS_MAX } from '../base/limits.ts';
import { between, type Instant } from '../base/units.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { Probe } from '../wire/announce.ts';
import type { InstanceId, Way } from '../wire/fields.ts';

interface Prober {
  readonly instance: InstanceId;
  readonly heardAt: Map<Way, Instant>;
  answeredAt: Instant | undefined;
}

export class Probes {
  /** The one heard last at the end. */
  readonly #probers = new Map<PeerId, Prober>();

  get size(): number {
    return this.#probers.size;
  }

  /** Remembers a probe whose signature held. Whether it is to be answered: not twice within `ANSWER_INTERVAL_MS`. */
  heard({ peer, instance, way }: Probe, now: Instant): boolean {
    const known = this.#probers.get(peer);
    const prober =
      known?.instance === instance ? known : { instance, heardAt: new Map(), answeredAt: known?.answeredAt };
    prober.heardAt.set(way, now);
    this.#probers.delete(peer);
    this.#probers.set(peer, prober);
    const oldest = this.#probers.keys().next().value;
    if (this.#probers.size > PROBERS_MAX && oldest !== undefined) this.#probers.delete(oldest);
    if (prober.answeredAt !== undefined && between(prober.answeredAt, now) < ANSWER_INTERVAL_MS) return false;
    prober.answeredAt = now;
    return true;
  }

  /** By which ways this start of the peer was heard within `PROBE_LIFE_MS`. */
  ways(peer: PeerId, instance: InstanceId, now: Instant): Way[] {
    const prober = this.#probers.get(peer);
    if (prober?.instance !== instance) return [];
    return [...prober.heardAt].filter(([, at]) => between(at, now) < PROBE_LIFE_MS).map(([way]) => way);
  }
}
