import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { ChatProcess } from '../process.ts';
import type { Host } from './host.ts';
import { firewallSupport, lanSupport } from './support.ts';
import { Village } from './village.ts';

const lan = await lanSupport();
const firewall = await firewallSupport();
if (lan.type === 'no') process.stderr.write(`skipped, no hosts here: ${lan.why}\n`);
if (firewall.type === 'no') process.stderr.write(`some skipped: ${firewall.why}\n`);

/** What a person is promised to wait at most, with some for a busy machine. */
const EXAMINATION_MS_MAX = 8_000;

const report = z.strictObject({
  verdict: z.string(),
  cause: z.string().min(1),
  fix: z.string().min(1),
  evidence: z.array(z.string()).min(3),
});

let village: Village;

beforeEach(async () => {
  village = await Village.open(['alice', 'bob']);
});

afterEach(async () => {
  await village.close();
});

async function up(...names: readonly string[]): Promise<ChatProcess[]> {
  const chats = names.map((name) => village.start(name));
  await Promise.all(chats.map((chat) => chat.here()));
  return chats;
}

/** Runs a program of `stranger.ts` on a host. */
async function stranger(host: Host, what: string): Promise<void> {
  const program = host.run([process.execPath, 'test/lan/stranger.ts', what, host.address]);
  await new Promise((resolve) => program.stdout.once('data', resolve));
}

/** Asks the doctor on a host, with the profile of its owner. */
async function doctor(name: string, ...words: readonly string[]): Promise<z.infer<typeof report>> {
  const startedAt = performance.now();
  const asked = village.stage.run(['doctor', '--json', '-username', name, ...words], {
    name: 'doctor',
    home: village.home(name),
    where: village.host(name),
  });
  const { code } = await asked.exit;
  expect(asked.raw('stderr')).toBe('');
  expect(asked.stdout.length, asked.transcript()).toBe(1);
  const said = report.parse(JSON.parse(asked.raw('stdout')));
  expect(code, said.cause).toBe(said.verdict === 'healthy' ? 0 : 3);
  expect(performance.now() - startedAt).toBeLessThan(EXAMINATION_MS_MAX);
  return said;
}

/** What is wrong with a host's system files of the network is seen by who runs there. */
const forward = ['sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward'];

