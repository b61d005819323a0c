import type { RemoteInfo, Socket } from 'node:dgram';
import { failureCode } from '../../pkg/base/machine-error.ts';
import type { Input } from '../../pkg/peer/input.ts';
import { type Endpoint, endpointText } from '../../pkg/wire/endpoint.ts';
import { broadcastOf, ipv6GroupOf, isIPv6, scopeOf } from './addresses.ts';
import { Ears } from './ears.ts';
import { type Card, cardText, closeness, reaches, sameCards } from './interfaces.ts';
import { Failures, Openings, type Wanted } from './openings.ts';
import { openUdp, shutUdp } from './udp.ts';

/** Datagrams go no further than the own network. */
const MULTICAST_TTL = 1;

export interface DatagramsOptions {
  /** The IPv4 multicast address, and the port on which everybody listens for it. */
  readonly group: string;
  readonly port: number;
  /** Whether some card of this machine may not be used: then what came through it is told apart and dropped. */
  readonly choosy: boolean;
  readonly deliver: (input: Input) => void;
  /** Told of every card or datagram that failed, for the trace. Nothing here is fatal. */
  readonly trouble: (text: string) => void;
}

/** A socket that sends through one card, and everywhere that the group is to be reached from there. */
interface Voice {
  readonly card: Card;
  readonly socket: Socket;
  readonly ways: readonly Endpoint[];
}

/**
 * The datagram port. Each address of each card has a socket of its own that sends, and on which direct answers arrive:
 * several processes of one machine share the group's port, and an answer sent there would reach only one of them. The
 * sockets that hear the group are `Ears`. Own datagrams come back and are delivered like all others, as are copies of
 * one that came by several ways. A card or a way that fails never stops the rest, and is tried again.
 */
export class Datagrams {
  readonly #options: DatagramsOptions;
  readonly #voices: Openings<Voice>;
  readonly #ears: Ears;
  readonly #sending: Failures;
  #cards: readonly Card[] = [];
  #closed = false;

  /** Nothing is open before `use`. */
  constructor(options: DatagramsOptions) {
    const { group, port, trouble } = options;
    this.#options = options;
    this.#voices = new Openings({ trouble, close: ({ socket }) => shutUdp(socket) });
    this.#ears = new Ears({ group, port, trouble, open: (address) => this.#open(address, port) });
    this.#sending = new Failures(trouble);
  }

  /** What fails now and why, by the system's code: `listen for 224.0.0.1:9999`, `send on eth0 10.0.0.1`. */
  get failures(): ReadonlyMap<string, string> {
    return new Map([...this.#voices.failures, ...this.#ears.failures, ...this.#sending.codes]);
  }

  /**
   * Sends and hears on these cards and no others, as far as they let it: what failed before is tried again. Says whether
   * a way has opened that was not there. To be awaited before the next call.
   */
  async use(cards: readonly Card[]): Promise<boolean> {
    const settled = this.#voices.failures.size + this.#ears.failures.length === 0;
    if (this.#closed || (settled && sameCards(cards, this.#cards))) return false;
    this.#cards = cards;
    const heard = await this.#ears.use(cards);
    const spoken = await this.#voices.keep(cards.map((card) => this.#voice(card)));
    const ways = new Set(this.#voices.all().flatMap((voice) => voice.ways.map((way) => wayText(way, voice))));
    this.#sending.keep((what) => ways.has(what));
    return heard || spoken;
  }

  /**
   * Sends at once: to the group by every way on every card, or to one endpoint through the card whose network it is in.
   * It may get lost. After `close` it does nothing.
   */
  send(to: Endpoint | 'group', text: string): void {
    const bytes = Buffer.from(text);
    if (to === 'group') {
      for (const voice of this.#voices.all()) this.#sendAround(voice, bytes);
      return;
    }
    const voice = this.#nearest(to.address);
    const { trouble } = this.#options;
    if (voice === undefined) trouble(`no interface to send to ${endpointText(to)}`);
    else
      write(
        voice.socket,
        to,
        bytes,
        (cause) => cause && trouble(`cannot ${wayText(to, voice)}: ${failureCode(cause)}`),
      );
  }

  /** What was sent before has left. Nothing is delivered any more; resolves when no handle is left. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#voices.close(), this.#ears.close()]);
  }

  #sendAround(voice: Voice, bytes: Buffer): void {
    for (const way of voice.ways) {
      const what = wayText(way, voice);
      write(voice.socket, way, bytes, (cause) => {
        if (cause) this.#sending.failed(what, cause);
        else this.#sending.passed(what);
      });
    }
  }

  #voice(card: Card): Wanted<Voice> {
    return { what: `send on ${cardText(card)}`, on: `${card.netmask} ${card.hardware}`, open: () => this.#speak(card) };
  }

  async #speak(card: Card): Promise<Voice> {
    const { group, port } = this.#options;
    const six = isIPv6(card.address);
    const socket = await this.#open(card.address, 0);
    try {
      socket.setMulticastInterface(six ? `::%${scopeOf(card.address)}` : card.address);
      socket.setMulticastTTL(MULTICAST_TTL);
      socket.setMulticastLoopback(true);
      if (!six) socket.setBroadcast(true);
    } catch (cause) {
      await shutUdp(socket);
      throw cause;
    }
    const broadcast = broadcastOf(card.address, card.netmask);
    const groups = six ? [`${ipv6GroupOf(group)}%${scopeOf(card.address)}`] : [group];
    const addresses = broadcast === undefined ? groups : [...groups, broadcast];
    return { card, socket, ways: addresses.map((address) => ({ address, port })) };
  }

  async #open(address: string, port: number): Promise<Socket> {
    const { trouble } = this.#options;
    return await openUdp({
      address,
      port,
      shared: port !== 0,
      heard: (bytes, from) => this.#receive(bytes, from),
      trouble: (cause) => trouble(`datagram socket ${address}: ${failureCode(cause)}`),
    });
  }

  #receive(bytes: Uint8Array, { address, port }: RemoteInfo): void {
    if (this.#options.choosy && !reaches(this.#cards, address)) return;
    this.#options.deliver({ type: 'datagram', from: { address, port }, bytes });
  }

  /** An IPv4 address that lies in no network of ours may still be reached by some route; a link-local one may not. */
  #nearest(address: string): Voice | undefined {
    const six = isIPv6(address);
    const near = (voice: Voice): number => closeness(voice.card, address);
    return this.#voices
      .all()
      .filter((voice) => (six ? near(voice) > 0 : !isIPv6(voice.card.address)))
      .toSorted((left, right) => near(right) - near(left))[0];
  }
}

function write(socket: Socket, to: Endpoint, bytes: Buffer, done: (cause: unknown) => void): void {
  try {
    socket.send(bytes, to.port, to.address, done);
  } catch (cause) {
    done(cause);
  }
}

function wayText(to: Endpoint, { card }: Voice): string {
  return `send to ${endpointText(to)} on ${cardText(card)}`;
}
