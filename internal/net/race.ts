import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { DIAL_ADDRESSES_MAX, DIAL_HEAD_START_MS } from '../../pkg/base/limits.ts';
import { failureCode } from '../../pkg/base/machine-error.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { DialFailure } from '../../pkg/peer/input.ts';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';
import type { Credentials } from './credentials.ts';
import { Dial } from './dial.ts';
import type { Names } from './names.ts';

export interface RaceOptions {
  readonly credentials: Credentials;
  readonly names: Names;
  /** Who is to answer; undefined for anybody but ourselves. */
  readonly peer: PeerId | undefined;
  /** Where, the likeliest first. An address may be a host name, which stands for all its addresses. */
  readonly to: readonly Endpoint[];
  /** For resolving and connecting. */
  readonly timeoutMs: number;
  /** For proving, where it is connected by then. */
  readonly handshakeMs: number;
  readonly headStartMs?: number;
  /** Told of every socket that is opened, before anything happens on it. */
  readonly keep: (socket: TLSSocket) => void;
  /** Gets the connection that won, and owns it; `at` is where it leads, its address resolved. */
  readonly opened: (socket: TLSSocket, peer: PeerId, at: Endpoint) => void;
  /** What became of each endpoint that was tried. */
  readonly failed: (failures: readonly DialFailure[]) => void;
}

/**
 * An attempt to reach one peer at any of several endpoints. They are dialled one after the other, each as soon as the
 * one before has had its head start or has failed; the first at which the right key is proven wins and the others are
 * given up. It ends in exactly one of `opened` and `failed`, neither within a call of a method here; by `failed` its
 * sockets are gone.
 */
export class Race {
  readonly #options: RaceOptions;
  /** Not yet dialled. */
  readonly #queue: Endpoint[];
  readonly #running = new Set<Dial>();
  /** Host names that are being resolved. */
  readonly #resolving = new Set<Endpoint>();
  readonly #failures: DialFailure[] = [];
  readonly #deadline: NodeJS.Timeout;
  #next: NodeJS.Timeout | undefined;
  #dials = 0;
  #why: string | undefined;
  #ended = false;

  private constructor(options: RaceOptions) {
    this.#options = options;
    this.#queue = [...options.to];
    this.#deadline = setTimeout(() => this.#late(), options.timeoutMs);
  }

  static start(options: RaceOptions): Race {
    const race = new Race(options);
    if (race.#queue.length === 0) setImmediate(() => race.#endIfDone());
    else race.#goOn();
    return race;
  }

  /** Gives up: `failed` follows, `why` standing for every endpoint that was being tried. Without effect once it has ended. */
  cancel(why: string): void {
    if (this.#ended || this.#why !== undefined) return;
    this.#why = why;
    this.#tryNoMore(why);
    for (const dial of this.#running) dial.cancel(why);
    setImmediate(() => this.#endIfDone());
  }

  /** Time is up for all that is not connected. */
  #late(): void {
    this.#tryNoMore('timeout');
    for (const dial of this.#running) dial.connectNoMore();
    setImmediate(() => this.#endIfDone());
  }

  #tryNoMore(why: string): void {
    this.#queue.length = 0;
    for (const at of this.#resolving) this.#failures.push({ at, why });
    this.#resolving.clear();
  }

  /** Tries the next endpoint, and has the one behind it follow after the head start. */
  #goOn(): void {
    clearTimeout(this.#next);
    const at = this.#queue.shift();
    if (at === undefined) return this.#endIfDone();
    if (isIP(at.address) === 0) void this.#resolve(at);
    else this.#dial(at);
    if (this.#queue.length === 0) return;
    this.#next = setTimeout(() => this.#goOn(), this.#options.headStartMs ?? DIAL_HEAD_START_MS);
  }

  /** Puts the addresses of a name first in the queue. */
  async #resolve(at: Endpoint): Promise<void> {
    this.#resolving.add(at);
    try {
      const addresses = await this.#options.names.resolve(at.address);
      if (!this.#resolving.delete(at)) return;
      this.#queue.unshift(...addresses.map((address) => ({ address, port: at.port })));
    } catch (cause) {
      if (!this.#resolving.delete(at)) return;
      this.#failures.push({ at, why: failureCode(cause) });
    }
    this.#goOn();
  }

  #dial(at: Endpoint): void {
    const { credentials, peer, timeoutMs, handshakeMs, keep } = this.#options;
    this.#dials += 1;
    if (this.#dials >= DIAL_ADDRESSES_MAX) this.#queue.length = 0;
    const dial = Dial.start({
      credentials,
      peer,
      to: at,
      timeoutMs,
      handshakeMs,
      opened: (socket, answerer) => this.#won(dial, socket, answerer, at),
      failed: (why) => {
        this.#running.delete(dial);
        if (this.#ended) return;
        this.#failures.push({ at, why });
        this.#goOn();
      },
    });
    this.#running.add(dial);
    keep(dial.socket);
  }

  #won(dial: Dial, socket: TLSSocket, peer: PeerId, at: Endpoint): void {
    this.#end();
    for (const other of this.#running) if (other !== dial) other.cancel('another endpoint was quicker');
    this.#options.opened(socket, peer, at);
  }

  #endIfDone(): void {
    if (this.#ended || this.#running.size + this.#resolving.size + this.#queue.length > 0) return;
    this.#end();
    this.#options.failed(this.#failures);
  }

  #end(): void {
    this.#ended = true;
    this.#resolving.clear();
    this.#queue.length = 0;
    clearTimeout(this.#next);
    clearTimeout(this.#deadline);
  }
}
