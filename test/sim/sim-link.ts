import type { LinkId } from '../../pkg/base/link-id.ts';
import { Pipe } from './pipe.ts';
import type { SimHost } from './sim-host.ts';
import type { World } from './world.ts';

/**
 * A connection: two pipes that keep order and lose nothing while the hosts can reach each other. Across a cut the bytes
 * wait, as TCP retransmits; when a process ends, the other end hears of it if it can be reached.
 */
export class SimLink {
  readonly id: LinkId;
  /** What each side writes. */
  readonly #pipes: readonly [Pipe, Pipe];
  readonly #world: World;

  constructor(world: World, id: LinkId, left: SimHost, right: SimHost) {
    this.#world = world;
    this.id = id;
    this.#pipes = [new Pipe(world, this, left, right), new Pipe(world, this, right, left)];
    left.links.set(id, this.#pipes[0]);
    right.links.set(id, this.#pipes[1]);
  }

  /** One side closes: what it sent before still arrives, then the other side hears the end. */
  close(by: SimHost, why: string): void {
    this.end(by, why);
    this.pipeFrom(by).end();
  }

  /** One side's process died: of what it sent last some may not arrive, then the connection is reset. */
  abort(by: SimHost): void {
    by.links.delete(this.id);
    this.pipeFrom(by).breakOff();
  }

  /** One side's machine is without power: the other side hears nothing, until it sends to a machine that is back. */
  vanish(by: SimHost): void {
    by.links.delete(this.id);
    this.pipeFrom(by).vanish();
  }

  /** `host` hears that the connection has ended, never before it heard that it was opened; once. */
  end(host: SimHost, why: string): void {
    if (!host.links.delete(this.id)) return;
    const delay = Math.max(0, this.pipeTo(host).opensAt - this.#world.at);
    this.#world.input(host, delay, { type: 'link-closed', link: this.id, why });
  }

  /** Who is at the other end. */
  other(host: SimHost): SimHost {
    return this.pipeTo(host).host;
  }

  /** The pipe that `host` reads. */
  pipeTo(host: SimHost): Pipe {
    return this.#pipes[0].host === host ? this.#pipes[1] : this.#pipes[0];
  }

  /** The pipe that `host` writes. */
  pipeFrom(host: SimHost): Pipe {
    return this.#pipes[0].host === host ? this.#pipes[0] : this.#pipes[1];
  }
}
