import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { failureCode } from '../../pkg/base/machine-error.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import { type Endpoint, endpointText } from '../../pkg/wire/endpoint.ts';
import { type Fault, fault } from '../../pkg/wire/fault.ts';
import { plainAddress } from './addresses.ts';
import type { Credentials } from './credentials.ts';

export interface HandshakesOptions {
  readonly credentials: Credentials;
  readonly timeoutMs: number;
  /** Handshakes under way at once. */
  readonly max: number;
  /** Gets each connection whose other end has proven who it is, and owns it. */
  readonly opened: (socket: TLSSocket, peer: PeerId, from: Endpoint) => void;
  /** Told of each connection that was cut, with the fault's code and where it came from. */
  readonly trouble: (text: string) => void;
}

interface Handshake {
  readonly socket: TLSSocket;
  readonly from: Endpoint;
  readonly timer: NodeJS.Timeout;
}

/**
 * The anteroom of the links: connections that came in and have not yet proven who they are. Each gets only so much
 * time, and the room holds only so many; past that the oldest is cut. So silent, slow and babbling strangers cost a
 * bounded amount of memory, and whoever does speak TLS is through within milliseconds.
 */
export class Handshakes {
  readonly #options: HandshakesOptions;
  /** The oldest first. */
  readonly #open = new Set<Handshake>();

  constructor(options: HandshakesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Takes over a connection that just came in. */
  accept(raw: Socket): void {
    const { remoteAddress: address, remotePort: port } = raw;
    raw.on('error', () => raw.destroy());
    if (address === undefined || port === undefined) {
      raw.destroy();
      return;
    }
    raw.setNoDelay(true);
    const socket = this.#options.credentials.accept(raw);
    const timer = setTimeout(() => {
      this.#cut(handshake, fault('handshake-timeout', `nothing proven within ${this.#options.timeoutMs} ms`));
    }, this.#options.timeoutMs);
    const handshake: Handshake = { socket, from: { address: plainAddress(address), port }, timer };
    this.#open.add(handshake);
    socket.once('secure', () => this.#judge(handshake));
    socket.on('error', (cause) => this.#cut(handshake, fault('handshake-failed', failureCode(cause))));
    socket.once('close', () => this.#cut(handshake, fault('handshake-failed', 'the other side hung up')));
    this.#makeRoom();
  }

  /** Cuts all that are under way. */
  stop(): void {
    for (const handshake of this.#open) {
      this.#forget(handshake);
      handshake.socket.destroy();
    }
  }

  #makeRoom(): void {
    const { max } = this.#options;
    if (this.#open.size <= max) return;
    const [oldest] = this.#open;
    if (oldest !== undefined) this.#cut(oldest, fault('handshake-crowded', `more than ${max} at once`));
  }

  #judge(handshake: Handshake): void {
    if (!this.#open.has(handshake)) return;
    const peer = this.#options.credentials.judge(handshake.socket);
    if (typeof peer !== 'string') {
      this.#cut(handshake, peer);
      return;
    }
    this.#forget(handshake);
    this.#options.opened(handshake.socket, peer, handshake.from);
  }

  #cut(handshake: Handshake, { code, why }: Fault): void {
    if (!this.#forget(handshake)) return;
    handshake.socket.destroy();
    this.#options.trouble(`cut ${endpointText(handshake.from)}: ${code}: ${why}`);
  }

  #forget(handshake: Handshake): boolean {
    clearTimeout(handshake.timer);
    return this.#open.delete(handshake);
  }
}
