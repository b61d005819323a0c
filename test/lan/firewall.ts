/**
 * What a host's firewall drops. With the tool `nft` that is everything a `Block` can say. Without it the kernel's policy
 * routing stands in: it knows protocol, port and peer, which is enough for links in either direction.
 */
import { type Keeper, LanError } from './keeper.ts';

/** What is dropped without a word to the other side. All of a rule's words must fit. What a host says to itself passes. */
export interface Block {
  readonly direction: 'in' | 'out';
  /** `any` is everything that IP carries, the control messages of IPv6 among it. */
  readonly protocol: 'tcp' | 'udp' | 'any';
  /** The port the packet is sent to. */
  readonly port?: number;
  /** The address at the other end, of either family. */
  readonly peer?: string;
  /** Both without it. */
  readonly family?: 'IPv4' | 'IPv6';
  /** To whom the packet is sent: to all of a group, to all of a network, or to one. All three without it. */
  readonly to?: 'multicast' | 'broadcast' | 'unicast';
  /** Which share of the packets is dropped, in percent; all without it. */
  readonly percent?: number;
}

const TABLE = ['inet', 'blocks'];
/** Where the table of own addresses stands while rules for what comes in must come before it. */
const LOCAL_PLACE = '100';
const IN_PLACE = '10';
/** Before those: what the host sends itself skips them. The system looks it up as if it came from the loopback. */
const SELF_PLACE = '5';
/** Behind the own addresses, so that nobody is kept from talking to themselves. */
const OUT_PLACE = '110';

type Family = '-4' | '-6';

export class Firewall {
  readonly #keeper: Keeper;
  readonly #host: string;
  #kind: Promise<'nft' | 'routing'> | undefined;
  /** Rules that stand, as they were added. */
  readonly #rules: { readonly family: Family; readonly words: readonly string[] }[] = [];

  constructor(keeper: Keeper, host: string) {
    this.#keeper = keeper;
    this.#host = host;
  }

  /** Throws `LanError` with code `needs-nft` for what takes that tool where it is missing. */
  async block(block: Block): Promise<void> {
    this.#kind ??= this.#raise();
    if ((await this.#kind) === 'nft') {
      await this.#run(['nft', 'add', 'rule', ...TABLE, block.direction, ...nftWords(block)]);
      return;
    }
    await this.#blockByRouting(block);
  }

  /** Takes every rule back. */
  async unblock(): Promise<void> {
    const kind = await this.#kind;
    this.#kind = undefined;
    if (kind === 'nft') await this.#run(['nft', 'delete', 'table', ...TABLE]);
    for (const { family, words } of this.#rules.splice(0)) await this.#run(['ip', family, 'rule', 'del', ...words]);
  }

  /**
   * The same by policy routing, whether `nft` is there or not: for tests of what stands in for it. `block` decides by
   * itself.
   */
  async blockByRouting(block: Block): Promise<void> {
    this.#kind ??= Promise.resolve('routing');
    await this.#blockByRouting(block);
  }

  async #blockByRouting(block: Block): Promise<void> {
    const words = routingWords(block);
    for (const family of familiesOf(block)) {
      if (block.direction === 'in') await this.#moveLocalBehind(family);
      await this.#run(['ip', family, 'rule', 'add', ...words]);
      this.#rules.push({ family, words });
    }
  }

  /** Own addresses are looked up first of all, and what is for them has arrived: rules must stand before that. */
  async #moveLocalBehind(family: Family): Promise<void> {
    const rules = await this.#run(['ip', family, 'rule', 'show']);
    if (!/^0:/m.test(rules)) return;
    await this.#run(['ip', family, 'rule', 'add', 'pref', LOCAL_PLACE, 'lookup', 'local']);
    await this.#run(['ip', family, 'rule', 'add', 'pref', SELF_PLACE, 'iif', 'lo', 'goto', LOCAL_PLACE]);
    await this.#run(['ip', family, 'rule', 'del', 'pref', '0']);
  }

  async #raise(): Promise<'nft' | 'routing'> {
    try {
      await this.#run(['nft', 'add', 'table', ...TABLE]);
    } catch {
      return 'routing';
    }
    for (const [chain, hook] of [
      ['in', 'input'],
      ['out', 'output'],
    ] as const) {
      const spec = `{ type filter hook ${hook} priority 0 ; }`;
      await this.#run(['nft', 'add', 'chain', ...TABLE, chain, spec]);
    }
    return 'nft';
  }

  async #run(argv: readonly string[]): Promise<string> {
    return await this.#keeper.exec(argv, this.#host);
  }
}

function familiesOf({ family, peer }: Block): readonly Family[] {
  const wanted = family ?? (peer === undefined ? undefined : isIPv6(peer) ? 'IPv6' : 'IPv4');
  if (wanted === undefined) return ['-4', '-6'];
  return wanted === 'IPv4' ? ['-4'] : ['-6'];
}

function nftWords({ direction, protocol, port, peer, family, to, percent }: Block): string[] {
  const incoming = direction === 'in';
  return [
    ...[incoming ? 'iifname' : 'oifname', '!=', 'lo'],
    ...(family === undefined ? [] : ['meta', 'nfproto', family.toLowerCase()]),
    ...(peer === undefined ? [] : [isIPv6(peer) ? 'ip6' : 'ip', incoming ? 'saddr' : 'daddr', peer]),
    ...(to === undefined ? [] : ['fib', 'daddr', 'type', to === 'unicast' && incoming ? 'local' : to]),
    ...(protocol === 'any' ? [] : ['meta', 'l4proto', protocol]),
    ...(port === undefined ? [] : ['th', 'dport', `${port}`]),
    ...(percent === undefined ? [] : ['numgen', 'random', 'mod', '100', '<', `${percent}`]),
    'drop',
  ];
}

/** Multicast that comes in asks no rule, and what goes out through a chosen card asks none either: that takes `nft`. */
function routingWords({ direction, protocol, port, peer, to, percent }: Block): string[] {
  const knowsGroups = protocol !== 'tcp' && to !== 'unicast';
  if (percent !== undefined || knowsGroups) {
    throw new LanError('needs-nft', 'loss, and what is sent to groups, is dropped only by nft: install nftables');
  }
  const incoming = direction === 'in';
  return [
    ...['pref', incoming ? IN_PLACE : OUT_PLACE],
    ...(incoming ? [] : ['iif', 'lo']),
    ...(peer === undefined ? [] : [incoming ? 'from' : 'to', peer]),
    ...(protocol === 'any' ? [] : ['ipproto', protocol]),
    ...(port === undefined ? [] : ['dport', `${port}`]),
    'blackhole',
  ];
}

function isIPv6(address: string): boolean {
  return address.includes(':');
}
