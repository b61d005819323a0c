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
  /** For connecting. */
  readonly timeoutMs: number;
  /** For proving, once it is connected: both ends may be busy with others. */
  readonly handshakeMs: number;
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
  #timer: NodeJS.Timeout;
  #connected = false;
  #opened = false;
  #failure: string | undefined;

  private constructor(options: DialOptions) {
    this.#options = options;
    this.socket = options.credentials.dial(options.to);
    this.#timer = setTimeout(() => this.#late(), options.timeoutMs);
  }

  static start(options: DialOptions): Dial {
    const dial = new Dial(options);
    dial.socket.setNoDelay(true);
    dial.socket.once('connect', () => dial.#reached());
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

  #reached(): void {
    this.#connected = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#late(), this.#options.handshakeMs);
  }

  /** Where this process stood still itself, the answer may be there and unread: that is read first. */
  #late(): void {
    const connected = this.#connected;
    setImmediate(() => {
      if (connected === this.#connected) this.cancel('timeout');
    });
  }

  /** Gives up unless it is connected. */
  connectNoMore(): void {
    if (!this.#connected) this.#late();
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
