/**
 * Visits of those who examine the network: each is told what we see of it, is dialled back, told what came of that, and
 * bidden farewell. A visitor is no person: it stands in no list, nothing is synced with it. Few at once, each bounded in
 * time, and dialled is nothing but the address that the visitor came from.
 */
import { Deadlines } from '../base/deadlines.ts';
import { ANSWER_INTERVAL_MS, VISIT_DIAL_MS, VISITS_MAX } from '../base/limits.ts';
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
  readonly #dials = new Map<DialId, LinkId>();
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
    if (this.#waiting.size >= VISITS_MAX) {
      return [{ type: 'end', link, code: 'busy', why: `${VISITS_MAX} visits are answered already` }];
    }
    // The mesh counts its dials upwards.
    this.#dialsEver += 1;
    const dial = dialId(-this.#dialsEver);
    this.#waiting.set(link, dial);
    this.#dials.set(dial, link);
    this.#deadlines.set(link, after(now, VISIT_DIAL_MS));
    const to = [{ address: visitor.from.address, port: visit.port }];
    return [
      { type: 'receive', link, peer: visitor.peer, instance: visit.instance },
      ...this.#announce(now),
      { type: 'dial', dial, peer: visitor.peer, to },
    ];
  }

  /** A dial has ended. Undefined when it was not a visit's, so that it is somebody else's to care for. */
  dialled(dial: DialId, failure: string | undefined): VisitOut[] | undefined {
    if (dial >= 0) return undefined;
    const link = this.#dials.get(dial);
    return link === undefined ? [] : this.#end(link, failure);
  }

  closed(link: LinkId): void {
    const dial = this.#waiting.get(link);
    this.#waiting.delete(link);
    this.#deadlines.cancel(link);
    if (dial !== undefined) this.#dials.delete(dial);
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
