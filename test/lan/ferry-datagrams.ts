/** The part of a ferry's half that carries datagrams. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Gangway, Orders, Place } from './ferry-cargo.ts';

/** Datagrams on their way at once; further ones are lost, as in any router. */
const WAITING_MAX = 4_096;
/** Ports from which borne addresses have spoken; the one that was first is forgotten beyond. */
const VOICES_MAX = 512;

interface Arrival {
  readonly from: Place;
  readonly to: Place;
  readonly bytes: Buffer;
}

export class Datagrams {
  readonly #orders: Orders;
  readonly #gangway: Gangway;
  /** By `address:port`: what speaks for a borne address from that port, and hears what is answered there. */
  readonly #voices = new Map<string, Promise<Socket>>();
  #waiting = 0;

  constructor(orders: Orders, gangway: Gangway) {
    this.#orders = orders;
    this.#gangway = gangway;
  }

  async open(): Promise<void> {
    const { bears, ears, udpPorts } = this.#orders;
    await Promise.all(ears.map((ear) => this.#hear(ear)));
    await Promise.all(bears.flatMap((address) => udpPorts.map((port) => this.#voice({ address, port }))));
  }

  /** Says a datagram here some time later, once, twice or never. */
  pass(arrival: Arrival): void {
    const { delayMs, jitterMs, lostPercent, doubledPercent } = this.#orders;
    if (happens(lostPercent)) return;
    const copies = happens(doubledPercent) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.#waiting >= WAITING_MAX) return;
      this.#waiting += 1;
      // Each waits for itself: whoever waits less than the one before it overtakes.
      setTimeout(() => void this.#say(arrival), delayMs + jitterMs * Math.random());
    }
  }

  async #say({ from, to, bytes }: Arrival): Promise<void> {
    this.#waiting -= 1;
    try {
      const voice = await this.#voice(from);
      voice.send(bytes, to.port, to.address, () => undefined);
    } catch {
      // An address or port that cannot be had: the datagram is lost.
    }
  }

  async #hear(ear: Place): Promise<void> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.on('message', (bytes, from) => this.#carry(bytes, from, ear));
    socket.bind(ear.port, ear.address);
    await once(socket, 'listening');
    if (isGroup(ear.address)) for (const address of this.#orders.bears) join(socket, ear.address, address);
  }

  #voice(at: Place): Promise<Socket> {
    const key = `${at.address}:${at.port}`;
    let voice = this.#voices.get(key);
    if (voice === undefined) {
      voice = this.#speak(at);
      this.#voices.set(key, voice);
      const [[oldest, first] = []] = this.#voices;
      if (this.#voices.size > VOICES_MAX && oldest !== undefined) {
        this.#voices.delete(oldest);
        void first?.then((socket) => socket.close());
      }
    }
    return voice;
  }

  async #speak(at: Place): Promise<Socket> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.on('message', (bytes, from) => this.#carry(bytes, from, at));
    socket.bind(at.port, at.address);
    await once(socket, 'listening');
    socket.setMulticastInterface(at.address);
    socket.setMulticastLoopback(false);
    socket.setBroadcast(true);
    return socket;
  }

  #carry(bytes: Buffer, { address, port }: RemoteInfo, to: Place): void {
    // What this half has said itself comes back to it where it was said to all.
    if (this.#orders.bears.includes(address)) return;
    const from = { address, port };
    this.#gangway.send({ type: 'datagram', from, to, bytes: bytes.toString('base64') });
  }
}

function isGroup(address: string): boolean {
  const first = Number(address.split('.')[0]);
  return first >= 224 && first <= 239;
}

/** One membership a card is enough, and the system refuses a second one. */
function join(socket: Socket, group: string, address: string): void {
  try {
    socket.addMembership(group, address);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error;
  }
}

function happens(percent: number): boolean {
  return Math.random() * 100 < percent;
}
