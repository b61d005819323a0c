/**
 * Visits of those who examine the network: each is told what we see of it, is dialled back, told what came of that, and
 * bidden farewell. A visitor is no person: it stands in no list, nothing is synced with it. Few at once, of one address fewer,
 * each bounded in time, and dialled is nothing but the address that the visitor came from. A visit whose visitor has gone counts
 * until its dial has ended: else whoever hangs up at once could have any number of them made.
 */
import { Deadlines } from '../base/deadlines.ts';
import { ANSWER_INTERVAL_MS, VISIT_DIAL_MS, VISITS_MAX, VISITS_PER_ADDRESS_MAX } from '../base/limits.ts';
import { type DialId, dialId, type LinkId } from '../base/link-id.ts';
import { after, type Instant } from '../base/units.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import type { FarewellCode } from '../wire/fault.ts';
import type { InstanceId } from '../wire/fields.ts';
import type { DialledBack, Visit } from '../wire/message.ts';

export type VisitOut =
  /** The visitor is to be told how things look from here. */
  | { readonly type: 'receive'; readonly link: LinkId; readonly peer: PeerId; readonly instance: InstanceId }
  /** Announces to the group, so that the visitor can hear whether it comes through. */
  | { readonly type: 'announce' }
  | { readonly type: 'dial'; readonly dial: DialId; readonly peer: PeerId; readonly to: readonly Endpoint[] }
  | { readonly type: 'tell'; readonly link: LinkId; readonly message: DialledBack }
  | { readonly type: 'end'; readonly link: LinkId; readonly code: FarewellCode; readonly why: string };

export class Visits {
  /** Each visit that waits for its dial. */
  readonly #waiting = new Map<LinkId, DialId>();
  /** Each dial under way. */
  readonly #dials = new Map<DialId, { readonly link: LinkId; readonly address: string }>();
  readonly #deadlines = new Deadlines<LinkId>();
  #dialsEver = 0;
  #announcedAt: Instant | undefined;

  get size(): number {
    return this.#waiting.size;
  }

  begin(
    link: LinkId,
    visitor: { readonly peer: PeerId; readonly from: Endpoint },
    visit: Visit,
    now: Instant,
  ): VisitOut[] {
    const { address } = visitor.from;
    const fromThere = [...this.#dials.values()].filter((other) => other.address === address).length;
    if (this.#dials.size >= VISITS_MAX || fromThere >= VISITS_PER_ADDRESS_MAX) {
      return [{ type: 'end', link, code: 'busy', why: 'others are answered already' }];
    }
    // The mesh counts its dials upwards.
    this.#dialsEver += 1;
    const dial = dialId(-this.#dialsEver);
    this.#waiting.set(link, dial);
    this.#dials.set(dial, { link, address });
    this.#deadlines.set(link, after(now, VISIT_DIAL_MS));
    const to = [{ address, port: visit.port }];
    return [
      { type: 'receive', link, peer: visitor.peer, instance: visit.instance },
      ...this.#announce(now),
      { type: 'dial', dial, peer: visitor.peer, to },
    ];
  }

  /** A dial has ended. Undefined when it was not a visit's, so that it is somebody else's to care for. */
  dialled(dial: DialId, failure: string | undefined): VisitOut[] | undefined {
    if (dial >= 0) return undefined;
    const link = this.#dials.get(dial)?.link;
    this.#dials.delete(dial);
    return link === undefined || this.#waiting.get(link) !== dial ? [] : this.#end(link, failure);
  }

  closed(link: LinkId): void {
    this.#waiting.delete(link);
    this.#deadlines.cancel(link);
  }

  due(now: Instant): VisitOut[] {
    const out: VisitOut[] = [];
    for (let link = this.#deadlines.take(now); link !== undefined; link = this.#deadlines.take(now)) {
      out.push(...this.#end(link, 'timeout'));
    }
    return out;
  }

  nextDeadline(): Instant | undefined {
    return this.#deadlines.next();
  }

  /** Many visitors at once share one. */
  #announce(now: Instant): VisitOut[] {
    if (this.#announcedAt !== undefined && now < after(this.#announcedAt, ANSWER_INTERVAL_MS)) return [];
    this.#announcedAt = now;
    return [{ type: 'announce' }];
  }

  #end(link: LinkId, failure: string | undefined): VisitOut[] {
    this.closed(link);
    return [
      { type: 'tell', link, message: { type: 'dialled-back', ok: failure === undefined, why: failure ?? '' } },
      { type: 'end', link, code: 'visited', why: 'that is all' },
    ];
  }
}
