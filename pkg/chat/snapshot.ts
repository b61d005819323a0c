/** What a front end may see. Texts are as they were sent: `shown()` before they reach a terminal. */
import type { Millis, WallTime } from '../base/units.ts';
import type { Nick } from '../identity/nick.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import type { EntryKind } from '../wire/entry.ts';

export interface Person {
  readonly peer: PeerId;
  readonly nick: Nick;
  /** The first letters of the key. */
  readonly tag: string;
  /** Somebody else here has a nick that looks the same in lower case: show `nick~tag`. */
  readonly ambiguous: boolean;
  readonly me: boolean;
  /** When this person came, by this machine's clock. */
  readonly since: WallTime;
  /** Where this person accepts links, `address:port`; undefined for oneself and for who is present through others alone. */
  readonly address: string | undefined;
  /** Present, but not linked with us: what is said goes through others. */
  readonly relayed: boolean;
  /** Since when the link stands, by this machine's clock; undefined without one. */
  readonly linkedAt: WallTime | undefined;
  /** Entries of the room that this person lacks of ours; below 0, that we lack of theirs; undefined until known. */
  readonly lacks: number | undefined;
  /** Of the link, measured with the heartbeat; undefined until known. */
  readonly roundTripMs: Millis | undefined;
  /** Program and version, as it says itself. */
  readonly software: string;
}

export interface ChatMessage {
  readonly type: 'message';
  /** `author/sequence`, unique in its room. */
  readonly id: string;
  readonly room: RoomName;
  readonly author: PeerId;
  /** The nick the author had when saying it. */
  readonly nick: Nick;
  readonly kind: EntryKind;
  readonly text: string;
  /** By the author's clock. */
  readonly saidAt: WallTime;
  readonly sequence: number;
  readonly clock: number;
  readonly mine: boolean;
  /** It came after messages that stand behind it had been here for a while: whoever reads on below has not seen it. */
  readonly late: boolean;
}

/** An own message that is not stored yet: it has no place among the others, and nobody else can have it. */
export interface WaitingMessage {
  readonly type: 'waiting';
  readonly id: string;
  readonly nick: Nick;
  readonly kind: EntryKind;
  readonly text: string;
  readonly saidAt: WallTime;
}

/** What one person did at the door within one item of the timeline, from the first change to the last. */
export interface Attendance {
  readonly peer: PeerId;
  readonly nick: Nick;
  /** Whether this person was here before the first change. */
  readonly wasHere: boolean;
  /** Whether this person is here after the last one. */
  readonly here: boolean;
  readonly leaves: number;
  /** How long the last absence was that has ended; 0 before there was one. */
  readonly awayMs: Millis;
  /** The reason of the last leave; empty before there was one. */
  readonly reason: string;
}

/** What happened here, for this person's eyes; not stored. */
export interface Notice {
  readonly type: 'notice';
  readonly id: string;
  readonly at: WallTime;
  readonly what:
    | { readonly type: 'joined'; readonly peer: PeerId; readonly nick: Nick }
    | {
        readonly type: 'left';
        readonly peer: PeerId;
        readonly nick: Nick;
        readonly reason: string;
        /** Whether it said so itself: it was not lost, and is not about to come back. */
        readonly goodbye: boolean;
      }
    /**
     * Comings and goings that are read as one, by the order of each person's first. Only the timeline has it, in place of
     * `joined` and `left`, and it may change in its place; the events stay one for each change.
     */
    | { readonly type: 'presence'; readonly people: readonly Attendance[] }
    | { readonly type: 'renamed'; readonly peer: PeerId; readonly from: Nick; readonly to: Nick }
    /** Something the person should know: what happened and what to do. */
    | { readonly type: 'problem'; readonly text: string }
    /** Messages that were said earlier came only now, and stand above in their places; the last ones that came are told. */
    | { readonly type: 'late'; readonly count: number; readonly messages: readonly ChatMessage[] }
    /** The answer to a search: the newest hits, oldest first; `more` when there are others. */
    | {
        readonly type: 'found';
        readonly words: string;
        readonly messages: readonly ChatMessage[];
        readonly more: boolean;
      }
    /** The answer to a command; while it is `ongoing`, what matters is still to come. */
    | { readonly type: 'note'; readonly lines: readonly string[]; readonly ongoing?: true };
}

export type TimelineItem = ChatMessage | Notice;

export interface RoomView {
  readonly name: RoomName;
  /** In the one order: by Lamport clock, then author; notices where they happened. The same array until it changes. */
  readonly items: readonly TimelineItem[];
  /** Own messages on their way into the store, in the order in which they were said; they stand behind all items. */
  readonly waiting: readonly WaitingMessage[];
  /** Whether the store holds more before the first item. */
  readonly hasOlder: boolean;
  /** How much of one's own feed everybody else who is present has stored. */
  readonly holders: readonly Holder[];
  /** Entries of it that are stored here. */
  readonly entries: number;
  /** While much of the room's history is on its way: entries that are here, and that others told to have. */
  readonly catchingUp: CatchingUp | undefined;
}

export interface Holder {
  readonly peer: PeerId;
  /** The last of one's own sequences that this peer has stored; 0 for none. */
  readonly sequence: number;
}

export interface CatchingUp {
  readonly held: number;
  readonly known: number;
}

export interface NetworkView {
  /** The cards in use: `eth0 192.168.1.5`. Not the loopback, unless the person asked for it. */
  readonly interfaces: readonly { readonly name: string; readonly address: string }[];
  /** The multicast group and port, `224.0.0.1:9999`. */
  readonly group: string;
  /** The TCP port on which links are accepted. */
  readonly port: number;
  /** Peers that announced themselves but are not linked (yet). */
  readonly unlinked: number;
  /** The last sign of life of the network, an announce or anything on any link; up to `HEARD_STEP_MS` old news. */
  readonly heardAt: WallTime | undefined;
  /** Where links are asked for by address, in the order in which they were. */
  readonly targets: readonly Target[];
}

/** A place that is dialled because the person said so. */
export interface Target {
  /** As the person wrote it, with its port. */
  readonly text: string;
  readonly state: 'trying' | 'linked';
  /** Why the last try failed. */
  readonly why: string | undefined;
}

/** Everything at one moment. Each part keeps its identity until it changes. */
export interface Snapshot {
  readonly me: Person;
  /** Everyone present, oneself included, by nick. */
  readonly people: readonly Person[];
  readonly room: RoomView;
  readonly network: NetworkView;
}
