import { setTimeout as pause } from 'node:timers/promises';
import type { Bridge } from './bridge.ts';
import { type Keeper, LanError } from './keeper.ts';

/** A fresh IPv6 address is tried out by the system for one to two seconds before it can be used. */
const IPV6_READY_MS_MAX = 6_000;

/** The cable between a host's card and a bridge, with the faults that cables, switches and access points have. */
export class Cable {
  /** The name of the host's card. */
  readonly card: string;
  readonly #keeper: Keeper;
  readonly #host: string;
  readonly #port: string;
  readonly #bridge: Bridge;
  readonly #addresses: string[] = [];

  constructor(keeper: Keeper, at: { host: string; card: string; port: string; bridge: Bridge }) {
    this.#keeper = keeper;
    this.#host = at.host;
    this.card = at.card;
    this.#port = at.port;
    this.#bridge = at.bridge;
  }

  /** The host's first IPv4 address on this cable, without the prefix length. */
  get address(): string {
    const [first] = this.#addresses;
    if (first === undefined) throw new LanError('command-failed', `${this.card} of ${this.#host} has no IPv4 address`);
    return first.split('/')[0] ?? first;
  }

  /** The card's link-local IPv6 address, as soon as it can be used. */
  async ipv6(): Promise<string> {
    const startedAt = performance.now();
    const ask = ['ip', '-6', '-oneline', 'address', 'show', 'dev', this.card, 'scope', 'link'];
    while (performance.now() - startedAt < IPV6_READY_MS_MAX) {
      const line = await this.#exec(ask);
      const address = /inet6 (\S+)\/64/.exec(line)?.[1];
      if (address !== undefined && !line.includes('tentative')) return address;
      await pause(20);
    }
    throw new LanError('command-failed', `${this.card} of ${this.#host} gets no IPv6 address`);
  }

  async hardwareAddress(): Promise<string> {
    const line = await this.#exec(['ip', '-oneline', 'link', 'show', 'dev', this.card]);
    return /link\/ether (\S+)/.exec(line)?.[1] ?? '';
  }

  /** One more address, with its prefix length. */
  async addAddress(address: string): Promise<void> {
    await this.#exec(['ip', 'address', 'add', address, 'brd', '+', 'dev', this.card]);
    this.#addresses.push(address);
  }

  /** Takes one address, written as it was added. */
  async removeAddress(address: string): Promise<void> {
    await this.#exec(['ip', 'address', 'del', address, 'dev', this.card]);
    this.#addresses.splice(this.#addresses.indexOf(address), 1);
  }

  /** What DHCP does after a change: every IPv4 address goes, with the routes that hung on it, and a new one comes. */
  async readdress(address: string): Promise<void> {
    await this.#exec(['ip', '-4', 'address', 'flush', 'dev', this.card]);
    this.#addresses.length = 0;
    await this.addAddress(address);
  }

  /** The host's own system switches the card off or on: it loses its routes, and gets them back. */
  async setCard(state: 'up' | 'down'): Promise<void> {
    await this.#exec(['ip', 'link', 'set', this.card, state]);
  }

  /** Pulls the cable or plugs it in again: the card stays on but has no carrier. */
  async setPlugged(plugged: boolean): Promise<void> {
    await this.#keeper.exec(['ip', 'link', 'set', this.#port, plugged ? 'up' : 'down']);
  }

  /** Puts the other end on another bridge, or on none: nothing passes, and the host sees no difference on its card. */
  async moveTo(bridge: Bridge | undefined): Promise<void> {
    const where = bridge === undefined ? ['nomaster'] : ['master', bridge.name];
    await this.#keeper.exec(['ip', 'link', 'set', this.#port, ...where]);
  }

  /** Puts the other end back on the bridge on which it was first. */
  async moveBack(): Promise<void> {
    await this.moveTo(this.#bridge);
  }

  /** Whether multicast from others still comes through, IPv6's too; what the host sends itself is not touched. */
  async setMulticast(passes: boolean): Promise<void> {
    await this.#setPort('mcast_flood', passes);
  }

  /**
   * Whether broadcast from others still comes through. Hosts ask for each other by broadcast: those that are to talk
   * without it must know each other (`Host.remember`).
   */
  async setBroadcast(passes: boolean): Promise<void> {
    await this.#setPort('bcast_flood', passes);
  }

  /** Client isolation, as guest Wi-Fi has it: isolated hosts do not reach each other, only those that are not. */
  async setIsolated(isolated: boolean): Promise<void> {
    await this.#setPort('isolated', isolated);
  }

  /** The largest packet in bytes that fits, in both directions. Below 1280 there is no IPv6. */
  async setMtu(bytes: number): Promise<void> {
    await this.#exec(['ip', 'link', 'set', this.card, 'mtu', `${bytes}`]);
    await this.#keeper.exec(['ip', 'link', 'set', this.#port, 'mtu', `${bytes}`]);
  }

  /**
   * The host receives no more than so many bytes a second, as over a bad radio link; what it sends is not touched.
   * Undefined lifts it. Needs a kernel with the token bucket filter: ask `rateSupport()` first.
   */
  async limitDownload(bytesPerSecond: number | undefined): Promise<void> {
    const device = ['dev', this.#port, 'root'];
    if (bytesPerSecond === undefined) await this.#keeper.exec(['tc', 'qdisc', 'del', ...device]);
    else await this.#keeper.exec(['tc', 'qdisc', 'add', ...device, 'tbf', ...bucket(bytesPerSecond)]);
  }

  async #setPort(what: string, on: boolean): Promise<void> {
    await this.#keeper.exec(['bridge', 'link', 'set', 'dev', this.#port, what, on ? 'on' : 'off']);
  }

  async #exec(argv: readonly string[]): Promise<string> {
    return await this.#keeper.exec(argv, this.#host);
  }
}

/** One full packet at a time; what waits takes two seconds, as in a router that does not hoard. */
function bucket(bytesPerSecond: number): string[] {
  const packetBytes = 1_600;
  const limit = Math.max(2 * bytesPerSecond, 2 * packetBytes);
  return ['rate', `${8 * bytesPerSecond}bit`, 'burst', `${packetBytes}`, 'limit', `${limit}`];
}
