/** What can happen to a peer. The driver turns the world into these, the simulator makes them up; nothing else gets in. */
import type { DialId, LinkId } from '../base/link-id.ts';
import type { Command } from '../chat/command.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import type { RunHash } from '../wire/fields.ts';

/** Joins an effect to its answer; given by the core. */
export type Ticket = number & { readonly __brand: 'Ticket' };

/** A network card in use. */
export interface Interface {
  /** The system's name: `eth0`. */
  readonly name: string;
  readonly address: string;
}

/** Why nobody, or not the peer that was meant, answered at an endpoint. */
export interface DialFailure {
  readonly at: Endpoint;
  /** A fault's code or the system's: `wrong-key`, `ECONNREFUSED`, `timeout`. */
  readonly why: string;
}

/** A run as the store gives it back. */
export interface StoredRun {
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

export type Input =
  /** The deadline that `nextDeadline()` named has come. */
  | { readonly type: 'wake' }
  /** The cards in use, at start and whenever they change. */
  | { readonly type: 'network'; readonly interfaces: readonly Interface[] }
  | { readonly type: 'datagram'; readonly from: Endpoint; readonly bytes: Uint8Array }
  /** A connection on which TLS has proven `peer`. `from` is the other end; `dial` the one it answers, if we opened it. */
  | {
      readonly type: 'link-opened';
      readonly link: LinkId;
      readonly peer: PeerId;
      readonly from: Endpoint;
      readonly dial: DialId | undefined;
    }
  /** Answers `dial`: what became of each endpoint that was tried. */
  | { readonly type: 'dial-failed'; readonly dial: DialId; readonly failures: readonly DialFailure[] }
  /** Bytes in the order they came, cut anywhere. The core keeps nothing of `bytes` after the step. */
  | { readonly type: 'bytes'; readonly link: LinkId; readonly bytes: Uint8Array }
  /** More than `UNSENT_BYTES_MAX` wait in the link's socket. Sending is still allowed, but should wait for `drained`. */
  | { readonly type: 'congested'; readonly link: LinkId }
  | { readonly type: 'drained'; readonly link: LinkId }
  /** The connection has ended, whoever ended it. Exactly one for each `link-opened`. */
  | { readonly type: 'link-closed'; readonly link: LinkId; readonly why: string }
  /** Answers `sign`: the text with its signature as the last field, and that text's hash. */
  | { readonly type: 'signed'; readonly ticket: Ticket; readonly text: string; readonly hash: RunHash }
  /** Answers `verify`: whether the signature holds, and the hash of each of the texts. */
  | { readonly type: 'verified'; readonly ticket: Ticket; readonly valid: boolean; readonly hashes: readonly RunHash[] }
  /** Answers `store`. After `stored` the runs survive a crash of the machine; `why` says what the person can do. */
  | { readonly type: 'stored'; readonly ticket: Ticket }
  | { readonly type: 'store-failed'; readonly ticket: Ticket; readonly why: string }
  /** Answers `load`, lowest first. `more` says whether the range goes on beyond. */
  | { readonly type: 'loaded'; readonly ticket: Ticket; readonly runs: readonly StoredRun[]; readonly more: boolean }
  /**
   * Answers `page`, lowest first: every run of which an entry has the clock `floor` or a later one, up to where the page
   * was to end. 0 when nothing is stored below.
   */
  | { readonly type: 'paged'; readonly ticket: Ticket; readonly runs: readonly StoredRun[]; readonly floor: number }
  /** Answers `search`, newest first: the run that holds each entry, and which of its entries it is. */
  | {
      readonly type: 'found';
      readonly ticket: Ticket;
      readonly hits: readonly { readonly sequence: number; readonly text: string }[];
    }
  /** Answers `examine`, in words for the person; safe to be shown. */
  | { readonly type: 'examined'; readonly lines: readonly string[] }
  | { readonly type: 'command'; readonly command: Command };
