import type { LinkId } from '../../pkg/base/link-id.ts';
import type { SimHost } from './sim-host.ts';
import type { World } from './world.ts';

/**
 * A connection: two pipes that keep order and lose nothing while the hosts can reach each other. Across a cut the bytes
 * wait, as TCP retransmits; when a process ends, the other end hears of it if it can be reached.
 */
export class SimLink {
  readonly id: LinkId;
  readonly a: Pipe;
  readonly b: Pipe;
  readonly #world: World;
  readonly #openedAt: number;
  #open = 2;

  constructor(world: World, id: LinkId, openedAt: number, left: SimHost, right: SimHost) {
    this.#world = world;
    this.id = id;
    this.#openedAt = openedAt;
    this.a = new Pipe(world, this, left, right);
    this.b = new Pipe(world, this, right, left);
    left.links.set(id, this.a);
    right.links.set(id, this.b);
  }

  /** One side closes: what it sent before still arrives, then the other side hears the end. */
  close(by: SimHost, why: string): void {
    this.end(by, why);
    this.pipeFrom(by).end();
  }

  /** One side's process died: what it sent before may or may not arrive, then the connection is reset. */
  abort(by: SimHost): void {
    if (by.links.delete(this.id)) this.#open -= 1;
    this.pipeFrom(by).end();
  }

  /** `host` hears that the connection has ended; once. */
  end(host: SimHost, why: string): void {
    if (!host.links.delete(this.id)) return;
    this.#open -= 1;
    const delay = Math.max(0, this.#openedAt - this.#world.at);
    this.#world.input(host, delay, { type: 'link-closed', link: this.id, why });
    if (this.#open === 0) this.#world.forget(this);
  }

  resume(): void {
    this.a.deliver();
    this.b.deliver();
  }

  /** The pipe that `host` reads. */
  pipeTo(host: SimHost): Pipe {
    return this.a.host === host ? this.b : this.a;
  }

  /** The pipe that `host` writes. */
  pipeFrom(host: SimHost): Pipe {
    return this.a.host === host ? this.a : this.b;
  }
}

/** One direction of a link. `host` writes, `to` reads. */
export class Pipe {
  readonly host: SimHost;
  readonly to: SimHost;
  readonly link: SimLink;
  readonly #world: World;
  readonly #waiting: { readonly at: number; readonly bytes: Uint8Array | undefined }[] = [];
  #lastAt = 0;
  #ended = false;
  #reading = true;

  constructor(world: World, link: SimLink, host: SimHost, to: SimHost) {
    this.#world = world;
    this.link = link;
    this.host = host;
    this.to = to;
  }

  send(text: string): void {
    if (this.#ended) return;
    const bytes = new TextEncoder().encode(text);
    const cut = bytes.length > 1 && this.#world.random.fraction() < 0.2 ? this.#world.random.below(bytes.length) : 0;
    if (cut > 0) this.#push(bytes.slice(0, cut));
    this.#push(bytes.slice(cut));
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#push(undefined);
  }

  /** The reader stops or resumes reading. */
  flow(reading: boolean): void {
    this.#reading = reading;
    if (reading) this.deliver();
  }

  /** Hands over what has arrived by now. */
  deliver(): void {
    while (this.#reading && !this.#world.isCut(this.host, this.to)) {
      const first = this.#waiting[0];
      if (first === undefined || first.at > this.#world.at) return;
      this.#waiting.shift();
      if (first.bytes === undefined) return this.link.end(this.to, 'the other side closed');
      if (this.to.links.has(this.link.id)) this.to.take({ type: 'bytes', link: this.link.id, bytes: first.bytes });
    }
  }

  #push(bytes: Uint8Array | undefined): void {
    this.#lastAt = Math.max(this.#lastAt, this.#world.at + this.#world.delay());
    this.#waiting.push({ at: this.#lastAt, bytes });
    this.#world.chunk(this, this.#lastAt);
  }
}
