/**
 * Two meshes and the network between them, as a model: both may dial at once, what one end does reaches the other late,
 * in the order of its link but in any order among links, or never. Whoever drives it chooses what happens next.
 */
import { SILENCE_MS_MAX } from '../../pkg/base/limits.ts';
import { type DialId, type LinkId, linkId } from '../../pkg/base/link-id.ts';
import { instant } from '../../pkg/base/units.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { DialOut } from '../../pkg/mesh/dialler.ts';
import type { MeshOut } from '../../pkg/mesh/mesh.ts';
import { type InstanceId, isInstanceId } from '../../pkg/wire/fields.ts';
import { toyPeerId } from '../sim/toy-crypto.ts';
import { Switchboard } from '../switchboard.ts';

type Arrival =
  | { readonly type: 'open'; readonly dial: DialId | undefined }
  | { readonly type: 'hello'; readonly instance: InstanceId; readonly lost: number }
  | { readonly type: 'bye' }
  /** The end of the connection, noticed at once or only by its silence. */
  | { readonly type: 'end'; readonly at: number };

interface End {
  readonly link: LinkId;
  readonly arrivals: Arrival[];
  closed: boolean;
}

const NAMES = [toyPeerId('one'), toyPeerId('two')] as const;

export class Side {
  readonly peer: PeerId;
  readonly other: PeerId;
  readonly ends = new Map<LinkId, End>();
  board: Switchboard;
  instance: InstanceId;
  life = 0;
  /** Dials whose end is not known yet. */
  dials: DialId[] = [];

  constructor(peer: PeerId, other: PeerId) {
    this.peer = peer;
    this.other = other;
    this.board = new Switchboard(peer);
    this.instance = instanceOf(0);
  }

  restart(): void {
    this.life += 1;
    this.board = new Switchboard(this.peer, this.life);
    this.instance = instanceOf(this.life);
    this.ends.clear();
    this.dials = [];
  }

  /** The link that this side takes for the one between the two. */
  get link(): LinkId | undefined {
    return this.board.mesh.linkTo(this.other);
  }
}

export class Pair {
  readonly sides = [new Side(NAMES[0], NAMES[1]), new Side(NAMES[1], NAMES[0])] as const;
  now = 0;
  dialsMade = 0;
  #links = 0;

  constructor() {
    this.announce(0);
    this.announce(1);
  }

  side(place: number): Side {
    return place % 2 === 0 ? this.sides[0] : this.sides[1];
  }

  /** One side's announce is heard by the other. */
  announce(place: number): void {
    const hearer = this.side(place + 1);
    hearer.board.dialler.sighted(hearer.other, { address: '10.0.0.1', port: 8080 }, instant(this.now));
  }

  wake(place: number): void {
    const side = this.side(place);
    this.#dial(side, side.board.dialler.due(instant(this.now)));
  }

  /** A dial of one side ends. */
  dialEnds(place: number, well: boolean): void {
    const side = this.side(place);
    const dial = side.dials.shift();
    if (dial === undefined) return;
    if (!well) return void side.board.dialler.dialFailed(dial, [], instant(this.now));
    this.#links += 1;
    const link = linkId(this.#links);
    side.ends.set(link, { link, closed: false, arrivals: [{ type: 'open', dial }] });
    this.side(place + 1).ends.set(link, { link, closed: false, arrivals: [{ type: 'open', dial: undefined }] });
  }

  /** What waits on one of a side's links arrives; false when nothing waits there, or not yet. */
  arrive(place: number, turn: number): boolean {
    const side = this.side(place);
    const waiting = [...side.ends.values()].filter((end) => !end.closed && this.#isDue(end.arrivals[0]));
    const end = waiting[turn % Math.max(1, waiting.length)];
    const arrival = end?.arrivals.shift();
    if (end === undefined || arrival === undefined) return false;
    this.#take(side, end, arrival);
    return true;
  }

  /** One side's end of a link breaks. The other hears of it at once, or not before it has been silent for long. */
  breakLink(place: number, turn: number, noticed: boolean): void {
    const side = this.side(place);
    const open = [...side.ends.values()].filter((end) => !end.closed && end.arrivals[0]?.type !== 'open');
    const end = open[turn % Math.max(1, open.length)];
    if (end !== undefined) this.#close(side, end, noticed);
  }

  restart(place: number, noticed: boolean): void {
    const side = this.side(place);
    for (const link of side.ends.keys()) this.#tell(side, link, this.#end(noticed));
    side.restart();
    this.announce(place);
    this.announce(place + 1);
  }

  /** Lets everything come to rest; announces go on. Whether it did, and how many dials it took. */
  settle(untilMs: number): void {
    const endAt = this.now + untilMs;
    for (let announceAt = this.now; this.now < endAt; ) {
      for (let busy = true; busy; ) {
        busy = false;
        for (const place of [0, 1]) {
          this.wake(place);
          while (this.side(place).dials.length > 0) this.dialEnds(place, true);
          while (this.arrive(place, 0)) busy = true;
        }
      }
      this.now += 50;
      if (this.now < announceAt) continue;
      announceAt = this.now + 5_000;
      this.announce(0);
      this.announce(1);
    }
  }

  #isDue(arrival: Arrival | undefined): boolean {
    return arrival !== undefined && (arrival.type !== 'end' || arrival.at <= this.now);
  }

  #end(noticed: boolean): Arrival {
    return { type: 'end', at: this.now + (noticed ? 0 : SILENCE_MS_MAX) };
  }

  #take(side: Side, end: End, arrival: Arrival): void {
    const now = instant(this.now);
    switch (arrival.type) {
      case 'open': {
        const from = { address: '10.0.0.1', port: arrival.dial === undefined ? 50_000 : 8080 };
        return this.#perform(side, side.board.opened(end.link, side.other, from, arrival.dial, now));
      }
      case 'hello':
        return this.#perform(side, side.board.mesh.greeted(end.link, { ...arrival, port: 8080 }, now));
      case 'bye':
      case 'end':
        return this.#close(side, end, true);
    }
  }

  #close(side: Side, end: End, noticed: boolean): void {
    end.closed = true;
    this.#tell(side, end.link, this.#end(noticed));
    this.#perform(side, side.board.mesh.closed(end.link, 'over', instant(this.now)));
  }

  #tell(side: Side, link: LinkId, arrival: Arrival): void {
    const other = side === this.sides[0] ? this.sides[1] : this.sides[0];
    other.ends.get(link)?.arrivals.push(arrival);
  }

  #dial(side: Side, outs: readonly DialOut[]): void {
    for (const { dial } of outs) {
      side.dials.push(dial);
      this.dialsMade += 1;
    }
  }

  #perform(side: Side, outs: readonly MeshOut[]): void {
    for (const out of outs) {
      if (out.type === 'greet') {
        this.#tell(side, out.link, { type: 'hello', instance: side.instance, lost: out.lost });
      } else if (out.type === 'refuse') {
        this.#tell(side, out.link, { type: 'bye' });
        const end = side.ends.get(out.link);
        if (end !== undefined && !end.closed) this.#close(side, end, true);
      }
    }
  }
}

function instanceOf(life: number): InstanceId {
  const text = `${life}`.padStart(16, '0');
  if (!isInstanceId(text)) throw new Error('no instance');
  return text;
}
