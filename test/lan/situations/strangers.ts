/** Other networks, other programs, and what people choose wrongly. */
import { fileURLToPath } from 'node:url';
import { AT_ONCE, BY_ANOTHER_WAY, type Ground, type Player, type Situation, SOON } from './situation.ts';

const FUTURE = fileURLToPath(new URL('./future-peer.ts', import.meta.url));
const GARBAGE = fileURLToPath(new URL('./garbage.ts', import.meta.url));
const HOLD_TCP = `require('net').createServer().listen(8080, '0.0.0.0', () => console.log('held'))`;
const HOLD_UDP = `require('dgram').createSocket('udp4').bind(9999, () => console.log('held'))`;

export const STRANGERS: readonly Situation[] = [
  {
    name: 'no network at all',
    discovery: 'never',
    verdicts: ['no-network'],
    build: async (ground) => ({ players: [ground.player('alice', await ground.island.host('alice'))] }),
  },
  {
    name: 'two networks with a router between them',
    discovery: 'never',
    verdicts: ['alone'],
    build: async (ground) => ({ players: await routed(ground) }),
  },
  {
    name: 'two networks with a router between them, -connect',
    discovery: BY_ANOTHER_WAY,
    verdicts: ['two-networks'],
    build: async (ground) => {
      const [alice, bob] = await routed(ground);
      return { players: [{ ...alice, args: ['-connect', bob.host.address] }, bob] };
    },
  },
  {
    name: 'nothing but a VPN between them, -connect',
    discovery: BY_ANOTHER_WAY,
    verdicts: ['healthy', 'two-networks', 'multicast-blocked'],
    build: async (ground) => {
      const [left, right] = [await ground.island.bridge('left'), await ground.island.bridge('right')];
      const alice = await ground.settle('alice', left, '10.77.1.1/24', { args: ['-connect', '10.8.0.2:8080'] });
      const bob = await ground.settle('bob', right, '10.77.2.1/24');
      const [near, far] = [alice.host, bob.host];
      await ground.island.tunnel('tun0', { host: near, address: '10.8.0.1' }, { host: far, address: '10.8.0.2' });
      return { players: [alice, bob] };
    },
  },
  {
    name: 'two address ranges on one cable',
    discovery: SOON,
    verdicts: ['healthy', 'two-networks'],
    build: async (ground) => {
      const bridge = await ground.island.bridge('lan');
      const players = [
        await ground.settle('alice', bridge, '10.77.0.1/24'),
        await ground.settle('bob', bridge, '192.168.9.2/24'),
      ];
      await Promise.all(players.map(({ host }) => host.cable().ipv6()));
      return { players };
    },
  },
  {
    name: 'the wrong -interface',
    discovery: 'never',
    verdicts: ['wrong-interface'],
    build: async (ground) => {
      const [alice, bob] = await ground.pair();
      await alice.host.addInnerBridge('with-carrier', '172.17.0.1/16');
      return { players: [{ ...alice, args: ['-interface', 'docker0'] }, bob] };
    },
  },
  {
    name: 'port 8080 taken by another program',
    discovery: AT_ONCE,
    verdicts: ['healthy'],
    build: async (ground) => {
      const players = await ground.pair();
      await ground.run(players[0].host, ['-e', HOLD_TCP]);
      return { players };
    },
  },
  {
    name: 'port 8080 taken, and asked for',
    discovery: AT_ONCE,
    verdicts: ['port-taken'],
    build: async (ground) => {
      const players = await ground.pair();
      await ground.run(players[0].host, ['-e', HOLD_TCP]);
      return { players, doctorArgs: ['-port', '8080'] };
    },
  },
  {
    name: 'discovery port held by another program alone',
    discovery: SOON,
    verdicts: ['foreign-program'],
    build: async (ground) => {
      const players = await ground.pair();
      await ground.run(players[0].host, ['-e', HOLD_UDP]);
      return { players };
    },
  },
  {
    name: 'another program sends garbage to the discovery port',
    discovery: AT_ONCE,
    verdicts: ['healthy', 'foreign-program'],
    build: async (ground) => {
      const [alice, bob, noisy] = await ground.lan('alice', 'bob', 'noisy');
      if (alice === undefined || bob === undefined || noisy === undefined) throw new Error('three were asked for');
      await ground.run(noisy.host, [GARBAGE, noisy.host.address]);
      return { players: [alice, bob] };
    },
  },
  {
    name: 'only peers of another protocol version',
    discovery: 'never',
    verdicts: ['other-version'],
    build: async (ground) => {
      const [alice, bob] = await ground.pair();
      await ground.run(bob.host, [FUTURE, bob.host.address]);
      return { players: [alice] };
    },
  },
];

async function routed(ground: Ground): Promise<[Player, Player]> {
  const [left, right] = [await ground.island.bridge('left'), await ground.island.bridge('right')];
  const alice = await ground.settle('alice', left, '10.77.1.1/24');
  const bob = await ground.settle('bob', right, '10.77.2.1/24');
  await ground.island.router('router', [
    { bridge: left, address: '10.77.1.254/24' },
    { bridge: right, address: '10.77.2.254/24' },
  ]);
  await alice.host.routeThrough('10.77.1.254', '10.77.2.0/24');
  await bob.host.routeThrough('10.77.2.254', '10.77.1.0/24');
  return [alice, bob];
}
