import type { LinkId } from '../base/link-id.ts';
import type { OwnDatagram } from '../discovery/own-datagrams.ts';
import type { FeedKey } from '../feed/feeds-out.ts';
import type { Suspicion } from '../feed/forks.ts';
import type { RoomName } from '../identity/room-name.ts';
import type { SignedDatagram } from '../wire/announce.ts';
import type { Run } from '../wire/entry.ts';
import type { Ticket } from './input.ts';

/** What an answer is for. */
export type Purpose =
  | { readonly type: 'own-datagram'; readonly which: OwnDatagram }
  | { readonly type: 'datagram'; readonly datagram: SignedDatagram }
  | { readonly type: 'feed'; readonly feed: FeedKey }
  | { readonly type: 'outflow'; readonly link: LinkId }
  | { readonly type: 'page'; readonly room: RoomName; readonly before: number }
  /** The newest page, in the place of what was shown before it was stored. */
  | { readonly type: 'reopen' }
  /** The newest runs for somebody who asked for them. */
  | { readonly type: 'latest'; readonly link: LinkId }
  /** One of the newest runs that somebody showed. */
  | { readonly type: 'glimpse'; readonly run: Run }
  /** The stored run beside which another one is to be laid. */
  | { readonly type: 'recall'; readonly feed: FeedKey; readonly suspicion: Suspicion }
  | { readonly type: 'accusation'; readonly feed: FeedKey; readonly suspicion: Suspicion; readonly kept: string }
  | { readonly type: 'search'; readonly words: string };

/** Joins the answers of the driver to the questions of the stages. Each ticket is answered once. */
export class Tickets {
  readonly #open = new Map<Ticket, Purpose>();
  #count = 0;

  issue(purpose: Purpose): Ticket {
    this.#count += 1;
    const ticket = this.#count as Ticket;
    this.#open.set(ticket, purpose);
    return ticket;
  }

  /** What the ticket was issued for; undefined when it was answered before. */
  redeem(ticket: Ticket): Purpose | undefined {
    const purpose = this.#open.get(ticket);
    this.#open.delete(ticket);
    return purpose;
  }
}
