import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bridge } from './bridge.ts';
import { Cable } from './cable.ts';
import { type Block, Firewall } from './firewall.ts';
import { type Keeper, LanError, type Spawned } from './keeper.ts';

const CARRIER_MS_MAX = 5_000;

/** One machine of an island. */
export class Host {
  readonly name: string;
  readonly #keeper: Keeper;
  readonly #cables = new Map<string, Cable>();
  readonly #firewall: Firewall;

  constructor(keeper: Keeper, name: string) {
    this.#keeper = keeper;
    this.name = name;
    this.#firewall = new Firewall(keeper, name);
  }

  /**
   * Lays a cable to `bridge`, at any time, and gives the card its addresses, each written with the prefix length:
   * `10.77.0.1/24`. With none of them the host has no IPv4 there, and only what IPv6 gives itself.
   */
  async connect(bridge: Bridge, addresses: string | readonly string[], card = 'eth0'): Promise<Cable> {
    const port = `${this.name}-${card}`;
    await this.#keeper.exec(['ip', 'link', 'add', port, 'type', 'veth', 'peer', 'name', card, 'netns', this.name]);
    await this.#keeper.exec(['ip', 'link', 'set', port, 'master', bridge.name, 'up']);
    const cable = new Cable(this.#keeper, { host: this.name, card, port, bridge });
    for (const address of [addresses].flat()) await cable.addAddress(address);
    await cable.setCard('up');
    this.#cables.set(card, cable);
    return cable;
  }

  /** Takes a card out of the machine, as one that is pulled from its socket. */
  async disconnect(card = 'eth0'): Promise<void> {
    this.cable(card);
    await this.exec(['ip', 'link', 'del', card]);
    this.#cables.delete(card);
  }

  cable(card = 'eth0'): Cable {
    const cable = this.#cables.get(card);
    if (cable === undefined) throw new LanError('command-failed', `host ${this.name} has no card ${card}`);
    return cable;
  }

  /** The host's first address. */
  get address(): string {
    const [cable] = this.#cables.values();
    if (cable === undefined) throw new LanError('command-failed', `host ${this.name} has no card yet`);
    return cable.address;
  }

  async interfaceDown(card = 'eth0'): Promise<void> {
    await this.cable(card).setCard('down');
  }

  async interfaceUp(card = 'eth0'): Promise<void> {
    await this.cable(card).setCard('up');
  }

  /** Whether the host has IPv6 at all, on the cards that it has and on those that come. It has, unless this says no. */
  async setIPv6(on: boolean): Promise<void> {
    for (const which of ['all', 'default']) await this.#setting(`net/ipv6/conf/${which}/disable_ipv6`, on ? '0' : '1');
  }

  /** Passes on what is for others, from card to card. Multicast of TTL 1 stays where it was said. */
  async setForwarding(on: boolean): Promise<void> {
    await this.#setting('net/ipv4/ip_forward', on ? '1' : '0');
  }

  /** What is for `to` (a network such as `10.78.0.0/24`; everything without it) goes through the router at `via`. */
  async routeThrough(via: string, to = 'default'): Promise<void> {
    await this.exec(['ip', 'route', 'add', to, 'via', via]);
  }

  /**
   * A card such as Docker makes: a bridge inside the machine with an address of its own, which other machines may have
   * as well. `with-carrier` has a container on it, of which nobody hears; `without-carrier` had one once.
   */
  async addInnerBridge(state: 'with-carrier' | 'without-carrier', address: string, card = 'docker0'): Promise<void> {
    const [near, far] = [`${card}-in`, `${card}-out`];
    await this.exec(['ip', 'link', 'add', card, 'type', 'bridge']);
    await this.exec(['ip', 'address', 'add', address, 'brd', '+', 'dev', card]);
    await this.exec(['ip', 'link', 'add', near, 'type', 'veth', 'peer', 'name', far]);
    for (const end of [[near, 'master', card], [far]]) await this.exec(['ip', 'link', 'set', ...end, 'up']);
    await this.exec(['ip', 'link', 'set', card, 'up']);
    if (state === 'without-carrier') await this.exec(['ip', 'link', 'del', near]);
    await this.#linkShows(card, state === 'with-carrier' ? / state UP / : /NO-CARRIER/);
  }

  /**
   * Starts a program on this host. The child's pid is the program's own, so that signals hit it and nothing in
   * between. Its environment is `PATH` and what is given; it runs in the current folder, but sees an empty `/run`.
   */
  run(argv: readonly string[], spawned: Spawned = {}): ChildProcessWithoutNullStreams {
    return this.#keeper.spawn(argv, this.name, spawned);
  }

  /** Runs a program on this host to its end and returns what it printed. Throws `LanError` when it fails. */
  async exec(argv: readonly string[]): Promise<string> {
    return await this.#keeper.exec(argv, this.name);
  }

  /**
   * Nothing that this host sends to another one alone arrives, and nobody is told: its frames go to a card that is
   * nowhere. Multicast still arrives. Done on both hosts it is what a firewall on the way does to a pair.
   */
  async loseSight(of: Host, card = 'eth0'): Promise<void> {
    const nowhere = ['lladdr', '02:00:00:00:00:77', 'nud', 'permanent'];
    const six = await of.exec(['ip', '-6', '-o', 'address', 'show', 'dev', card, 'scope', 'link']);
    const addresses = [of.address, ...[...six.matchAll(/inet6 ([\da-f:]+)/g)].map(([, address = '']) => address)];
    for (const address of addresses) await this.exec(['ip', 'neigh', 'replace', address, ...nowhere, 'dev', card]);
  }

  /** Knows where another host is without asking all of the network, which takes broadcast. */
  async remember(other: Host, card = 'eth0'): Promise<void> {
    const lladdr = await other.cable(card).hardwareAddress();
    const words = ['lladdr', lladdr, 'nud', 'permanent', 'dev', card];
    await this.exec(['ip', 'neigh', 'replace', other.address, ...words]);
  }

  /**
   * Adds a rule to the host's firewall. Loss and what is sent to groups needs the tool `nft`: ask `firewallSupport()`
   * first. The rest works without it.
   */
  async block(block: Block): Promise<void> {
    await this.#firewall.block(block);
  }

  /** As `block`, by what stands in where `nft` is missing. */
  async blockByRouting(block: Block): Promise<void> {
    await this.#firewall.blockByRouting(block);
  }

  /** Takes every rule back. */
  async unblock(): Promise<void> {
    await this.#firewall.unblock();
  }

  /** The system tells of carriers no more than once a second. */
  async #linkShows(card: string, state: RegExp): Promise<void> {
    const startedAt = performance.now();
    while (!state.test(await this.exec(['ip', '-oneline', 'link', 'show', 'dev', card]))) {
      if (performance.now() - startedAt > CARRIER_MS_MAX) {
        throw new LanError('command-failed', `${card} of ${this.name} does not come to ${state}`);
      }
      await pause(20);
    }
  }

  async #setting(path: string, value: string): Promise<void> {
    await this.exec(['sh', '-c', `echo ${value} >/proc/sys/${path}`]);
  }
}
