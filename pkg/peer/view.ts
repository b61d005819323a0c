/** Puts together what front ends see. Each part keeps its identity until it was touched. */
import { assert } from '../base/assert.ts';
import type { Millis, WallTime } from '../base/units.ts';
import type { NetworkView, Person, RoomView, Snapshot } from '../chat/snapshot.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { People } from '../room/people.ts';
import type { Interface } from './input.ts';

/** What the view reads when a part has changed. */
export interface Sources {
  readonly people: People;
  readonly group: string;
  readonly port: number;
  roundTripMs(peer: PeerId): Millis | undefined;
  room(): RoomView;
  /** Peers heard but not linked. */
  unlinked(): number;
}

export class View {
  readonly #sources: Sources;
  #interfaces: readonly Interface[] = [];
  #heardAt: WallTime | undefined;
  #people: readonly Person[] | undefined;
  #network: NetworkView | undefined;
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

  /** Somebody else was heard. */
  heard(at: WallTime): void {
    this.#heardAt = at;
    this.touchNetwork();
  }

  snapshot(): Snapshot {
    if (this.#snapshot !== undefined) return this.#snapshot;
    const sources = this.#sources;
    this.#people ??= sources.people.list((peer) => sources.roundTripMs(peer));
    this.#network ??= {
      interfaces: this.#interfaces,
      group: sources.group,
      port: sources.port,
      unlinked: sources.unlinked(),
      heardAt: this.#heardAt,
    };
    const me = this.#people.find((person) => person.me);
    assert(me !== undefined, 'one is always present oneself');
    this.#snapshot = { me, people: this.#people, room: sources.room(), network: this.#network };
    return this.#snapshot;
  }
}
