import { type Endpoint, sameEndpoint } from '../../pkg/wire/endpoint.ts';
import type { InstanceId } from '../../pkg/wire/fields.ts';
import { isIPv6, isLoopback } from '../net/addresses.ts';
import type { Credentials } from '../net/credentials.ts';
import type { Card } from '../net/interfaces.ts';
import { closeness } from '../net/interfaces.ts';
import type { VisitFact } from './facts.ts';
import { cardTowards, type Route } from './system.ts';
import { type VisitOutcome, visit } from './visitor.ts';

export interface VisitsOptions {
  readonly credentials: Credentials;
  readonly group: string;
  readonly instance: InstanceId;
  /** The TCP port on which we can be dialled back. */
  readonly port: number;
  readonly chosen: readonly Card[];
  readonly others: readonly Card[];
  readonly routes: readonly Route[];
  /** Only the chosen addresses may be used. */
  readonly limited: boolean;
  readonly signal: AbortSignal;
}

interface Entry {
  source: VisitFact['source'];
  asked: string | undefined;
  readonly at: Endpoint;
  readonly otherCard: string | undefined;
  outcome: VisitOutcome | undefined;
  /** Why it was never tried. */
  readonly unasked: string | undefined;
}

/**
 * At most so many of each source are visited: in a large crowd some tell as much as all, and a crowd that was heard, or made
 * up, takes no place from those who are known otherwise. Whom the person names is visited in any case.
 */
const VISITS_MAX = 12;
/** Long enough for the system to find out that nobody answers on the wire. */
const CONNECT_MS_MAX = 3_300;
/** And to be dialled back. */
const VISIT_MS_MAX = 3_500;

/** The visits to all who are known, at the same time. */
export class Visits {
  readonly #options: VisitsOptions;
  readonly #entries: Entry[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  constructor(options: VisitsOptions) {
    this.#options = options;
    const stop = () => this.#stop.abort();
    if (options.signal.aborted) stop();
    options.signal.addEventListener('abort', stop, { once: true });
  }

  /** Visits an address that the person named as `asked`, however many others are. `failure`: why that cannot be tried. */
  name(at: Endpoint, asked: string, failure: string | undefined): void {
    const known = this.#entries.find((entry) => sameEndpoint(entry.at, at));
    if (known === undefined) this.#begin('named', at, asked, failure);
    else Object.assign(known, { source: 'named', asked });
  }

  /** Visits an address, once. */
  add(source: VisitFact['source'], at: Endpoint): void {
    if (this.#entries.some((known) => sameEndpoint(known.at, at))) return;
    // Whoever makes up many takes no place from those who were met before.
    if (this.#entries.filter((known) => known.source === source).length >= VISITS_MAX) return;
    this.#begin(source, at, undefined, undefined);
  }

  #begin(source: VisitFact['source'], at: Endpoint, asked: string | undefined, failure: string | undefined): void {
    const otherCard = failure === undefined ? this.#otherCard(at.address) : undefined;
    const unasked = failure ?? (otherCard === undefined ? undefined : 'not tried');
    const entry: Entry = { source, asked, at, otherCard, outcome: undefined, unasked };
    this.#entries.push(entry);
    if (unasked === undefined) this.#visit(entry);
  }

  /** Visits those again that told something: what they heard meanwhile is added, and they announce themselves anew. */
  again(): void {
    for (const entry of this.#entries) if (entry.outcome?.visited !== undefined) this.#visit(entry);
  }

  /** Settles when nobody is being visited. */
  async rest(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.rest();
  }

  facts(neighbours: ReadonlyMap<string, boolean>): VisitFact[] {
    const { chosen, others } = this.#options;
    return this.#entries.map(({ source, asked, at, otherCard, outcome, unasked }) => ({
      source,
      asked,
      at,
      peer: outcome?.peer,
      local: isLoopback(at.address) || [...chosen, ...others].some(({ address }) => address === at.address),
      onLink: chosen.some((own) => closeness(own, at.address) > 0),
      otherCard,
      failure: unasked ?? (outcome === undefined ? 'timeout' : outcome.failure),
      unanswered: outcome?.failure === 'EHOSTUNREACH' || neighbours.get(at.address) === false,
      visited: outcome?.visited,
      back: outcome?.back,
      refused: outcome?.refused,
      clockAheadMs: outcome?.clockAheadMs,
    }));
  }

  #visit(entry: Entry): void {
    const { credentials, group, instance, port } = this.#options;
    const running = visit({
      credentials,
      to: entry.at,
      group,
      instance,
      port,
      connectMsMax: CONNECT_MS_MAX,
      visitMsMax: VISIT_MS_MAX,
      signal: this.#stop.signal,
    }).then((outcome) => {
      entry.outcome = entry.outcome === undefined ? outcome : together(entry.outcome, outcome);
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  /** The card that the system would use, where that is not in use; its name is all that is known of it then. */
  #otherCard(address: string): string | undefined {
    const { chosen, others, routes, limited } = this.#options;
    const near = [...chosen, ...others].some((own) => own.address === address) || isLoopback(address);
    if (!limited || near || chosen.some((own) => closeness(own, address) > 0)) return undefined;
    const card = isIPv6(address)
      ? others.find((own) => closeness(own, address) > 0)?.name
      : cardTowards(address, routes);
    const name = card ?? others.find((own) => closeness(own, address) > 0)?.name ?? 'another card';
    return chosen.some((own) => own.name === name) ? undefined : name;
  }
}

/** What two visits to one peer tell together: once heard is heard. */
function together(first: VisitOutcome, second: VisitOutcome): VisitOutcome {
  if (first.visited === undefined || second.visited === undefined) return first;
  const heard = [...new Set([...first.visited.heard, ...second.visited.heard])];
  const back = first.back?.ok === true ? first.back : (second.back ?? first.back);
  return { ...first, visited: { ...first.visited, heard }, back };
}
