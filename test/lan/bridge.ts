import type { Keeper } from './keeper.ts';

/** A switch. Multicast is flooded to every port, as a plain home switch does. */
export interface Bridge {
  readonly name: string;
}

export async function layBridge(keeper: Keeper, name: string): Promise<Bridge> {
  await keeper.exec(['ip', 'link', 'add', 'name', name, 'type', 'bridge', 'mcast_snooping', '0', 'forward_delay', '0']);
  await keeper.exec(['ip', 'link', 'set', 'dev', name, 'up']);
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

/** One end of a tunnel: the host, and its address in it, without a prefix length. */
export interface TunnelEnd {
  readonly host: string;
  readonly address: string;
}

/**
 * What a VPN gives: a card of its own at each end with one address and no network around it (/32), over which nothing
 * is sent to groups. The far end may be nobody, as when the VPN's server is away.
 */
export async function layTunnel(
  keeper: Keeper,
  name: string,
  ends: readonly [TunnelEnd, TunnelEnd | { readonly address: string }],
): Promise<void> {
  const [near, far] = ends;
  const away = `${name}-${near.host}`;
  await keeper.exec(['ip', 'link', 'add', away, 'type', 'veth', 'peer', 'name', name, 'netns', near.host]);
  await raise(keeper, name, near.host, [near.address, far.address]);
  if (!('host' in far)) {
    await keeper.exec(['ip', 'link', 'set', away, 'up']);
    return;
  }
  await keeper.exec(['ip', 'link', 'set', away, 'netns', far.host]);
  await keeper.exec(['ip', 'link', 'set', away, 'name', name], far.host);
  await raise(keeper, name, far.host, [far.address, near.address]);
}

async function raise(
  keeper: Keeper,
  card: string,
  host: string,
  [own, peer]: readonly [string, string],
): Promise<void> {
  await keeper.exec(['ip', 'link', 'set', card, 'addrgenmode', 'none', 'multicast', 'off'], host);
  await keeper.exec(['ip', 'address', 'add', own, 'peer', `${peer}/32`, 'dev', card], host);
  await keeper.exec(['ip', 'link', 'set', card, 'up'], host);
}
