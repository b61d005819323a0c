/**
 * Real hosts on one machine, without root: an island is a set of namespaces in which hosts have their own network
 * cards, joined by bridges. Nothing in it reaches the machine's own network, and no host has a default route: what
 * runs here has to work without one.
 */
import { type Bridge, layBridge, layTrunk, layTunnel, type Trunk } from './bridge.ts';
import { Host } from './host.ts';
import { Keeper } from './keeper.ts';

export class Island {
  readonly #keeper: Keeper;

  private constructor(keeper: Keeper) {
    this.#keeper = keeper;
  }

  /** Throws `LanError` where the system does not allow namespaces; ask `lanSupport()` first. */
  static async open(): Promise<Island> {
    return new Island(await Keeper.open());
  }

  /** The process whose namespaces these are: for `nsenter -t`. */
  get pid(): number {
    return this.#keeper.pid;
  }

  /** A new host with nothing but its loopback card. `name` is unique on the island and has at most 10 characters. */
  async host(name: string): Promise<Host> {
    await this.#keeper.exec(['ip', 'netns', 'add', name]);
    await this.#keeper.exec(['ip', 'link', 'set', 'lo', 'up'], name);
    return new Host(this.#keeper, name);
  }

  /** A new switch, on which multicast reaches every port. `name` has at most 15 characters. */
  async bridge(name: string): Promise<Bridge> {
    return await layBridge(this.#keeper, name);
  }

  /** Joins two bridges to one network. `name` is unique on the island and has at most 13 characters. */
  async trunk(name: string, ends: readonly [Bridge, Bridge]): Promise<Trunk> {
    return await layTrunk(this.#keeper, name, ends);
  }

  /**
   * A router with a card on each of these networks, and the address written with its prefix length. Multicast and
   * broadcast do not cross it. Hosts that are to use it are told with `Host.routeThrough`.
   */
  async router(name: string, sides: readonly { readonly bridge: Bridge; readonly address: string }[]): Promise<Host> {
    const router = await this.host(name);
    for (const [place, { bridge, address }] of sides.entries()) await router.connect(bridge, address, `eth${place}`);
    await router.setForwarding(true);
    return router;
  }

  /**
   * A VPN-like card of this name at the ends, with one address each and nothing around it. Without a second host it
   * leads to nobody. `name` has at most 4 characters.
   */
  async tunnel(
    name: string,
    near: { readonly host: Host; readonly address: string },
    far: { readonly host?: Host; readonly address: string },
  ): Promise<void> {
    const end = far.host === undefined ? { address: far.address } : { host: far.host.name, address: far.address };
    await layTunnel(this.#keeper, name, [{ host: near.host.name, address: near.address }, end]);
  }

  /** A bridge named `lan` with `count` hosts `h1`, `h2` … on it, which bear 10.77.0.1/24 and so on on `eth0`. */
  async lan(count: number): Promise<Host[]> {
    const bridge = await this.bridge('lan');
    return await Promise.all(
      Array.from({ length: count }, async (_, place) => {
        const host = await this.host(`h${place + 1}`);
        await host.connect(bridge, `10.77.0.${place + 1}/24`);
        return host;
      }),
    );
  }

  /** The words that run `argv` in a host: for people who want a shell there. */
  wayInto(host: Host, argv: readonly string[]): string[] {
    return this.#keeper.enter(argv, host.name);
  }

  /** The pids of all processes that run on the island's hosts. */
  inhabitants(): number[] {
    return this.#keeper.inhabitants();
  }

  /** Ends every process on the island, whoever started it, and the island itself; nothing is left. */
  async close(): Promise<void> {
    await this.#keeper.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
