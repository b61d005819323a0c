/** Puts together what front ends see. Each part keeps its identity until it was touched. */
import { assert } from '../base/assert.ts';
import { HEARD_STEP_MS } from '../base/limits.ts';
import type { Instant, WallTime } from '../base/units.ts';
import type { CatchingUp, Holder, NetworkView, Person, RoomView, Snapshot } from '../chat/snapshot.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { Measured, People } from '../room/people.ts';
import type { RoomPart } from '../room/room.ts';
import type { Interface } from './input.ts';

/** What the view reads when a part has changed. */
export interface Sources {
  readonly people: People;
  readonly group: string;
  readonly port: number;
  measured(peer: PeerId): Measured;
  room(): RoomPart;
  holders(): readonly Holder[];
  /** Entries of the room that are here. */
  held(): number;
  /** Entries still to come, while that is worth showing. */
  missing(now: Instant): number | undefined;
  targets(): NetworkView['targets'];
  /** Peers heard that are not present, not even through others. */
  unlinked(): number;
}

export class View {
  readonly #sources: Sources;
  #interfaces: readonly Interface[] = [];
  #heardAt: WallTime | undefined;
  #people: readonly Person[] | undefined;
  #network: NetworkView | undefined;
  #holders: readonly Holder[] | undefined;
  #catchingUp: CatchingUp | undefined;
  #part: RoomPart | undefined;
  #room: RoomView | undefined;
  #snapshot: Snapshot | undefined;
  #revision = 0;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** Rises whenever the next snapshot will differ. */
  get revision(): number {
    return this.#revision;
  }

  touchPeople(): void {
    this.#people = undefined;
    this.touchNetwork();
  }

  /** Somebody has stored more of one's own feed, or has come or gone. */
  touchHolders(): void {
    this.#holders = undefined;
    this.#room = undefined;
    this.touchRoom();
  }

  touchRoom(): void {
    this.#snapshot = undefined;
    this.#revision += 1;
  }

  touchNetwork(): void {
    this.#network = undefined;
    this.touchRoom();
  }

  interfaces(interfaces: readonly Interface[]): void {
    this.#interfaces = interfaces;
    this.touchNetwork();
  }

  /** A sign of life of somebody else. It is shown with whatever else changes, or by itself where what is shown is old. */
  heard(at: WallTime): void {
    this.#heardAt = at;
    const shown = this.#network?.heardAt;
    if (shown === undefined || Math.abs(at - shown) >= HEARD_STEP_MS) this.touchNetwork();
  }

  /** How much is still to come is looked at anew. */
  progress(now: Instant): void {
    const missing = this.#sources.missing(now);
    const held = this.#sources.held();
    const before = this.#catchingUp;
    if (missing === undefined ? before === undefined : before?.held === held && before.known === held + missing) return;
    this.#catchingUp = missing === undefined ? undefined : { held, known: held + missing };
    this.#room = undefined;
    this.touchRoom();
  }

  snapshot(): Snapshot {
    if (this.#snapshot !== undefined) return this.#snapshot;
    const sources = this.#sources;
    this.#people ??= sources.people.list((peer) => sources.measured(peer));
    this.#network ??= {
      interfaces: this.#interfaces,
      group: sources.group,
      port: sources.port,
      unlinked: sources.unlinked(),
      heardAt: this.#heardAt,
      targets: sources.targets(),
    };
    const me = this.#people.find((person) => person.me);
    assert(me !== undefined, 'one is always present oneself');
    this.#snapshot = { me, people: this.#people, room: this.#roomView(), network: this.#network };
    return this.#snapshot;
  }

  #roomView(): RoomView {
    const part = this.#sources.room();
    this.#holders ??= this.#sources.holders();
    if (this.#room === undefined || this.#part !== part) {
      this.#room = {
        ...part,
        entries: this.#sources.held(),
        holders: this.#holders,
        catchingUp: this.#catchingUp,
      };
      this.#part = part;
    }
    return this.#room;
  }
}
