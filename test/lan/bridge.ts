import type { Keeper } from './keeper.ts';

/** A switch. Multicast is flooded to every port, as a plain home switch does. */
export interface Bridge {
  readonly name: string;
}

export async function layBridge(keeper: Keeper, name: string): Promise<Bridge> {
  await keeper.exec(['ip', 'link', 'add', name, 'type', 'bridge', 'mcast_snooping', '0', 'forward_delay', '0']);
  await keeper.exec(['ip', 'link', 'set', name, 'up']);
  return { name };
}

/** A cable between two bridges, which make one network as long as it holds. */
export interface Trunk {
  /** Nothing passes any more, and nobody on either side sees a difference on their own card. */
  readonly cut: () => Promise<void>;
  readonly mend: () => Promise<void>;
}

/** `name` is unique on the island and has at most 13 characters. */
export async function layTrunk(keeper: Keeper, name: string, ends: readonly [Bridge, Bridge]): Promise<Trunk> {
  const [near, far] = [`${name}-a`, `${name}-b`];
  await keeper.exec(['ip', 'link', 'add', near, 'type', 'veth', 'peer', 'name', far]);
  for (const [port, { name: bridge }] of [[near, ends[0]] as const, [far, ends[1]] as const]) {
    await keeper.exec(['ip', 'link', 'set', port, 'master', bridge, 'up']);
  }
  return {
    cut: async () => {
      await keeper.exec(['ip', 'link', 'set', near, 'nomaster']);
    },
    mend: async () => {
      await keeper.exec(['ip', 'link', 'set', near, 'master', ends[0].name]);
    },
  };
}

/** The cable between a host's card and a bridge, with the faults that cables, switches and access points have. */
export class Cable {
  /** The host's address on this cable, without the prefix length. */
  readonly address: string;
  /** The name of the host's card. */
  readonly card: string;
  readonly #keeper: Keeper;
  readonly #host: string;
  readonly #port: string;
  readonly #bridge: Bridge;

  constructor(keeper: Keeper, at: { host: string; card: string; port: string; bridge: Bridge; address: string }) {
    this.#keeper = keeper;
    this.#host = at.host;
    this.card = at.card;
    this.#port = at.port;
    this.#bridge = at.bridge;
    this.address = at.address;
  }

  /** The host's own system switches the card off or on: it loses its routes, and gets them back. */
  async setCard(state: 'up' | 'down'): Promise<void> {
    await this.#keeper.exec(['ip', 'link', 'set', this.card, state], this.#host);
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

  /** Whether multicast from others still comes through; what the host sends itself is not touched. */
  async setMulticast(passes: boolean): Promise<void> {
    await this.#keeper.exec(['bridge', 'link', 'set', 'dev', this.#port, 'mcast_flood', passes ? 'on' : 'off']);
  }

  /** The same for broadcast. Address resolution is broadcast, too: a host that is to be reached all the same answers by proxy. */
  async setBroadcast(passes: boolean): Promise<void> {
    await this.#keeper.exec(['bridge', 'link', 'set', 'dev', this.#port, 'bcast_flood', passes ? 'on' : 'off']);
  }

  /** Client isolation, as guest Wi-Fi has it: isolated hosts do not reach each other, only those that are not. */
  async setIsolated(isolated: boolean): Promise<void> {
    await this.#keeper.exec(['bridge', 'link', 'set', 'dev', this.#port, 'isolated', isolated ? 'on' : 'off']);
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
}

/** One full packet at a time; what waits takes two seconds, as in a router that does not hoard. */
function bucket(bytesPerSecond: number): string[] {
  const packetBytes = 1_600;
  const limit = Math.max(2 * bytesPerSecond, 2 * packetBytes);
  return ['rate', `${8 * bytesPerSecond}bit`, 'burst', `${packetBytes}`, 'limit', `${limit}`];
}
