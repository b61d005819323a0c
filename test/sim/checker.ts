/**
 * What must hold at every moment of a run, checked as it happens. A broken promise throws, so that the run ends there and
 * can be replayed by its seed.
 */
import { ANNOUNCE_CHECKS_MAX, GLIMPSE_RUNS_MAX, UNSENT_BYTES_CUT } from '../../pkg/base/limits.ts';
import type { ChatEvent } from '../../pkg/chat/event.ts';
import type { HeldMessage } from '../../pkg/feed/feeds-out.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import type { Effect } from '../../pkg/peer/effect.ts';
import type { Input } from '../../pkg/peer/input.ts';
import type { Entry, Run, Utterance } from '../../pkg/wire/entry.ts';
import { decodeMessage } from '../../pkg/wire/message.ts';
import type { Pipe } from './pipe.ts';
import type { SimHost } from './sim-host.ts';
import { type Crossing, Tally } from './tally.ts';

/** What one send may add to a link before the driver sees that its other side reads nothing. */
const SEND_BYTES_MAX = 524_288;
/** A bye is shorter than this. */
const BYE_CHARS_MAX = 400;
/** With what honest peers end links among themselves. */
const HONEST_CODES = new Set(['goodbye', 'duplicate', 'links-full', 'silence', 'hello-timeout']);

/** What is known of a host since its last start. */
interface Life {
  /** The last message shown of each author. */
  readonly shown: Map<PeerId, number>;
  /** Questions to the driver without an answer. */
  openTickets: number;
  /** Own messages said, in this life or held since an earlier one, shown, and refused to the person. */
  said: number;
  own: number;
  unsaid: number;
}

export class Checker {
  readonly tally = new Tally();
  /** Authors that are liars on purpose. */
  readonly liars = new Set<PeerId>();
  /** What each author signed, by author and first sequence; what was stored of it first; what was sent. */
  readonly #signed = new Map<string, Set<string>>();
  readonly #kept = new Map<string, string>();
  readonly #sent = new Map<string, string>();
  readonly #lives = new Map<SimHost, Life>();
  readonly #hosts = new Map<PeerId, SimHost>();
  #keptEntries = 0;

  /** Entries of honest authors that somebody stored: they are to be everywhere in the end. */
  get keptEntries(): number {
    return this.#keptEntries;
  }

  started(host: SimHost): void {
    this.#hosts.set(host.peer, host);
    this.#lives.set(host, { shown: new Map(), openTickets: 0, said: host.disk.outbox().length, own: 0, unsaid: 0 });
  }

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
    const before = this.#kept.get(place);
    expectThat(before === undefined || before === run.text, `${host.name} stored another text at ${place}`);
    if (before !== undefined) return;
    expectThat(this.#signed.get(place)?.has(run.text) === true, `${host.name} stored what ${run.author} did not sign`);
    this.#kept.set(place, run.text);
    this.#keptEntries += run.entries.length;
  }

  /**
   * held-or-said: with a run of one's own the disk forgets what was held of it, in the order in which it was said; and holds
   * nothing any more that the run says.
   */
  released(
    host: SimHost,
    { entries, first }: Run,
    { released, left }: { readonly released: readonly HeldMessage[]; readonly left: readonly HeldMessage[] },
  ): void {
    for (const [place, { utterance }] of released.entries()) {
      expectThat(says(entries[place], utterance), `${host.name} let go of what it did not say: ${utterance.content}`);
    }
    const both = left.find(({ utterance }) => entries.some((entry) => says(entry, utterance)));
    expectThat(both === undefined, `${host.name} still holds what it said in the run ${first}`);
  }

