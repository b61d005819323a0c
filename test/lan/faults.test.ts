import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nth } from '../crowd.ts';
import type { Block } from './firewall.ts';
import type { Host } from './host.ts';
import { Island } from './island.ts';
import { firewallSupport, lanSupport } from './support.ts';
import { arrived, connects, radio } from './trials.ts';

const lan = await lanSupport();
if (lan.type === 'no') process.stderr.write(`skipped, no hosts here: ${lan.why}\n`);
const firewall = await firewallSupport();
if (firewall.type === 'no') process.stderr.write(`skipped in part: ${firewall.why}\n`);

const BROADCAST = '10.77.0.255';
const GROUP = '239.77.0.2';
const IPV6_GROUP = 'ff12::77';

describe.skipIf(lan.type === 'no')('faults of an island', () => {
  let island: Island;
  let first: Host;
  let second: Host;
  let third: Host;

  beforeEach(async () => {
    island = await Island.open();
    const hosts = await island.lan(3);
    [first, second, third] = [nth(hosts, 0), nth(hosts, 1), nth(hosts, 2)];
  });

  afterEach(async () => {
    await island.close();
  });

  /** The second host's IPv6 address as the first one writes it. */
  async function ipv6(): Promise<string> {
    await first.cable().ipv6();
    return `${await second.cable().ipv6()}%eth0`;
  }

  it.each(['block', 'blockByRouting'] as const)('drops links by direction, port, and peer (%s)', async (block) => {
    await second[block]({ direction: 'in', protocol: 'tcp', port: 5555, peer: first.address });
    expect(await connects(first, second)).toBe('timeout');
    expect(await connects(first, second, second.address, 5556)).toBe('connected');
    expect(await connects(third, second)).toBe('connected');
    expect(await connects(second, first)).toBe('connected');
    expect(await connects(second, second)).toBe('connected');
    await second.unblock();
    expect(await connects(first, second)).toBe('connected');

    await second[block]({ direction: 'out', protocol: 'tcp', port: 5555 });
    expect(await connects(second, first)).not.toBe('connected');
    expect(await connects(second, second)).toBe('connected');
    expect(await connects(first, second)).toBe('connected');
  });

  it.each(['block', 'blockByRouting'] as const)(
    'drops links over IPv6 as well, or one family alone (%s)',
    async (block) => {
      const address = await ipv6();
      expect(await connects(first, second, address)).toBe('connected');
      await second[block]({ direction: 'in', protocol: 'tcp', port: 5555 });
      expect(await connects(first, second, address)).toBe('timeout');
      await second.unblock();
      await second[block]({ direction: 'in', protocol: 'tcp', port: 5555, family: 'IPv4' });
      expect(await connects(first, second, address)).toBe('connected');
      expect(await connects(first, second)).toBe('timeout');
    },
  );

  it('says so where only nft could drop it', async () => {
    await expect(second.blockByRouting({ direction: 'in', protocol: 'udp', port: 1 })).rejects.toThrow(/nft/);
    await expect(second.blockByRouting({ direction: 'in', protocol: 'tcp', percent: 5 })).rejects.toThrow(/nft/);
  });

  it('drops datagrams to one host without nft', async () => {
    await second.blockByRouting({ direction: 'in', protocol: 'udp', port: 5557, to: 'unicast' });
    expect(await arrived(first, second, 10)).toBe(0);
    expect(await arrived(second, first, 10)).toBe(10);
  });

  it.skipIf(firewall.type === 'no').each<{ to: Block['to']; groups: number; all: number; one: number }>([
    { to: 'multicast', groups: 0, all: 10, one: 10 },
    { to: 'broadcast', groups: 10, all: 0, one: 10 },
    { to: 'unicast', groups: 10, all: 10, one: 0 },
  ])('drops $to alone', async ({ to, groups, all, one }) => {
    if (to === undefined) throw new Error('there is a kind');
    const figures = async (from: Host, at: Host) => [
      await arrived(from, at, 10, GROUP),
      await arrived(from, at, 10, BROADCAST),
      await arrived(from, at, 10),
    ];
    await second.block({ direction: 'in', protocol: 'udp', to });
    expect(await figures(first, second)).toEqual([groups, all, one]);
    await second.unblock();
    await first.block({ direction: 'out', protocol: 'udp', to });
    expect(await figures(first, second)).toEqual([groups, all, one]);
    expect(await figures(second, first)).toEqual([10, 10, 10]);
  });

  it.skipIf(firewall.type === 'no')(
    'drops multicast of IPv4 and leaves that of IPv6, and the other way round',
    async () => {
      await ipv6();
      const open = async (group: readonly string[]) =>
        await Promise.all([radio(first, ...group), radio(second, ...group)]);
      for (const [blocked, closed, passing] of [
        ['IPv4', [], [`${IPV6_GROUP}%eth0`]],
        ['IPv6', [`${IPV6_GROUP}%eth0`], []],
      ] as const) {
        await second.block({ direction: 'in', protocol: 'udp', to: 'multicast', family: blocked });
        const [shut, free] = [await open(closed), await open(passing)];
        shut[0].send('lost');
        // It hears itself: by then it is on its way.
        expect(await shut[0].heard()).toBe('lost');
        free[0].send('passes');
        expect(await free[1].heard()).toBe('passes');
        await second.unblock();
        shut[0].send('after');
        expect(await shut[1].heard()).toBe('after');
      }
    },
  );

  it.skipIf(firewall.type === 'no')('loses about as many datagrams as it was told to, and no others', async () => {
    await second.block({ direction: 'in', protocol: 'udp', percent: 20 });
    const [lossy, whole] = [await arrived(first, second, 1_000), await arrived(first, third, 1_000)];
    // Twenty percent of a thousand, give or take six standard deviations of 12.6.
    expect(lossy).toBeGreaterThan(724);
    expect(lossy).toBeLessThan(876);
    expect(whole).toBe(1_000);
  });

  it('takes broadcast away from a host and leaves it multicast', async () => {
    await first.remember(second);
    await second.remember(first);
    await second.cable().setBroadcast(false);
    expect(await arrived(first, second, 10, BROADCAST)).toBe(0);
    expect(await arrived(first, second, 10, GROUP)).toBe(10);
    expect(await connects(first, second)).toBe('connected');
    await second.cable().setBroadcast(true);
    expect(await arrived(first, second, 10, BROADCAST)).toBe(10);
  });

  it('lets no packet through that is larger than the MTU', async () => {
    await second.cable().setMtu(576);
    expect(await arrived(first, second, 5, second.address, 1_000)).toBe(0);
    expect(await arrived(first, second, 5, second.address, 500)).toBe(5);
    // A host whose own card is as narrow cuts it into pieces that fit.
    await first.cable().setMtu(576);
    expect(await arrived(first, second, 5, second.address, 1_000)).toBe(5);
  });
});
