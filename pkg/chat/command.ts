import type { Nick } from '../identity/nick.ts';
import type { RoomName } from '../identity/room-name.ts';
import type { EntryKind } from '../wire/entry.ts';

/** What a front end can ask for. Answers come as events and in the next snapshot. */
export type Command =
  /** Says `text` in a room; the message appears once it is stored. */
  | { readonly type: 'say'; readonly room: RoomName; readonly kind: EntryKind; readonly text: string }
  | { readonly type: 'nick'; readonly nick: Nick }
  /** Puts lines into the room's timeline for this person alone, as the answer to a command. */
  | { readonly type: 'note'; readonly room: RoomName; readonly lines: readonly string[] }
  /** Brings the page of history before the oldest item into the timeline. */
  | { readonly type: 'older'; readonly room: RoomName }
  /** Looks for words in everything that was said in a room; a `found` notice answers. */
  | { readonly type: 'search'; readonly room: RoomName; readonly words: string }
  /** Dials a place, and again until it is linked; the address may be a name. Notes tell what becomes of it. */
  | { readonly type: 'connect'; readonly to: ConnectTarget }
  /** Dials such a place no more; a link with whoever is there stays. */
  | { readonly type: 'stop-connecting'; readonly to: ConnectTarget }
  /** Examines the network; a note answers, in some seconds. */
  | { readonly type: 'doctor' }
  /** Says goodbye to everyone. The runtime closes after it. */
  | { readonly type: 'leave'; readonly reason: string };

/** Where to dial: an IPv4 or IPv6 address, which may bear its scope (`fe80::1%eth0`), or a name. */
export interface ConnectTarget {
  readonly address: string;
  readonly port: number;
}
