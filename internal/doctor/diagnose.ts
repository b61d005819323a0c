/**
 * From facts to one most likely cause and one thing to do. The rules stand in order: the first that applies is the
 * answer, so each may count on what those before it have ruled out. Nothing else is looked at than the facts.
 */
import { evidenceOf } from './evidence.ts';
import type { Facts } from './facts.ts';
import { look, type Picture } from './picture.ts';
import * as local from './rules-local.ts';
import * as named from './rules-named.ts';
import * as remote from './rules-remote.ts';

/** Stable words for programs; only added to. */
type Verdict =
  | 'healthy'
  | 'alone'
  | 'no-network'
  | 'multicast-not-leaving'
  | 'multicast-not-returning'
  | 'multicast-blocked'
  | 'inbound-blocked'
  | 'not-dialable'
  | 'port-taken'
  | 'foreign-program'
  | 'wrong-interface'
  | 'isolation'
  | 'two-networks'
  | 'other-version'
  | 'other-group'
  | 'unreachable';

export interface Finding {
  readonly cause: string;
  readonly fix: string;
}

export interface Diagnosis extends Finding {
  readonly verdict: Verdict;
  readonly evidence: readonly string[];
}

export interface Rule {
  readonly verdict: Verdict;
  /** What it says when it applies. */
  readonly finds: (picture: Picture) => Finding | undefined;
}

/** First what is wrong at this machine alone, then what others tell; at last nobody, or nothing. */
export const RULES: readonly Rule[] = [
  { verdict: 'wrong-interface', finds: local.unknownCard },
  { verdict: 'wrong-interface', finds: local.idleCardChosen },
  { verdict: 'no-network', finds: local.noNetwork },
  { verdict: 'port-taken', finds: local.portTaken },
  { verdict: 'foreign-program', finds: local.discoveryPortHeld },
  { verdict: 'multicast-not-leaving', finds: local.nothingLeaves },
  { verdict: 'wrong-interface', finds: local.othersElsewhere },
  { verdict: 'other-group', finds: named.inOtherGroup },
  { verdict: 'other-version', finds: remote.otherVersion },
  { verdict: 'other-group', finds: remote.otherGroup },
  { verdict: 'two-networks', finds: remote.otherSubnet },
  { verdict: 'not-dialable', finds: remote.notDialable },
  { verdict: 'two-networks', finds: remote.twoNetworks },
  { verdict: 'multicast-not-leaving', finds: remote.notHeard },
  { verdict: 'multicast-not-returning', finds: remote.hearsNothing },
  { verdict: 'multicast-blocked', finds: remote.blockedBothWays },
  { verdict: 'inbound-blocked', finds: remote.inboundBlocked },
  { verdict: 'isolation', finds: remote.isolation },
  { verdict: 'unreachable', finds: named.unreachable },
  { verdict: 'foreign-program', finds: remote.strangersOnly },
  { verdict: 'alone', finds: remote.alone },
];

export function diagnose(facts: Facts): Diagnosis {
  const picture = look(facts);
  const evidence = evidenceOf(picture);
  for (const { verdict, finds } of RULES) {
    const finding = finds(picture);
    if (finding !== undefined) return { verdict, ...finding, evidence };
  }
  return { verdict: 'healthy', ...remote.healthy(picture), evidence };
}
