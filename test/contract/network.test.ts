import { randomInt } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { Identity } from '../../internal/crypto/identity.ts';
import { Network } from '../../internal/net/network.ts';
import { CARDS_LOOK_INTERVAL_MS, CLOCK_JUMP_MS } from '../../pkg/base/limits.ts';
import { instant, type Now, wallTime } from '../../pkg/base/units.ts';
import { Inbox } from './inbox.ts';

const networks: Network[] = [];

afterEach(async () => {
  await Promise.all(networks.splice(0).map((network) => network.stop()));
});

/** A network of the loopback alone, and the wall clock of its machine. */
async function loopback(interfaces: readonly string[] = ['127.0.0.1']) {
  const inbox = new Inbox();
  const clock = { aheadMs: 0 };
  const network = await Network.open({
    identity: Identity.generate(),
    group: { address: `239.255.${randomInt(256)}.${randomInt(256)}`, port: randomInt(20_000, 32_000) },
    port: 0,
    portNamed: false,
    interfaces,
    readClock: (): Now => ({ at: instant(performance.now()), wall: wallTime(Date.now() + clock.aheadMs) }),
    deliver: inbox.deliver,
    trouble: inbox.trouble,
  });
  networks.push(network);
  return { network, inbox, clock };
}

/** Takes as long as a look, and proves that looks are taken. */
async function aWakeElsewhere(): Promise<void> {
  const { network, inbox, clock } = await loopback();
  network.watch();
  clock.aheadMs = 60_000;
  await inbox.next('wake');
}

describe('the network of a process', () => {
  it('tells of the cards in use once it is watched, and not again while nothing changes', async () => {
    const { network, inbox, clock } = await loopback();
    expect(inbox.inputs).toEqual([]);
    expect(network.port).toBeGreaterThan(0);
    network.watch();
    expect(await inbox.next('network')).toEqual({
      type: 'network',
      interfaces: [{ name: 'lo', address: '127.0.0.1' }],
    });
    // Two looks have passed when the second jump has been noticed.
    for (const jump of [0, 1]) {
      clock.aheadMs += CLOCK_JUMP_MS + 500;
      await inbox.next('wake', jump);
    }
    expect(inbox.all('network')).toHaveLength(1);
    expect(inbox.troubles).toEqual([]);
  });

  it('notices that the machine has slept, by its clocks, within a look, and once', async () => {
    const { network, inbox, clock } = await loopback();
    network.watch();
    clock.aheadMs = CLOCK_JUMP_MS + 500;
    const jumpedAt = performance.now();
    await inbox.next('wake');
    expect(performance.now() - jumpedAt).toBeLessThan(CARDS_LOOK_INTERVAL_MS + 500);
    // Another one looks at its clock for longer than this one: by then a small drift would have been noticed.
    clock.aheadMs += CLOCK_JUMP_MS - 500;
    await aWakeElsewhere();
    expect(inbox.all('wake')).toHaveLength(1);
    clock.aheadMs -= 3_600_000;
    await inbox.next('wake', 1);
    expect(inbox.all('wake')).toHaveLength(2);
  });

  it('names the cards asked for that are not there', async () => {
    expect((await loopback(['127.0.0.1', 'eth77'])).network.missing).toEqual(['eth77']);
    await expect(loopback(['eth77'])).rejects.toThrow('there is no network interface "eth77"');
  });

  it('stops for good: nothing is delivered after', async () => {
    const { network, inbox, clock } = await loopback();
    network.watch();
    await network.stop();
    const before = inbox.inputs.length;
    clock.aheadMs = 60_000;
    await aWakeElsewhere();
    expect(inbox.inputs).toHaveLength(before);
  });
});
