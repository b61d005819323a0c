import type { TLSSocket } from 'node:tls';
import { UNSENT_BYTES_CUT } from '../../pkg/base/limits.ts';
import type { LinkId } from '../../pkg/base/link-id.ts';
import { failureCode } from '../../pkg/base/machine-error.ts';
import type { Input } from '../../pkg/peer/input.ts';
import { plainAddress } from './addresses.ts';

export interface LinkOptions {
  readonly id: LinkId;
  /** Authenticated; the link owns it from now on. */
  readonly socket: TLSSocket;
  /** Bytes waiting in the socket past which it is congested, until half of them are gone. */
  readonly unsentBytesMax: number;
  /** How long a closing link may take to send what it holds. */
  readonly goodbyeMs: number;
  readonly deliver: (input: Input) => void;
}

/** One authenticated connection. Texts sent within one turn of the event loop go out as one write. */
export class Link {
  /** Our own end; the link cannot live on without it. */
  readonly localAddress: string;
  readonly #options: LinkOptions;
  readonly #socket: TLSSocket;
  #unwritten: string[] = [];
  #congested = false;
  /** Why the link ends, once it does: from then on nothing but `link-closed` is delivered. */
  #ending: string | undefined;
  #deadline: NodeJS.Timeout | undefined;

  private constructor(options: LinkOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.localAddress = plainAddress(options.socket.localAddress ?? '');
  }

  /** Begins to read. `link-opened` has been delivered before. */
  static start(options: LinkOptions): Link {
    const link = new Link(options);
    const socket = link.#socket;
    socket.on('data', (bytes: Uint8Array) => link.#receive(bytes));
    socket.once('end', () => link.close('the other side closed it'));
    socket.on('error', (cause) => link.close(failureCode(cause)));
    socket.once('close', () => link.#closed());
    return link;
  }

  /** Takes a text that ends in a line break. Nothing goes out after `close`. */
  send(text: string): void {
    if (this.#ending !== undefined) return;
    if (this.#unwritten.push(text) === 1) setImmediate(() => this.#turnEnded());
  }

  /** Stops or resumes reading, so that the other side's TCP holds back. Some bytes already read may follow. */
  flow(reading: boolean): void {
    if (this.#ending !== undefined) return;
    if (reading) this.#socket.resume();
    else this.#socket.pause();
  }

  /**
   * Sends what it holds, then hangs up; at the latest after `goodbyeMs`, so that a peer that never reads cannot keep
   * us. What still comes in is read and dropped: unread bytes would turn the farewell into a reset, which can destroy
   * what is on its way to the other side.
   */
  close(why: string): void {
    if (this.#ending !== undefined) return;
    this.#write();
    this.#ending = why;
    this.#socket.end();
    this.#socket.resume();
    this.#deadline = setTimeout(() => this.#socket.destroy(), this.#options.goodbyeMs);
  }

  /** Ends at once, as nothing that is sent would arrive. */
  cut(why: string): void {
    if (this.#ending !== undefined) return;
    this.#ending = why;
    this.#socket.destroy();
  }

  #receive(bytes: Uint8Array): void {
    if (this.#ending === undefined) this.#options.deliver({ type: 'bytes', link: this.#options.id, bytes });
  }

  #turnEnded(): void {
    if (this.#ending !== undefined) return;
    this.#write();
    if (this.#socket.writableLength > UNSENT_BYTES_CUT) {
      this.cut('the other side reads nothing');
      return;
    }
    if (this.#congested || this.#socket.writableLength <= this.#options.unsentBytesMax) return;
    this.#congested = true;
    this.#options.deliver({ type: 'congested', link: this.#options.id });
  }

  #write(): void {
    if (this.#unwritten.length === 0) return;
    const bytes = Buffer.from(this.#unwritten.join(''));
    this.#unwritten = [];
    this.#socket.write(bytes, () => this.#written());
  }

  #written(): void {
    if (!this.#congested || this.#ending !== undefined) return;
    if (this.#socket.writableLength >= this.#options.unsentBytesMax / 2) return;
    this.#congested = false;
    this.#options.deliver({ type: 'drained', link: this.#options.id });
  }

  #closed(): void {
    clearTimeout(this.#deadline);
    this.#unwritten = [];
    const why = this.#ending ?? 'the connection broke';
    this.#ending = why;
    this.#options.deliver({ type: 'link-closed', link: this.#options.id, why });
  }
}
