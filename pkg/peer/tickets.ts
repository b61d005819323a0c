import type { LinkId } from '../base/link-id.ts';
import type { OwnDatagram } from '../discovery/discovery.ts';
import type { FeedKey } from '../feed/feeds.ts';
import type { RoomName } from '../identity/room-name.ts';
import type { SignedDatagram } from '../wire/announce.ts';
import type { Ticket } from './input.ts';

/** What an answer is for. */
export type Purpose =
  | { readonly type: 'own-datagram'; readonly which: OwnDatagram }
  | { readonly type: 'datagram'; readonly datagram: SignedDatagram }
  | { readonly type: 'feed'; readonly feed: FeedKey }
  | { readonly type: 'outflow'; readonly link: LinkId }
  | { readonly type: 'page'; readonly room: RoomName; readonly before: number };

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
