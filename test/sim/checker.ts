/**
 * What must hold at every moment of a run, checked as it happens. A broken promise throws with the seed at hand, so that
 * the run can be replayed.
 */
import type { ChatEvent } from '../../pkg/chat/event.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { Run } from '../../pkg/wire/entry.ts';
import type { SimHost } from './sim-host.ts';

export class Checker {
  /** What each author signed, by room, author and first sequence; and what was stored of it first. */
  readonly #signed = new Map<string, Set<string>>();
  readonly #kept = new Map<string, string>();
  /** Authors that are liars on purpose. */
  readonly liars = new Set<PeerId>();
  /** Messages shown since a host's last start, to tell that each is shown once. */
  readonly #shown = new Map<SimHost, Set<string>>();
  readonly #order = new Map<SimHost, Map<PeerId, number>>();

  /** What an author signs and does not store before it crashes was never said, so its place may be used again. */
  signed(run: Run): void {
    const place = placeOf(run);
    const texts = this.#signed.get(place) ?? new Set();
    this.#signed.set(place, texts.add(run.text));
  }

  /**
   * prefix: what anybody stores of an honest author is what the author signed, from the first on, without a gap; and
   * one-text-per-sequence: all who store that place of the feed store the same.
   */
  stored(host: SimHost, run: Run, sequenceBefore: number): void {
    expectThat(run.first === sequenceBefore + 1, `${host.name} stored a gap of ${run.author}`);
    if (this.liars.has(run.author)) return;
    const place = placeOf(run);
    expectThat(this.#signed.get(place)?.has(run.text) === true, `${host.name} stored what ${run.author} did not sign`);
    const before = this.#kept.get(place);
    expectThat(before === undefined || before === run.text, `${host.name} stored another text at ${place}`);
    this.#kept.set(place, run.text);
  }

  started(host: SimHost): void {
    this.#shown.set(host, new Set());
    this.#order.set(host, new Map());
  }

  /** once-in-order: each message is shown once, an author's messages in the order in which they were said. */
  event(host: SimHost, event: ChatEvent): void {
    if (event.type !== 'message') return;
    const { id, author, sequence } = event.message;
    const shown = this.#shown.get(host);
    const order = this.#order.get(host);
    expectThat(shown?.has(id) === false, `${host.name} showed ${id} twice`);
    expectThat((order?.get(author) ?? 0) < sequence, `${host.name} showed ${id} out of order`);
    shown?.add(id);
    order?.set(author, sequence);
  }

  /** same-timeline: whoever holds the same entries shows them in the same order. */
  converged(hosts: readonly SimHost[]): void {
    const [first, ...others] = hosts;
    const expected = first === undefined ? '' : first.storedTimeline().join('\n');
    for (const host of others) {
      expectThat(host.storedTimeline().join('\n') === expected, `${host.name} and ${first?.name} differ`);
    }
  }
}

export function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(`the simulation broke a promise: ${what}`);
}

function placeOf({ room, author, first }: Run): string {
  return `${room} ${author} ${first}`;
}
