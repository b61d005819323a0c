import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { type Bridge, Cable } from './bridge.ts';
import { type Keeper, LanError, type Spawned } from './keeper.ts';

/** What a host's firewall drops without a word. All of a rule's words must fit. */
export interface Block {
  readonly direction: 'in' | 'out';
  readonly protocol: 'tcp' | 'udp';
  /** The port the packet is sent to. */
  readonly port?: number;
  /** The address at the other end. */
  readonly peer?: string;
  /** Which share of the packets is dropped, in percent; all without it. */
  readonly percent?: number;
}

const TABLE = ['inet', 'blocks'];

/** One machine of an island. */
export class Host {
  readonly name: string;
  readonly #keeper: Keeper;
  readonly #cables = new Map<string, Cable>();
  #firewall: Promise<void> | undefined;

  constructor(keeper: Keeper, name: string) {
    this.#keeper = keeper;
    this.name = name;
  }

  /** Lays a cable to `bridge` and gives the card its address, written with the prefix length: `10.77.0.1/24`. */
  async connect(bridge: Bridge, address: string, card = 'eth0'): Promise<Cable> {
    const port = `${this.name}-${card}`;
    await this.#keeper.exec(['ip', 'link', 'add', port, 'type', 'veth', 'peer', 'name', card, 'netns', this.name]);
    await this.#keeper.exec(['ip', 'link', 'set', port, 'master', bridge.name, 'up']);
    await this.#keeper.exec(['ip', 'address', 'add', address, 'dev', card], this.name);
    const [bare = ''] = address.split('/');
    const cable = new Cable(this.#keeper, { host: this.name, card, port, bridge, address: bare });
    await cable.setCard('up');
    this.#cables.set(card, cable);
    return cable;
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

  /** Adds a rule to the host's firewall. Needs the tool `nft`; ask `firewallSupport()` first. */
  async block(block: Block): Promise<void> {
    this.#firewall ??= this.#raiseFirewall();
    await this.#firewall;
    await this.exec(['nft', 'add', 'rule', ...TABLE, block.direction, ...words(block)]);
  }

  /** Takes every rule back. */
  async unblock(): Promise<void> {
    if (this.#firewall === undefined) return;
    this.#firewall = undefined;
    await this.exec(['nft', 'delete', 'table', ...TABLE]);
  }

  async #raiseFirewall(): Promise<void> {
    await this.exec(['nft', 'add', 'table', ...TABLE]);
    for (const [chain, hook] of [
      ['in', 'input'],
      ['out', 'output'],
    ] as const) {
      const spec = `{ type filter hook ${hook} priority 0 ; }`;
      await this.exec(['nft', 'add', 'chain', ...TABLE, chain, spec]);
    }
  }
}

function words({ direction, protocol, port, peer, percent }: Block): string[] {
  const side = direction === 'in' ? 'saddr' : 'daddr';
  return [
    ...(peer === undefined ? [] : ['ip', side, peer]),
    ...(port === undefined ? ['meta', 'l4proto', protocol] : [protocol, 'dport', `${port}`]),
    ...(percent === undefined ? [] : ['numgen', 'random', 'mod', '100', '<', `${percent}`]),
    'drop',
  ];
}
