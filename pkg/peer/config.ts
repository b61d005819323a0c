import type { Now } from '../base/units.ts';
import type { HeldMessage, StoredHead } from '../feed/feeds-out.ts';
import type { Nick } from '../identity/nick.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { Acquaintance } from '../mesh/acquaintance.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import type { InstanceId } from '../wire/fields.ts';

/** What a peer is told once, before its first step. */
export interface PeerConfig {
  readonly me: PeerId;
  readonly nick: Nick;
  readonly instance: InstanceId;
  /** The TCP port on which links are accepted; it listens before the first step. */
  readonly port: number;
  /** The network that is meant, by multicast group and port: `224.0.0.1:9999`. */
  readonly group: string;
  /** Links held at once. */
  readonly linksMax: number;
  /** Program and version, told to others. */
  readonly software: string;
  /** What is stored: without it a restarted author would use its sequences twice. */
  readonly heads: readonly StoredHead[];
  /** What was said and held, and is not in a run yet: each room's lowest place first. It is said once it is time to speak. */
  readonly outbox: readonly HeldMessage[];
  /** Hosts that the person named to be dialled; an address may be a host name. */
  readonly targets: readonly Endpoint[];
  /** Whom one was linked with before, on this network, and where: to be dialled when nobody is heard. */
  readonly remembered: readonly Acquaintance[];
  readonly startedAt: Now;
  /** For jitter. */
  readonly seed: number;
  /** Whether `trace` effects are wanted. */
  readonly tracing: boolean;
}
