import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatProcess } from '../process.ts';
import { Stage } from '../stage.ts';
import type { Bridge } from './bridge.ts';
import type { Host } from './host.ts';
import { Island } from './island.ts';
import { lanSupport } from './support.ts';

const lan = await lanSupport();
if (lan.type === 'no') process.stderr.write(`skipped, no hosts here: ${lan.why}\n`);

/** From a change of cards until the chat goes on over them. */
const NOTICED_MS_MAX = 3_000;
const TRACED = 'p2pchat:net,p2pchat:mesh';

describe.skipIf(lan.type === 'no')('cards', () => {
  let island: Island;
  let stage: Stage;
  let bridge: Bridge;

  beforeEach(async () => {
    island = await Island.open();
    stage = new Stage();
    bridge = await island.bridge('lan');
  });

  afterEach(async () => {
    await stage.close();
    await island.close();
  });

  /** A host with its card on the bridge. */
  async function house(name: string, address: string): Promise<Host> {
    const host = await island.host(name);
    await host.connect(bridge, address);
    return host;
  }

  /** Somebody whose program is up. */
  async function start(name: string, where: Host, args: readonly string[] = []): Promise<ChatProcess> {
    // Else what is said in the first seconds is no news to a name that comes for the first time.
    const chat = stage.start({ name, where, args: ['-plain', ...args], debug: TRACED });
    await chat.here();
    return chat;
  }

  /** What each says arrives at the other, in so many milliseconds at most. */
  async function talk(one: ChatProcess, other: ChatProcess, word: string): Promise<void> {
    one.say(`${word} of ${one.name}`);
    other.say(`${word} of ${other.name}`);
    await one.hears(`${word} of ${other.name}`, NOTICED_MS_MAX);
    await other.hears(`${word} of ${one.name}`, NOTICED_MS_MAX);
  }

  /** Alice on the first host and bob on the second. */
  async function pairOn([one, other]: readonly Host[]): Promise<[ChatProcess, ChatProcess]> {
    if (one === undefined || other === undefined) throw new Error('two hosts were made');
    return await Promise.all([start('alice', one), start('bob', other)]);
  }

  it('that come at run time are used at once', async () => {
    const bob = await start('bob', await house('bob', '10.77.0.2/24'));
    const host = await island.host('alice');
    const alice = await start('alice', host);
    const pluggedAt = performance.now();
    await host.connect(bridge, '10.77.0.1/24');
    await alice.meets(['bob'], NOTICED_MS_MAX);
    await bob.meets(['alice'], NOTICED_MS_MAX);
    process.stderr.write(`a card that came was used after ${(performance.now() - pluggedAt).toFixed(0)} ms\n`);

    const second = await island.bridge('second');
    const carolsHost = await island.host('carol');
    await carolsHost.connect(second, '10.78.0.3/24');
    const carol = await start('carol', carolsHost);
    await host.connect(second, '10.78.0.1/24', 'eth1');
    await alice.meets(['carol'], NOTICED_MS_MAX);
    await carol.meets(['alice'], NOTICED_MS_MAX);
    await talk(alice, carol, 'welcome');
  }, 60_000);

  it('of one host on two networks reach both, and a host that is on one of them sees the other side through it', async () => {
    const second = await island.bridge('second');
    const both = await house('alice', '10.77.0.1/24');
    await both.connect(second, '10.78.0.1/24', 'eth1');
    const far = await island.host('carol');
    await far.connect(second, '10.78.0.3/24');
    const alice = await start('alice', both);
    const bob = await start('bob', await house('bob', '10.77.0.2/24'));
    const carol = await start('carol', far);
    await alice.meets(['bob', 'carol']);
    for (const other of [bob, carol]) await other.meets(['alice']);
    await talk(alice, bob, 'hi');
    await talk(alice, carol, 'hello');
    expect(bob.raw('stderr')).not.toMatch(/link \d+ (?:to|from).*10\.78\./);
    expect(carol.raw('stderr')).not.toMatch(/link.*10\.77\./);
  }, 60_000);

  it('that go are dropped, what hung on them ends in time, and the others go on', async () => {
    const second = await island.bridge('second');
    const both = await house('alice', '10.77.0.1/24');
    const cable = await both.connect(second, '10.78.0.1/24', 'eth1');
    const far = await island.host('carol');
    await far.connect(second, '10.78.0.3/24');
    const alice = await start('alice', both);
    const bob = await start('bob', await house('bob', '10.77.0.2/24'));
    const carol = await start('carol', far);
    await alice.meets(['bob', 'carol']);
    for (const other of [bob, carol]) await other.meets(['alice']);
    await talk(alice, carol, 'hi');
    await cable.setCard('down');
    const from = alice.stderr.length;
    await alice.waitForLine('stderr', /the cards are now eth0 10\.77\.0\.1, (eth0 fe80:\S+, )?lo/, { from });
    await alice.waitForLine('stderr', /the address is gone/, { from, timeoutMs: 2 * NOTICED_MS_MAX });
    await talk(alice, bob, 'still here');
    await cable.setCard('up');
    await talk(alice, carol, 'back');
  }, 60_000);

  it('that get another address, as by DHCP, go on with it at once', async () => {
    const host = await house('alice', '10.77.0.1/24');
    const alice = await start('alice', host);
    const bob = await start('bob', await house('bob', '10.77.0.2/24'));
    await alice.meets(['bob']);
    await bob.meets(['alice']);
    await talk(alice, bob, 'hi');
    const changedAt = performance.now();
    // Without IPv6 there is no other way between the two.
    await host.exec(['ip', '-6', 'address', 'flush', 'dev', 'eth0']);
    await host.exec(['ip', 'address', 'del', '10.77.0.1/24', 'dev', 'eth0']);
    await host.exec(['ip', 'address', 'add', '10.77.0.99/24', 'dev', 'eth0']);
    await talk(alice, bob, 'moved');
    process.stderr.write(`a new address was used after ${(performance.now() - changedAt).toFixed(0)} ms\n`);
  }, 60_000);

  it('that go off for less than three seconds part nobody', async () => {
    const host = await house('alice', '10.77.0.1/24');
    const alice = await start('alice', host);
    const bob = await start('bob', await house('bob', '10.77.0.2/24'));
    await alice.meets(['bob']);
    await bob.meets(['alice']);
    const from = alice.stderr.length;
    await host.interfaceDown();
    await alice.waitForLine('stderr', /the cards are now lo/, { from });
    await host.interfaceUp();
    await alice.waitForLine('stderr', /the cards are now eth0/, { from });
    await talk(alice, bob, 'nothing happened');
    for (const chat of [alice, bob]) expect(chat.raw('stderr')).not.toMatch(/link \d+ closed/);
  }, 60_000);

  it('without an IPv4 address meet and talk over IPv6 alone', async () => {
    const hosts = [await house('alice', '10.77.0.1/24'), await house('bob', '10.77.0.2/24')];
    for (const host of hosts) await host.exec(['ip', '-4', 'address', 'flush', 'dev', 'eth0']);
    const [alice, bob] = await pairOn(hosts);
    const upAt = performance.now();
    await Promise.all([alice.meets(['bob']), bob.meets(['alice'])]);
    process.stderr.write(`over IPv6 alone they met after ${(performance.now() - upAt).toFixed(0)} ms\n`);
    await talk(alice, bob, 'six');
    alice.say('/who');
    await alice.waitForLine('stderr', /bob.*fe80::/);
  }, 60_000);

  it('on a network that lets no multicast through meet by broadcast', async () => {
    const hosts = [await house('alice', '10.77.0.1/24'), await house('bob', '10.77.0.2/24')];
    for (const host of hosts) await host.cable().setMulticast(false);
    const [alice, bob] = await pairOn(hosts);
    await Promise.all([alice.meets(['bob'], NOTICED_MS_MAX), bob.meets(['alice'], NOTICED_MS_MAX)]);
    await talk(alice, bob, 'broad');
  }, 60_000);

  it('that were named are used alone, also those that come later', async () => {
    const second = await island.bridge('second');
    const host = await house('alice', '10.77.0.1/24');
    const near = await start('bob', await house('bob', '10.77.0.2/24'));
    const far = await island.host('carol');
    await far.connect(second, '10.78.0.3/24');
    const carol = await start('carol', far);
    const alice = await start('alice', host, ['-interface', 'lo', '-interface', 'eth1']);
    await alice.waitForLine('stderr', /no network interface "eth1" yet/);
    await host.connect(second, '10.78.0.1/24', 'eth1');
    await alice.meets(['carol'], NOTICED_MS_MAX);
    await carol.meets(['alice'], NOTICED_MS_MAX);
    await talk(alice, carol, 'named');
    expect(near.raw('stderr')).not.toMatch(/alice joined/);
  }, 60_000);
});
