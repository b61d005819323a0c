import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { failureCode } from '../../pkg/base/machine-error.ts';
import type { Input } from '../../pkg/peer/input.ts';
import { type Endpoint, endpointText } from '../../pkg/wire/endpoint.ts';
import { type Card, closeness, listCards, reaches } from './interfaces.ts';

/** Datagrams go no further than the own network. */
const MULTICAST_TTL = 1;

export interface DatagramsOptions {
  /** The multicast address, and the port on which everybody listens for it. */
  readonly group: string;
  readonly port: number;
  /** The cards to send and listen on. */
  readonly interfaces: readonly Card[];
  readonly deliver: (input: Input) => void;
  /** Told of every card or datagram that failed, for the trace. Nothing here is fatal. */
  readonly trouble: (text: string) => void;
}

/** A socket that sends through one card. */
interface Voice {
  readonly card: Card;
  readonly socket: Socket;
}

/**
 * The datagram port. Each card has a socket of its own that sends, and on which direct answers arrive: several processes
 * of one machine share the group's port, and an answer sent there would reach only one of them. One more socket listens
 * to the group and, where the system can tell, to nothing else. Own datagrams come back and are delivered like all others.
 */
export class Datagrams {
  readonly #options: DatagramsOptions;
  readonly #voices: Voice[] = [];
  #ear: Socket | undefined;
  /** Whether some card of this machine is not to be used: then what came through it must be told apart. */
  readonly #choosy: boolean;

  private constructor(options: DatagramsOptions) {
    this.#options = options;
    const chosen = new Set(options.interfaces.map((card) => card.address));
    this.#choosy = listCards().some((card) => !chosen.has(card.address));
  }

  /** Opens what can be opened. Where nothing can, the object exists all the same and stays silent. */
  static async open(options: DatagramsOptions): Promise<Datagrams> {
    const datagrams = new Datagrams(options);
    await datagrams.#listen();
    await Promise.all(options.interfaces.map((card) => datagrams.#speak(card)));
    return datagrams;
  }

  /**
   * Sends at once, to the group on every card or to one endpoint through the card whose network it is in. It may get
   * lost. After `close` it does nothing.
   */
  send(to: Endpoint | 'group', text: string): void {
    const bytes = Buffer.from(text);
    const { group, port } = this.#options;
    if (to !== 'group') {
      const voice = this.#nearest(to.address);
      if (voice === undefined) this.#options.trouble(`no interface to send to ${endpointText(to)}`);
      else this.#write(voice, to, bytes);
      return;
    }
    for (const voice of this.#voices) this.#write(voice, { address: group, port }, bytes);
  }

  /** What was sent before has left. Nothing is delivered any more; resolves when no handle is left. */
  async close(): Promise<void> {
    const sockets = this.#voices.map((voice) => voice.socket);
    if (this.#ear !== undefined) sockets.push(this.#ear);
    this.#voices.length = 0;
    this.#ear = undefined;
    await Promise.all(sockets.map(shut));
  }

  async #listen(): Promise<void> {
    const { group, port, interfaces, trouble } = this.#options;
    try {
      this.#ear = await this.#openEar(group, port);
    } catch (cause) {
      trouble(`cannot listen for ${group}:${port}: ${failureCode(cause)}`);
      return;
    }
    for (const card of interfaces) {
      try {
        this.#ear.addMembership(group, card.address);
      } catch (cause) {
        // A second address of one card is refused as a membership that exists.
        if (failureCode(cause) === 'EADDRINUSE') continue;
        trouble(`cannot join ${group} on ${cardText(card)}: ${failureCode(cause)}`);
      }
    }
  }

  /**
   * Linux binds a socket to the group itself: then what is sent to an address of this machine does not come in. Others
   * refuse that, or hear nothing then.
   */
  async #openEar(group: string, port: number): Promise<Socket> {
    if (process.platform !== 'linux') return await this.#bind(port, '0.0.0.0', true);
    return await this.#bind(port, group, true).catch(() => this.#bind(port, '0.0.0.0', true));
  }

  async #speak(card: Card): Promise<void> {
    let socket: Socket | undefined;
    try {
      socket = await this.#bind(0, card.address, false);
      socket.setMulticastInterface(card.address);
      socket.setMulticastTTL(MULTICAST_TTL);
      socket.setMulticastLoopback(true);
      this.#voices.push({ card, socket });
    } catch (cause) {
      this.#options.trouble(`cannot send on ${cardText(card)}: ${failureCode(cause)}`);
      if (socket !== undefined) await shut(socket);
    }
  }

  /** A socket that delivers. Throws when the address cannot be had, and leaves nothing open then. */
  async #bind(port: number, address: string, reuseAddr: boolean): Promise<Socket> {
    const socket = createSocket({ type: 'udp4', reuseAddr, lookup });
    try {
      const listening = once(socket, 'listening');
      socket.bind({ port, address });
      await listening;
    } catch (cause) {
      socket.close();
      throw cause;
    }
    socket.on('message', (bytes, info) => this.#receive(bytes, info));
    socket.on('error', (cause) => this.#options.trouble(`datagram socket ${address}: ${failureCode(cause)}`));
    return socket;
  }

  #receive(bytes: Uint8Array, { address, port }: RemoteInfo): void {
    if (this.#choosy && !reaches(this.#options.interfaces, address)) return;
    this.#options.deliver({ type: 'datagram', from: { address, port }, bytes });
  }

  #nearest(address: string): Voice | undefined {
    return this.#voices.toSorted((left, right) => closeness(right.card, address) - closeness(left.card, address))[0];
  }

  #write({ card, socket }: Voice, to: Endpoint, bytes: Buffer): void {
    const failed = (cause: unknown): void => {
      this.#options.trouble(`cannot send to ${endpointText(to)} on ${cardText(card)}: ${failureCode(cause)}`);
    };
    try {
      socket.send(bytes, to.port, to.address, (cause) => cause && failed(cause));
    } catch (cause) {
      failed(cause);
    }
  }
}

/** Addresses are numbers already; answering in the same tick lets a datagram leave before its socket is closed. */
function lookup(
  address: string,
  _options: unknown,
  done: (error: null, address: string, family: number) => void,
): void {
  done(null, address, 4);
}

function shut(socket: Socket): Promise<void> {
  socket.removeAllListeners('message');
  return new Promise((resolve) => {
    socket.close(() => resolve());
  });
}

function cardText({ name, address }: Card): string {
  return `${name} ${address}`;
}
