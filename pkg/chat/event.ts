import type { PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import type { ChatMessage, Notice } from './snapshot.ts';

/** What happened, in order, for a reader who may lose nothing. */
export type ChatEvent =
  /**
   * A message was stored here: one's own, or one that arrived. What was stored before the start is no event; `past`
   * marks what was said before one ever came, so that a new script does not take years of history for news.
   */
  | { readonly type: 'message'; readonly message: ChatMessage; readonly past: boolean }
  | { readonly type: 'notice'; readonly room: RoomName; readonly notice: Notice }
  /** `peer` has stored one's own entries up to `sequence`. */
  | { readonly type: 'delivered'; readonly room: RoomName; readonly peer: PeerId; readonly sequence: number }
  /** Something was not done; the text says why and what to do. `unsaid` own messages are not said for it. */
  | { readonly type: 'refused'; readonly why: string; readonly unsaid: number };
