import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import {
  DIAL_TIMEOUT_MS,
  GOODBYE_MS,
  HANDSHAKE_TIMEOUT_MS,
  HANDSHAKES_MAX,
  LISTEN_PORTS_TRIED_MAX,
  UNSENT_BYTES_MAX,
} from '../../pkg/base/limits.ts';
import { type DialId, type LinkId, linkId } from '../../pkg/base/link-id.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { Effect } from '../../pkg/peer/effect.ts';
import type { Input } from '../../pkg/peer/input.ts';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';
import type { Identity } from '../crypto/identity.ts';
import { Credentials } from './credentials.ts';
import { Handshakes } from './handshakes.ts';
import { Link } from './link.ts';
import { Listener } from './listener.ts';
import { Names } from './names.ts';
import { Race } from './race.ts';

/** The bounds that hold for links; tests shorten them. */
export interface LinkBounds {
  readonly portsTriedMax: number;
  readonly dialTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  readonly handshakesMax: number;
  readonly unsentBytesMax: number;
  readonly goodbyeMs: number;
}

const BOUNDS: LinkBounds = {
  portsTriedMax: LISTEN_PORTS_TRIED_MAX,
  dialTimeoutMs: DIAL_TIMEOUT_MS,
  handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS,
  handshakesMax: HANDSHAKES_MAX,
  unsentBytesMax: UNSENT_BYTES_MAX,
  goodbyeMs: GOODBYE_MS,
};

export interface LinksOptions {
  readonly identity: Identity;
  /** Gets what happens to links, in order, never within a call of a method here. */
  readonly deliver: (input: Input) => void;
  /** Told of connections that were cut before they were links, with the fault's code, for the trace. */
  readonly trouble: (text: string) => void;
  readonly bounds?: Partial<LinkBounds>;
}

/** Where to accept links: see `ListenerOptions`. */
export interface ListenAt {
  readonly addresses: readonly string[];
  readonly port: number;
  readonly named: boolean;
}

/** Whom to reach and where: see the effect `dial`. */
export type DialAsked = Omit<Extract<Effect, { readonly type: 'dial' }>, 'type'>;

/**
 * All links of this process: TLS 1.3 over TCP, both ends proven by key before the first byte is delivered. It knows
 * nothing of what the bytes mean, nor whether a second link to one peer is wanted: that is the core's to decide.
 */
export class Links {
  readonly #options: LinksOptions;
  readonly #bounds: LinkBounds;
  readonly #credentials: Credentials;
  readonly #handshakes: Handshakes;
  readonly #names = new Names();
  readonly #races = new Set<Race>();
  readonly #links = new Map<LinkId, Link>();
  /** Everything with a handle, from the first moment of a connection to its `close` event. */
  readonly #sockets = new Set<Socket>();
  #listener: Listener | undefined;
  #linksEver = 0;
  #stopped = false;

  constructor(options: LinksOptions) {
    const bounds = { ...BOUNDS, ...options.bounds };
    this.#options = options;
    this.#bounds = bounds;
    this.#credentials = new Credentials(options.identity);
    this.#handshakes = new Handshakes({
      credentials: this.#credentials,
      timeoutMs: bounds.handshakeTimeoutMs,
      max: bounds.handshakesMax,
      opened: (socket, peer, from) => this.#open(socket, peer, from, undefined),
      trouble: options.trouble,
    });
  }

  /** Connections that came in and have not proven who they are. */
  get handshakes(): number {
    return this.#handshakes.size;
  }

  /** Accepts links, once; the port is the one found. Throws a `NetworkError`. */
  async listen(at: ListenAt): Promise<number> {
    const accept = (raw: Socket): void => this.#accept(raw);
    const { portsTriedMax } = this.#bounds;
    const listener = await Listener.open({ ...at, portsTriedMax, accept, trouble: this.#options.trouble });
    this.#listener = listener;
    if (this.#stopped) await listener.close();
    return listener.port;
  }

  /** Accepts links on these addresses and no others, on the port found by `listen`: see `Listener.use`. */
  async listenOn(addresses: readonly string[]): Promise<boolean> {
    return (await this.#listener?.use(addresses)) ?? false;
  }

  /** Ends at once every link of which our own end is one of these addresses: `link-closed` follows. */
  forsake(addresses: ReadonlySet<string>): void {
    if (addresses.size === 0) return;
    for (const link of this.#links.values()) if (addresses.has(link.localAddress)) link.cut('the address is gone');
  }

  /** Ends in exactly one `link-opened` or `dial-failed` that bears `dial`. */
  dial({ dial, peer, to }: DialAsked): void {
    const race = Race.start({
      credentials: this.#credentials,
      names: this.#names,
      peer,
      to,
      timeoutMs: this.#bounds.dialTimeoutMs,
      handshakeMs: this.#bounds.handshakeTimeoutMs,
      keep: (socket) => this.#keep(socket),
      opened: (socket, answerer, at) => {
        this.#races.delete(race);
        this.#open(socket, answerer, at, dial);
      },
      failed: (failures) => {
        this.#races.delete(race);
        this.#options.deliver({ type: 'dial-failed', dial, failures });
      },
    });
    this.#races.add(race);
    if (this.#stopped) race.cancel('stopped');
  }

  /** Sends after everything sent before. A link that has ended takes it and drops it: the core may not know yet. */
  send(link: LinkId, text: string): void {
    this.#links.get(link)?.send(text);
  }

  /** Ends a link once what was sent has gone out; no more of its bytes are delivered, `link-closed` follows. */
  close(link: LinkId, why: string): void {
    this.#links.get(link)?.close(why);
  }

  flow(link: LinkId, reading: boolean): void {
    this.#links.get(link)?.flow(reading);
  }

  /** Accepts and dials no more and closes every link as `close` does. Resolves when no handle is left. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const listening = this.#listener?.close();
    this.#handshakes.stop();
    this.#names.stop();
    for (const race of this.#races) race.cancel('stopped');
    for (const link of this.#links.values()) link.close('stopped');
    await Promise.all([listening, ...[...this.#sockets].map(closed)]);
    // A dial that was still resolving a name had no socket to wait for.
    while (this.#races.size > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  #accept(raw: Socket): void {
    this.#keep(raw);
    if (this.#stopped) raw.destroy();
    else this.#handshakes.accept(raw);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #open(socket: TLSSocket, peer: PeerId, from: Endpoint, dial: DialId | undefined): void {
    this.#linksEver += 1;
    const id = linkId(this.#linksEver);
    const deliver = (input: Input): void => {
      if (input.type === 'link-closed') this.#links.delete(id);
      this.#options.deliver(input);
    };
    const { unsentBytesMax, goodbyeMs } = this.#bounds;
    const link = Link.start({ id, socket, unsentBytesMax, goodbyeMs, deliver });
    this.#links.set(id, link);
    deliver({ type: 'link-opened', link: id, peer, from, dial });
  }
}

/** Settles with the socket's end, in peace or by an error, which others have told of. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}