describe.skipIf(lan.type === 'no')('the doctor', () => {
  it('says healthy where somebody is found both ways, and leaves no trace there', async () => {
    const [bob] = await up('bob');
    const { verdict, cause, evidence } = await doctor('alice');
    expect(verdict, evidence.join('\n')).toBe('healthy');
    expect(cause).toContain('1 other');
    expect(evidence.join('\n')).toMatch(/bob at 10\.77\.0\.2:8080: can be dialled, heard us by .*dials us back: yes/);
    await up('alice');
    await bob?.meets(['alice']);
    expect(bob?.stderr.filter(({ text }) => /joined|left/.test(text)).length).toBe(1);
  });

  it('says healthy beside the running chat of the same profile', async () => {
    const [alice] = await up('alice', 'bob');
    await alice?.meets(['bob']);
    const { verdict, evidence } = await doctor('alice');
    expect(verdict, evidence.join('\n')).toBe('healthy');
    expect(evidence).toContain('links are accepted by your running chat on port 8080');
    expect(evidence.join('\n')).toContain('dials us back: wrong-key');
  });

  it('says alone where nobody is, with what to type elsewhere', async () => {
    const { verdict, fix } = await doctor('alice');
    expect(verdict).toBe('alone');
    expect(fix).toContain('p2pchat -connect 10.77.0.1:8080');
  });

  it('says no-network where the card is off, and where it has no carrier', async () => {
    await village.host('alice').interfaceDown();
    const off = await doctor('alice');
    expect([off.verdict, off.fix]).toEqual(['no-network', 'sudo ip link set eth0 up']);
    await village.host('alice').interfaceUp();
    await village.host('alice').cable().setPlugged(false);
    const unplugged = await doctor('alice');
    expect(unplugged.verdict).toBe('no-network');
    expect(unplugged.cause).toContain('no connection');
  });

  it('says multicast-blocked where nothing to everybody passes, though -connect does', async () => {
    await up('bob');
    await silence('alice', 'bob');
    const { verdict, fix, evidence } = await doctor('alice', '-connect', '10.77.0.2');
    expect(verdict, evidence.join('\n')).toBe('multicast-blocked');
    expect(fix).toBe('p2pchat -connect 10.77.0.2:8080');
  });

  it('says multicast-not-returning where a switch lets announces go but not come', async () => {
    await up('bob');
    await silence('alice');
    const { verdict, evidence } = await doctor('alice', '-connect', '10.77.0.2');
    expect(verdict, evidence.join('\n')).toBe('multicast-not-returning');
  });

  it('says multicast-not-leaving where announces of others come, and nobody hears ours', async () => {
    await up('bob');
    await silence('bob');
    const { verdict, evidence } = await doctor('alice', '-connect', '10.77.0.2');
    expect(verdict, evidence.join('\n')).toBe('multicast-not-leaving');
  });

  it('says isolation where somebody named on the same network answers nothing', async () => {
    await up('bob');
    for (const name of ['alice', 'bob']) await village.host(name).cable().setIsolated(true);
    const { verdict, evidence } = await doctor('alice', '-connect', '10.77.0.2');
    expect(verdict, evidence.join('\n')).toBe('isolation');
  });

  it('says two-networks where somebody on the same cable has an address of another subnet', async () => {
    const alice = village.host('alice');
    await up('bob');
    await alice.exec(['sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6']);
    await alice.exec(['ip', 'address', 'flush', 'dev', 'eth0', 'scope', 'global']);
    await alice.exec(['ip', 'address', 'add', '10.88.0.12/24', 'dev', 'eth0']);
    const { verdict, cause, fix, evidence } = await doctor('alice');
    expect(verdict, evidence.join('\n')).toBe('two-networks');
    expect(cause).toContain('another subnet: it has 10.77.0.2, this machine has 10.88.0.12');
    expect(fix).toContain('sudo ip address add 10.77.0.N/24 dev eth0');
  });

  it('says unreachable where a machine is there without a chat', async () => {
    const { verdict, cause } = await doctor('alice', '-connect', '10.77.0.2');
    expect(verdict).toBe('unreachable');
    expect(cause).toContain('no p2pchat accepts links');
  });

  it('says two-networks where a router is between', async () => {
    const { island } = village;
    const router = await island.host('router');
    const far = await island.bridge('far');
    await router.connect({ name: 'lan' }, '10.77.0.254/24', 'eth0');
    await router.connect(far, '10.78.0.254/24', 'eth1');
    await router.exec(forward);
    await village.settle(far, ['carol']);
    const carol = village.host('carol');
    await carol.exec(['ip', 'address', 'flush', 'dev', 'eth0', 'scope', 'global']);
    await carol.exec(['ip', 'address', 'add', '10.78.0.3/24', 'dev', 'eth0']);
    await carol.exec(['ip', 'route', 'add', 'default', 'via', '10.78.0.254']);
    await village.host('alice').exec(['ip', 'route', 'add', 'default', 'via', '10.77.0.254']);
    await up('carol');
    const { verdict, evidence } = await doctor('alice', '-connect', '10.78.0.3');
    expect(verdict, evidence.join('\n')).toBe('two-networks');
  });

  it('says port-taken where another program has the port that was named, and healthy where the next one will do', async () => {
    await up('bob');
    await stranger(village.host('alice'), 'tcp');
    const named = await doctor('alice', '-port', '8080');
    expect(named.verdict).toBe('port-taken');
    const { verdict, cause } = await doctor('alice');
    expect(verdict).toBe('healthy');
    expect(cause).toContain('8081 is used instead');
  });

  it('says foreign-program where another one holds the discovery port, or is all that is heard on it', async () => {
    await stranger(village.host('bob'), 'garbage');
    const heard = await doctor('alice');
    expect([heard.verdict, heard.cause]).toEqual(['foreign-program', expect.stringContaining('10.77.0.2')]);
    await stranger(village.host('alice'), 'udp');
    const held = await doctor('alice');
    expect([held.verdict, held.cause]).toEqual(['foreign-program', expect.stringContaining('EADDRINUSE')]);
  });

  it('says other-version where all who are heard speak another one', async () => {
    await stranger(village.host('bob'), 'version');
    const { verdict, cause } = await doctor('alice');
    expect(verdict).toBe('other-version');
    expect(cause).toContain('99');
  });

  it('says wrong-interface where others are behind a card left out, on which it sends nothing', async () => {
    const side = await village.island.bridge('side');
    await village.host('alice').connect(side, '172.17.0.1/16', 'eth1');
    const [bob] = await up('bob');
    const { verdict, fix, evidence } = await doctor('alice', '-interface', 'eth1', '-connect', '10.77.0.2');
    expect([verdict, fix], evidence.join('\n')).toEqual(['wrong-interface', 'p2pchat -interface eth0']);
    expect(evidence.join('\n')).toContain('not tried');
    expect(bob?.stderr.filter(({ text }) => text.includes('visit'))).toEqual([]);
    expect((await doctor('alice', '-interface', 'eth7')).fix).toMatch(/^p2pchat -interface eth[01]$/);
    expect((await doctor('alice', '-interface', '127.0.0.1')).verdict).toBe('wrong-interface');
  });

  it('answers /doctor in the chat, with the links of the chat', async () => {
    const [alice] = await up('alice', 'bob');
    await alice?.meets(['bob']);
    alice?.say('/doctor');
    await alice?.waitForLine('stderr', /healthy: Everything works: 1 other found and reached/);
    expect(alice?.stderr.filter(({ text }) => /copy of your identity|bob left/.test(text))).toEqual([]);
  });
});

