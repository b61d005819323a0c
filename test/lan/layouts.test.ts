import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nth } from '../crowd.ts';
import type { Bridge } from './bridge.ts';
import type { Host } from './host.ts';
import { Island } from './island.ts';
import { lanSupport } from './support.ts';
import { arrived, connects, radio } from './trials.ts';

const lan = await lanSupport();
if (lan.type === 'no') process.stderr.write(`skipped, no hosts here: ${lan.why}\n`);

const GROUP = '239.77.0.2';

describe.skipIf(lan.type === 'no')('how an island can be laid out', () => {
  let island: Island;
  let left: Bridge;
  let right: Bridge;
  let first: Host;
  let second: Host;

  beforeEach(async () => {
    island = await Island.open();
    left = await island.bridge('left');
    right = await island.bridge('right');
    first = await island.host('first');
    second = await island.host('second');
  });

  afterEach(async () => {
    await island.close();
  });

  async function cards(host: Host): Promise<string[]> {
    const lines = (await host.exec(['ip', '-oneline', 'address'])).trim().split('\n');
    return lines.map((line) => /^\d+: (\S+) +inet6? (\S+)/.exec(line)?.slice(1, 3).join(' ') ?? line);
  }

  it('two networks with a router between them: links cross it, multicast does not', async () => {
    await first.connect(left, '10.77.1.1/24');
    await second.connect(right, '10.77.2.1/24');
    await island.router('router', [
      { bridge: left, address: '10.77.1.254/24' },
      { bridge: right, address: '10.77.2.254/24' },
    ]);
    expect(await connects(first, second)).toBe('ENETUNREACH');
    await first.routeThrough('10.77.1.254');
    await second.routeThrough('10.77.2.254', '10.77.1.0/24');
    expect(await connects(first, second)).toBe('connected');
    expect(await arrived(first, second, 5)).toBe(5);
    expect(await arrived(first, second, 5, GROUP)).toBe(0);
  });

  it('a host with two cards, the second of which comes and goes at run time', async () => {
    await first.connect(left, '10.77.1.1/24');
    await second.connect(right, '10.77.2.1/24');
    expect(await connects(first, second)).toBe('ENETUNREACH');
    await first.connect(right, '10.77.2.2/24', 'eth1');
    expect(await connects(first, second)).toBe('connected');
    expect(await connects(second, first, '10.77.2.2')).toBe('connected');
    await first.disconnect('eth1');
    expect(await connects(first, second)).toBe('ENETUNREACH');
    expect(first.address).toBe('10.77.1.1');
  });

  it('several addresses on one card, and another one by DHCP', async () => {
    const cable = await first.connect(left, ['10.77.1.1/24', '10.88.0.1/16']);
    await second.connect(left, '10.88.0.2/16');
    expect(await connects(second, first, '10.88.0.1')).toBe('connected');
    await cable.removeAddress('10.88.0.1/16');
    expect(await connects(first, second)).toBe('ENETUNREACH');
    await cable.readdress('10.88.0.9/16');
    expect(first.address).toBe('10.88.0.9');
    expect((await cards(first)).filter((card) => card.startsWith('eth0 10.'))).toEqual(['eth0 10.88.0.9/16']);
    expect(await connects(second, first)).toBe('connected');
  });

  it('hosts with no IPv4 at all reach each other by IPv6, also in groups', async () => {
    const cables = [await first.connect(left, []), await second.connect(left, [])];
    const [, address] = await Promise.all(cables.map((cable) => cable.ipv6()));
    expect((await cards(first)).filter((card) => !card.startsWith('lo '))).toEqual([
      `eth0 ${await nth(cables, 0).ipv6()}/64`,
    ]);
    expect(await connects(first, second, `${address}%eth0`)).toBe('connected');
    const [sender, receiver] = [await radio(first, 'ff02::77%eth0'), await radio(second, 'ff02::77%eth0')];
    sender.send('to all');
    expect(await receiver.heard()).toBe('to all');
  });

  it('hosts without IPv6', async () => {
    await first.setIPv6(false);
    await first.connect(left, '10.77.1.1/24');
    expect(await cards(first)).toEqual(['lo 127.0.0.1/8', 'eth0 10.77.1.1/24']);
  });

  it.each(['with-carrier', 'without-carrier'] as const)('a card such as Docker makes, %s', async (state) => {
    for (const [host, address] of [
      [first, '10.77.1.1/24'],
      [second, '10.77.1.2/24'],
    ] as const) {
      await host.connect(left, address);
      await host.addInnerBridge(state, '172.17.0.1/16');
    }
    const flags = await first.exec(['ip', '-oneline', 'link', 'show', 'dev', 'docker0']);
    expect(flags.includes('NO-CARRIER')).toBe(state === 'without-carrier');
    const seen = await first.exec([process.execPath, '-p', 'Object.keys(os.networkInterfaces()).includes("docker0")']);
    expect(seen.trim()).toBe(`${state === 'with-carrier'}`);
    expect(await connects(first, second)).toBe('connected');
    expect(await cards(second)).toContain('docker0 172.17.0.1/16');
  });

  it('a tunnel with one address at each end, or with nobody at the other', async () => {
    await first.connect(left, '10.77.1.1/24');
    await second.connect(right, '10.77.2.1/24');
    await island.tunnel('tun0', { host: first, address: '10.8.0.1' }, { host: second, address: '10.8.0.2' });
    expect(await connects(first, second, '10.8.0.2')).toBe('connected');
    expect(await connects(second, first, '10.8.0.1')).toBe('connected');
    expect((await cards(first)).filter((card) => card.startsWith('tun0'))).toEqual(['tun0 10.8.0.1']);
    await island.tunnel('tun1', { host: first, address: '10.9.0.1' }, { address: '10.9.0.2' });
    expect(await connects(first, second)).toBe('ENETUNREACH');
    expect(await cards(first)).toContain('tun1 10.9.0.1');
  });
});