  /**
   * Looks at what an honest host writes, and returns the runs in it. stored-first: it holds what it sends.
   * one-text-per-sequence: nobody ever sends two texts at one place. Honest peers find no fault with each other.
   */
  sent({ host, to }: Pipe, text: string): readonly Crossing[] {
    const crossings = this.tally.crossings(text);
    if (this.liars.has(host.peer)) return crossings;
    if (text.length < BYE_CHARS_MAX && text.includes('"bye"')) this.#bye(host, to, text);
    for (const { run } of crossings) {
      expectThat(host.disk.head(run) >= run.last, `${host.name} sent what it has not stored: ${placeOf(run)}`);
      if (this.liars.has(run.author)) continue;
      const place = placeOf(run);
      const before = this.#sent.get(place);
      expectThat(before === undefined || before === run.text, `${host.name} sent another text at ${place}`);
      this.#sent.set(place, run.text);
    }
    return crossings;
  }

  /** A link never holds more than it may. */
  unsent(pipe: Pipe): void {
    const { host, to, unsentBytes } = pipe;
    if (this.liars.has(host.peer)) return;
    expectThat(unsentBytes <= UNSENT_BYTES_CUT + SEND_BYTES_MAX, `${host.name} holds ${unsentBytes} for ${to.name}`);
  }

  /** What is asked of the driver at once is bounded by feeds, links and checks of announces. */
  stepped(host: SimHost, input: Input, effects: readonly Effect[]): void {
    const life = this.#lives.get(host);
    if (life === undefined) return;
    if ('ticket' in input) life.openTickets -= 1;
    if (input.type === 'command' && input.command.type === 'say') life.said += 1;
    for (const effect of effects) if ('ticket' in effect) life.openTickets += 1;
    const refuses = effects.some((effect) => effect.type === 'event' && effect.event.type === 'refused');
    const letsGo = effects.some((effect) => effect.type === 'let-go');
    expectThat(refuses || !letsGo, `${host.name} let go of what it did not refuse`);
    const bound = ANNOUNCE_CHECKS_MAX + GLIMPSE_RUNS_MAX + 8 + 6 * (this.#hosts.size + this.liars.size);
    expectThat(life.openTickets <= bound, `${host.name} waits for ${life.openTickets} answers`);
  }

  /**
   * once-in-order: each message is shown once, an author's messages in the order in which they were said. Who is told to
   * have stored something has.
   */
  event(host: SimHost, event: ChatEvent): void {
    const life = this.#lives.get(host);
    if (life === undefined) return;
    if (event.type === 'refused') life.unsaid += event.unsaid;
    if (event.type === 'delivered') this.#delivered(host, event.peer, event.sequence);
    if (event.type !== 'message') return;
    const { id, author, sequence } = event.message;
    const before = life.shown.get(author);
    expectThat(before === undefined || before < sequence, `${host.name} showed ${id} twice or out of order`);
    expectThat(host.disk.head({ room: GENERAL, author }) >= sequence, `${host.name} showed ${id} before storing it`);
    life.shown.set(author, sequence);
    if (author === host.peer) life.own += 1;
  }

  /** What was said on a host since its last start, or held before, and neither stored nor refused to the person; none in the end. */
  unsettled(host: SimHost): number {
    const life = this.#lives.get(host);
    return life === undefined ? 0 : life.said - life.own - life.unsaid;
  }

  #delivered(host: SimHost, peer: PeerId, sequence: number): void {
    const holder = this.#hosts.get(peer);
    if (holder === undefined || this.liars.has(peer)) return;
    const held = holder.disk.head({ room: GENERAL, author: host.peer });
    expectThat(held >= sequence, `${host.name} believes that ${holder.name} holds ${sequence}, it holds ${held}`);
  }

  #bye(host: SimHost, to: SimHost, text: string): void {
    const bye = decodeMessage(text.trimEnd());
    if (bye.type !== 'bye' || this.liars.has(to.peer)) return;
    expectThat(HONEST_CODES.has(bye.code), `${host.name} cut ${to.name} with ${bye.code} (${bye.reason})`);
  }
}

export function expectThat(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`the simulation broke a promise: ${what}`);
}

function says(entry: Entry | undefined, { content, saidAt }: Utterance): boolean {
  return entry?.content === content && Date.parse(entry.timestamp) === saidAt;
}

function placeOf({ room, author, first }: Run): string {
  return `${room} ${author} ${first}`;
}
