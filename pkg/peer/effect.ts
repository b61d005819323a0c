/** What a peer wants done. The driver does it with sockets, keys and disk; the simulator on a heap. */
import type { DialId, LinkId } from '../base/link-id.ts';
import type { ChatEvent } from '../chat/event.ts';
import type { HashedRun } from '../feed/feed.ts';
import type { HeldMessage } from '../feed/feeds-out.ts';
import type { ForkProof } from '../feed/forks.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import type { Acquaintance } from '../mesh/acquaintance.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import type { Ticket } from './input.ts';

/** What a signature is about; it is signed along, so that no signature serves for another purpose. */
export type SigningContext = 'announce' | 'run';

/** The parts of the program that can be traced, as `p2pchat:<scope>`. */
export type TraceScope = 'discovery' | 'mesh' | 'session' | 'feed' | 'sync' | 'room';

export type Effect =
  /** Sends a datagram to the group, every way on every card in use, or to one endpoint. It may get lost. */
  | { readonly type: 'datagram'; readonly to: Endpoint | 'group'; readonly text: string }
  /**
   * Connects to one of the endpoints, of which there is at least one: the earlier ones get a small head start, whichever
   * proves first to be `peer` (or anybody, where that is undefined) is taken and the others are given up. An address may be
   * a host name. Ends in exactly one `link-opened` or `dial-failed` that bears `dial`.
   */
  | {
      readonly type: 'dial';
      readonly dial: DialId;
      readonly peer: PeerId | undefined;
      readonly to: readonly Endpoint[];
    }
  /** Keeps for the next start whom the mesh consists of, in place of what was kept before. */
  | { readonly type: 'remember'; readonly peers: readonly Acquaintance[] }
  /** Sends the text, which ends in a line break, after everything sent before it. */
  | { readonly type: 'send'; readonly link: LinkId; readonly text: string }
  /** Ends the connection once what was sent has gone out, or after `GOODBYE_MS`. */
  | { readonly type: 'close'; readonly link: LinkId; readonly why: string }
  /** Stops or resumes reading from a connection, so that the other side's TCP holds back. */
  | { readonly type: 'flow'; readonly link: LinkId; readonly reading: boolean }
  /** Signs with the own key: the answer is `sealed(text, signature)`. */
  | { readonly type: 'sign'; readonly ticket: Ticket; readonly context: SigningContext; readonly text: string }
  | {
      readonly type: 'verify';
      readonly ticket: Ticket;
      readonly context: SigningContext;
      readonly author: PeerId;
      readonly signed: string;
      readonly signature: string;
      /** Texts whose hashes are wanted. */
      readonly texts: readonly string[];
    }
  /** Stores runs of one feed that continue what is stored, all or none. */
  | {
      readonly type: 'store';
      readonly ticket: Ticket;
      readonly runs: readonly HashedRun[];
      /** The first run does not follow on what is stored: nobody has what is between any more. */
      readonly leaps: boolean;
      /** What is held of the room up to this place is said by the runs and forgotten with them; 0 for nothing. */
      readonly releases: number;
    }
  /** Reads a feed's runs that contain `from` to `to`, at most `LOAD_BYTES_MAX` but at least one. */
  | {
      readonly type: 'load';
      readonly ticket: Ticket;
      readonly room: RoomName;
      readonly author: PeerId;
      readonly from: number;
      readonly to: number;
    }
  /** Reads the newest `TIMELINE_PAGE_RUNS` runs of a room of which the first clock is below `before`. */
  | { readonly type: 'page'; readonly ticket: Ticket; readonly room: RoomName; readonly before: number }
  /** Looks for words in everything said in a room: the newest `limit` entries that hold all of them. */
  | {
      readonly type: 'search';
      readonly ticket: Ticket;
      readonly room: RoomName;
      readonly text: string;
      readonly limit: number;
    }
  /** Keeps for good the proof that an author told two histories; `heads` bring it at the next start. */
  | { readonly type: 'keep-fork'; readonly room: RoomName; readonly author: PeerId; readonly proof: ForkProof }
  /** Keeps for good what was said before it is time to speak; `outbox` brings it at the next start. */
  | ({ readonly type: 'hold' } & HeldMessage)
  /** Forgets what is held of a room up to a place: the person was told that it is not said. */
  | { readonly type: 'let-go'; readonly room: RoomName; readonly upTo: number }
  /** Examines the network, visiting those linked and the places asked for too; answered by `examined`, in some seconds. */
  | { readonly type: 'examine'; readonly linked: readonly Endpoint[]; readonly named: readonly Endpoint[] }
  | { readonly type: 'event'; readonly event: ChatEvent }
  /** For `-debug`. Never contains what somebody said. */
  | { readonly type: 'trace'; readonly scope: TraceScope; readonly text: string }
  /** The goodbyes are said: nothing is left to do but to close. */
  | { readonly type: 'finished' };
