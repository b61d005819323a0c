import type { TLSSocket } from 'node:tls';
import { failureCode } from '../../pkg/base/machine-error.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';
import type { Credentials } from './credentials.ts';

export interface DialOptions {
  readonly credentials: Credentials;
  /** Who is to answer; undefined for anybody but ourselves. */
  readonly peer: PeerId | undefined;
  readonly to: Endpoint;
  /** For connecting and proving together. */
  readonly timeoutMs: number;
  /** Gets the connection and who is at its other end, and owns it. */
  readonly opened: (socket: TLSSocket, peer: PeerId) => void;
  /** `why` is a fault's code or the system's: `wrong-key`, `ECONNREFUSED`, `timeout`. */
  readonly failed: (why: string) => void;
}

/**
 * One attempt to reach a peer at one endpoint. It ends in exactly one of `opened` and `failed`, neither within a call
 * of a method here; by `failed` its socket is gone.
 */
export class Dial {
  readonly socket: TLSSocket;
  readonly #options: DialOptions;
  readonly #timer: NodeJS.Timeout;
  #opened = false;
  #failure: string | undefined;

  private constructor(options: DialOptions) {
    this.#options = options;
    this.socket = options.credentials.dial(options.to);
    this.#timer = setTimeout(() => this.cancel('timeout'), options.timeoutMs);
  }

  static start(options: DialOptions): Dial {
    const dial = new Dial(options);
    dial.socket.setNoDelay(true);
    dial.socket.once('secure', () => dial.#judge());
    dial.socket.on('error', (cause) => dial.cancel(failureCode(cause)));
    dial.socket.once('close', () => dial.#closed());
    return dial;
  }

  /** Gives up: `failed(why)` follows. Without effect once it has ended. */
  cancel(why: string): void {
    if (this.#opened) return;
    this.#failure ??= why;
    this.socket.destroy();
  }

  #judge(): void {
    const { credentials, peer, opened } = this.#options;
    if (this.#failure !== undefined) return;
    const answerer = credentials.judge(this.socket);
    if (typeof answerer !== 'string') return this.cancel(answerer.code);
    if (peer !== undefined && answerer !== peer) return this.cancel('wrong-key');
    clearTimeout(this.#timer);
    this.#opened = true;
    opened(this.socket, answerer);
  }

  #closed(): void {
    clearTimeout(this.#timer);
    if (!this.#opened) this.#options.failed(this.#failure ?? 'the other side hung up');
  }
}
