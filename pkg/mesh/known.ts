import type { LinkId } from '../base/link-id.ts';
import type { Instant } from '../base/units.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import type { InstanceId } from '../wire/fields.ts';

interface Candidate {
  readonly link: LinkId;
  readonly dialled: boolean;
  /** What we told in our hello on it. */
  readonly lost: number;
  readonly from: Endpoint;
  readonly openedAt: Instant;
}

export interface Standing extends Candidate {
  readonly instance: InstanceId;
  /** Links lost by both ends together before this one. */
  readonly rank: number;
}

/** What the mesh keeps of a peer. */
export interface Known {
  /** The freshest first. */
  endpoints: Endpoint[];
  dialling: boolean;
  readonly candidates: Map<LinkId, Candidate>;
  standing: Standing | undefined;
  /** Links to this peer that stood and ended. */
  lost: number;
  /** Dials that failed and links that were lost since the last good link or announce. */
  failures: number;
  /** Which of the endpoints is dialled next. */
  turn: number;
  triedAt: Instant | undefined;
}

/** Of a peer of which nothing is known. */
export function nobodyYet(): Known {
  return {
    endpoints: [],
    dialling: false,
    candidates: new Map(),
    standing: undefined,
    lost: 0,
    failures: 0,
    turn: 0,
    triedAt: undefined,
  };
}
