import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { failureCode } from '../../pkg/base/machine-error.ts';
import { broadcastOf, isIPv6 } from '../net/addresses.ts';
import type { Card } from '../net/interfaces.ts';
import type { EarFact, GroupWay } from './facts.ts';

export interface EarsOptions {
  readonly group: string;
  readonly group6: string;
  readonly port: number;
  /** The addresses in use. */
  readonly chosen: readonly Card[];
  /** Those that are not: what comes there is heard as well, as far as that sends nothing. */
  readonly others: readonly Card[];
  readonly platform: NodeJS.Platform;
  readonly heard: (bytes: Buffer, from: RemoteInfo, way: GroupWay) => void;
}

/** The sockets that hear the discovery port, one for each way and, for broadcast, each network. */
export class Ears {
  readonly facts: EarFact[] = [];
  readonly #options: EarsOptions;
  readonly #sockets: Socket[] = [];

  private constructor(options: EarsOptions) {
    this.#options = options;
  }

  /** Opens what can be opened, and keeps why the rest could not. */
  static async open(options: EarsOptions): Promise<Ears> {
    const ears = new Ears(options);
    await ears.#multicast();
    // Elsewhere the one socket of all addresses hears broadcasts as well.
    if (options.platform === 'linux') await ears.#broadcast();
    if (options.chosen.some(({ address }) => isIPv6(address))) await ears.#ipv6();
    return ears;
  }

  async close(): Promise<void> {
    await Promise.all(this.#sockets.splice(0).map((socket) => shut(socket)));
  }

  async #multicast(): Promise<void> {
    const { group, chosen, platform } = this.#options;
    const cards = chosen.filter(({ address }) => !isIPv6(address));
    if (cards.length === 0) return;
    await this.#hear('multicast', platform === 'linux' ? group : '0.0.0.0', (ear) => {
      for (const { address } of cards) join(() => ear.addMembership(group, address));
    });
  }

  async #broadcast(): Promise<void> {
    const { chosen, others } = this.#options;
    const own = new Set(chosen.flatMap((card) => broadcastOf(card.address, card.netmask) ?? []));
    for (const address of own) await this.#hear('broadcast', address);
    const foreign = new Set(others.flatMap((card) => broadcastOf(card.address, card.netmask) ?? []));
    for (const address of foreign) if (!own.has(address)) await this.#hear('broadcast', address, undefined, true);
  }

  async #ipv6(): Promise<void> {
    const { group6, chosen } = this.#options;
    await this.#hear('ipv6', '::', (ear) => {
      for (const { name, address } of chosen) if (isIPv6(address)) join(() => ear.addMembership(group6, `::%${name}`));
    });
  }

  /** `quiet`: whether it can be had is no fact worth telling. */
  async #hear(way: GroupWay, address: string, prepare?: (ear: Socket) => void, quiet = false): Promise<void> {
    const six = isIPv6(address);
    const ear = createSocket(
      six ? { type: 'udp6', ipv6Only: true, reuseAddr: true } : { type: 'udp4', reuseAddr: true },
    );
    try {
      const listening = once(ear, 'listening');
      ear.bind({ port: this.#options.port, address });
      await listening;
    } catch (cause) {
      ear.close();
      if (!quiet) this.facts.push({ way, failure: failureCode(cause) });
      return;
    }
    ear.on('error', () => undefined);
    ear.on('message', (bytes, from) => this.#options.heard(bytes, from, way));
    this.#sockets.push(ear);
    prepare?.(ear);
    if (!quiet) this.facts.push({ way, failure: undefined });
  }
}

/** A card that refuses keeps the others from nothing; that it hears nothing shows in its probes. */
function join(how: () => void): void {
  try {
    how();
  } catch {
    // Also a second address of one card, whose membership exists.
  }
}

export function shut(socket: Socket): Promise<void> {
  socket.removeAllListeners('message');
  return new Promise((resolve) => {
    socket.close(() => resolve());
  });
}