/** Nothing that is sent to everybody comes to these hosts any more; what is sent to one alone does. */
async function silence(...names: readonly string[]): Promise<void> {
  const [alice, bob] = [village.host('alice'), village.host('bob')];
  // Addresses are resolved by broadcast: the two know each other's beforehand.
  for (const [here, there] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    const card = /link\/ether (\S+)/.exec(await there.exec(['ip', 'link', 'show', 'eth0']))?.[1] ?? '';
    await here.exec(['ip', 'neigh', 'replace', there.address, 'lladdr', card, 'nud', 'permanent', 'dev', 'eth0']);
  }
  for (const name of names) {
    await village.host(name).cable().setMulticast(false);
    await village.host(name).cable().setBroadcast(false);
  }
}

describe.skipIf(firewall.type === 'no')('the doctor, where a firewall drops', () => {
  it('says inbound-blocked: TCP from others', async () => {
    await up('bob');
    await village.host('alice').block({ direction: 'in', protocol: 'tcp', port: 8080 });
    const { verdict, fix } = await doctor('alice');
    expect(verdict).toBe('inbound-blocked');
    expect(fix).toContain('8080');
  });

  it('says inbound-blocked with nobody there, as one cannot even dial oneself', async () => {
    const chain = ['inet', 'strict', 'in'];
    const alice = village.host('alice');
    await alice.exec(['nft', 'add', 'table', 'inet', 'strict']);
    await alice.exec(['nft', 'add', 'chain', ...chain, '{ type filter hook input priority 0 ; }']);
    await alice.exec(['nft', 'add', 'rule', ...chain, 'tcp', 'dport', '8080', 'drop']);
    const { verdict, fix, evidence } = await doctor('alice');
    expect(verdict, evidence.join('\n')).toBe('inbound-blocked');
    expect(evidence).toContain('firewall: nftables');
    expect(fix).toBe('sudo nft insert rule inet strict in tcp dport 8080 accept');
    await alice.exec(fix.split(' ').slice(1));
    expect((await doctor('alice')).verdict).toBe('alone');
  });

  it('says alone where nobody is there to find the wall: firewalls let one dial oneself', async () => {
    await village.host('alice').block({ direction: 'in', protocol: 'tcp', port: 8080 });
    expect((await doctor('alice')).verdict).toBe('alone');
  });

  it('says not-dialable: TCP at the others', async () => {
    await up('bob');
    await village.host('bob').block({ direction: 'in', protocol: 'tcp', port: 8080 });
    const { verdict, cause } = await doctor('alice');
    expect(verdict).toBe('not-dialable');
    expect(cause).toContain('bob');
  });

  it('says multicast-not-returning: announces that come in', async () => {
    await up('bob');
    await village.host('alice').block({ direction: 'in', protocol: 'udp', port: 9999 });
    const { verdict, fix } = await doctor('alice');
    expect(verdict).toBe('multicast-not-returning');
    expect(fix).toContain('9999');
  });

  it('says multicast-not-leaving: announces that go out', async () => {
    await up('bob');
    await village.host('alice').block({ direction: 'out', protocol: 'udp', port: 9999 });
    expect((await doctor('alice')).verdict).toBe('multicast-not-leaving');
  });

  it('bears 20 % of the datagrams lost', async () => {
    await up('bob');
    await village.host('alice').block({ direction: 'in', protocol: 'udp', percent: 20 });
    const { verdict, evidence } = await doctor('alice');
    expect(verdict, evidence.join('\n')).toBe('healthy');
  });
});
