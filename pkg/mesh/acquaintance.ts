import type { PeerId } from '../identity/peer-id.ts';
import type { Endpoint } from '../wire/endpoint.ts';

/** A peer, and where a link with it has stood, the best first: what is kept from one start to the next. */
export interface Acquaintance {
  readonly peer: PeerId;
  readonly at: readonly Endpoint[];
}
