/** Radio as it is: packets are lost, late, out of order, and few. */
import { layFerry } from '../ferry.ts';
import { type Ground, type Scene, type Situation, SOON } from './situation.ts';

const GROUP_PORT = 9999;
const CHAT_PORT = 8080;

export const WEATHER: readonly Situation[] = [
  {
    name: '5 % of all packets lost',
    needs: 'firewall',
    discovery: SOON,
    verdicts: ['healthy'],
    build: async (ground) => await lossy(ground, 5),
  },
  {
    name: '20 % of all packets lost',
    needs: 'firewall',
    discovery: { medianMs: 3_000, maxMs: 8_000 },
    verdicts: ['healthy'],
    build: async (ground) => await lossy(ground, 20),
  },
  {
    name: '200 to 300 ms late and out of order',
    discovery: { medianMs: 3_000, maxMs: 4_500 },
    verdicts: ['healthy'],
    build: async (ground) => await overseas(ground, { delayMs: 200, jitterMs: 100 }),
  },
  {
    name: 'every tenth datagram lost, every tenth twice, out of order',
    discovery: SOON,
    verdicts: ['healthy'],
    build: async (ground) => await overseas(ground, { jitterMs: 50, lostPercent: 10, doubledPercent: 10 }),
  },
  {
    name: '100 kbit/s',
    needs: 'rate',
    discovery: SOON,
    verdicts: ['healthy'],
    build: async (ground) => {
      const players = await ground.pair();
      for (const { host } of players) await host.cable().limitDownload(100_000 / 8);
      return { players };
    },
  },
];

async function lossy(ground: Ground, percent: number): Promise<Scene> {
  const players = await ground.pair();
  for (const { host } of players) await host.block({ direction: 'in', protocol: 'any', percent });
  return { players };
}

async function overseas(
  ground: Ground,
  weather: { delayMs?: number; jitterMs?: number; lostPercent?: number; doubledPercent?: number },
): Promise<Scene> {
  const [left, right] = [await ground.island.bridge('left'), await ground.island.bridge('right')];
  const alice = await ground.settle('alice', left, '10.77.0.1/24');
  const bob = await ground.settle('bob', right, '10.77.0.2/24');
  await layFerry(ground.island, 'ferry', {
    sides: [
      { bridge: left, hosts: [alice.host.address] },
      { bridge: right, hosts: [bob.host.address] },
    ],
    prefixBits: 24,
    ears: ['224.0.0.1', '10.77.0.255'].map((address) => ({ address, port: GROUP_PORT })),
    udpPorts: [GROUP_PORT],
    tcpPorts: [CHAT_PORT],
    ...weather,
  });
  return { players: [alice, bob] };
}
