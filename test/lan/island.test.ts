import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from './host.ts';
import { Island } from './island.ts';
import { lanSupport, rateSupport } from './support.ts';
import { connects, linesOf, radio, transferMs } from './trials.ts';

const lan = await lanSupport();
if (lan.type === 'no') process.stderr.write(`skipped, no hosts here: ${lan.why}\n`);
const rate = await rateSupport();
if (rate.type === 'no') process.stderr.write(`skipped in part: ${rate.why}\n`);

/** A process that was killed but not yet waited for by its parent counts as dead. */
function isAlive(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== '';
  } catch {
    return false;
  }
}

describe.skipIf(lan.type === 'no')('an island', () => {
  let island: Island;

  beforeEach(async () => {
    island = await Island.open();
  });

  afterEach(async () => {
    await island.close();
  });

  async function threeHosts(): Promise<[Host, Host, Host]> {
    const [first, second, third] = await island.lan(3);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three hosts were asked');
    return [first, second, third];
  }

  it('joins hosts by multicast without a default route', async () => {
    const hosts = await threeHosts();
    const [first, second, third] = await Promise.all(hosts.map((host) => radio(host)));
    first?.send('to all');
    expect(await Promise.all([first?.heard(), second?.heard(), third?.heard()])).toEqual(Array(3).fill('to all'));
    expect(await hosts[0].exec(['ip', 'route', 'show', 'default'])).toBe('');
  });

  it('gives each host loopback and cards of its own and nothing of the machine', async () => {
    const [host] = await threeHosts();
    const cards = (await host.exec(['ip', '-brief', '-4', 'address'])).trim().split('\n');
    expect(cards.map((card) => card.split(/[\s@]/)[0])).toEqual(['lo', 'eth0']);
    expect(cards[1]).toContain(' 10.77.0.1/24');
  });

  it('gives the real pid of what runs on a host', async () => {
    const host = await island.host('solo');
    const child = host.run(['sh', '-c', 'echo $$; exec sleep 1000']);
    const said = await linesOf(child).next();
    expect(Number(said.value)).toBe(child.pid);
    child.kill('SIGKILL');
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    expect(island.inhabitants()).toEqual([]);
  });

  it('passes an environment, input and output', async () => {
    const host = await island.host('solo');
    const child = host.run(['sh', '-c', 'read word; echo "$word $COLOUR"'], { env: { COLOUR: 'green' } });
    child.stdin.end('grass\n');
    expect((await linesOf(child).next()).value).toBe('grass green');
  });

  it('ends everything that runs on it, also what a program left behind', async () => {
    const host = await island.host('solo');
    const child = host.run(['sh', '-c', 'setsid sleep 1000 >/dev/null & echo $!; exec sleep 1000']);
    const orphan = Number((await linesOf(child).next()).value);
    expect(island.inhabitants().sort()).toEqual([child.pid, orphan].sort());
    await island.close();
    expect([isAlive(orphan), isAlive(island.pid)]).toEqual([false, false]);
  });

  it('says what is wrong when a command fails', async () => {
    const host = await island.host('solo');
    await expect(host.exec(['ip', 'link', 'set', 'eth7', 'up'])).rejects.toThrow(/eth7/);
    await expect(host.interfaceDown()).rejects.toThrow('host solo has no card eth0');
  });

  it.each(['down', 'unplugged', 'cut'] as const)(
    'keeps a host apart whose cable is %s, and brings it back',
    async (how) => {
      const hosts = await threeHosts();
      const [first, second, third] = await Promise.all(hosts.map((host) => radio(host)));
      const cable = hosts[1].cable();
      if (how === 'down') await hosts[1].interfaceDown();
      if (how === 'unplugged') await cable.setPlugged(false);
      if (how === 'cut') await cable.moveTo(undefined);
      first?.send('while apart');
      expect(await third?.heard()).toBe('while apart');

      if (how === 'down') await hosts[1].interfaceUp();
      if (how === 'unplugged') await cable.setPlugged(true);
      if (how === 'cut') await cable.moveBack();
      await hosts[1].exec(['ip', 'route', 'get', '10.77.0.1']);
      second?.send('back');
      expect(await second?.heard()).toBe('back');
      expect(await third?.heard()).toBe('back');
      first?.send('welcome');
      expect(await second?.heard()).toBe('welcome');
    },
  );

  it('can take multicast away from a host and leave it the rest', async () => {
    const hosts = await threeHosts();
    const [first, second, third] = await Promise.all(hosts.map((host) => radio(host)));
    await hosts[1].cable().setMulticast(false);
    first?.send('not for the second');
    expect(await third?.heard()).toBe('not for the second');
    expect(await connects(hosts[0], hosts[1])).toBe('connected');
    await hosts[1].cable().setMulticast(true);
    first?.send('for all');
    expect(await second?.heard()).toBe('for all');
  });

  it('can isolate hosts from each other as guest Wi-Fi does', async () => {
    const [first, second, third] = await threeHosts();
    await first.cable().setIsolated(true);
    await second.cable().setIsolated(true);
    expect(await connects(first, second)).not.toBe('connected');
    expect(await connects(first, third)).toBe('connected');
  });

  it('can cut the trunk between two bridges, and mend it', async () => {
    const ends = [await island.bridge('left'), await island.bridge('right')] as const;
    const trunk = await island.trunk('trunk', ends);
    const first = await island.host('first');
    const second = await island.host('second');
    await first.connect(ends[0], '10.77.0.1/24');
    await second.connect(ends[1], '10.77.0.2/24');
    expect(await connects(first, second)).toBe('connected');
    await trunk.cut();
    expect(await connects(first, second)).not.toBe('connected');
    await trunk.mend();
    expect(await connects(first, second)).toBe('connected');
  });

  it('can part two hosts that still hear each other by multicast', async () => {
    const hosts = await threeHosts();
    const [first, second, third] = hosts;
    await first.loseSight(second);
    await second.loseSight(first);
    expect(await connects(first, second)).toBe('timeout');
    expect(await connects(first, third)).toBe('connected');
    const [sender, receiver] = await Promise.all([radio(first), radio(second)]);
    sender?.send('to all');
    expect(await receiver?.heard()).toBe('to all');
  });

  it.skipIf(rate.type === 'no')('can make a cable slow in one direction, and well again', async () => {
    const [first, second] = await threeHosts();
    await second.cable().limitDownload(20_000);
    const slowMs = await transferMs(first, second, 30_000);
    // The bucket lets no more than 1.6 kB through at once.
    expect(slowMs).toBeGreaterThan(1_000);
    expect(await transferMs(second, first, 30_000)).toBeLessThan(slowMs);
    await second.cable().limitDownload(undefined);
    expect(await transferMs(first, second, 30_000)).toBeLessThan(slowMs);
  });

  it('can drop what a rule names and nothing else', async () => {
    const [first, second, third] = await threeHosts();
    await second.block({ direction: 'in', protocol: 'tcp', port: 5555, peer: first.address });
    expect(await connects(first, second)).not.toBe('connected');
    expect(await connects(third, second)).toBe('connected');
    await second.unblock();
    expect(await connects(first, second)).toBe('connected');
  });
});
