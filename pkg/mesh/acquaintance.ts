import type { PeerId } from '../identity/peer-id.ts';
import type { Endpoint } from '../wire/endpoint.ts';

/** A peer one was linked with, and where it could be reached, the likeliest endpoint first. */
export interface Acquaintance {
  readonly peer: PeerId;
  readonly at: readonly Endpoint[];
}
