/** Networks that are as they should be, or nearly: everybody is found without doing anything. */
import { setTimeout as pause } from 'node:timers/promises';
import { OWN_FEED_WAIT_MS } from '../../../pkg/base/limits.ts';
import { nth } from '../../crowd.ts';
import type { Cable } from '../cable.ts';
import { clockOff, SLEEPER, suspend } from '../sleep.ts';
import { AT_ONCE, type Player, type Situation, SOON, type Within } from './situation.ts';

const THREE_HOURS_MS = 3 * 3_600_000;
/** Long enough to be given up. */
const AWAY_MS = 8_000;
const BACK: Within = { medianMs: 3_000, maxMs: 6_000 };

export const GOOD: readonly Situation[] = [
  {
    name: 'quiet LAN',
    discovery: AT_ONCE,
    verdicts: ['healthy'],
    build: async (ground) => ({ players: await ground.lan('alice', 'bob', 'carol') }),
  },
  {
    name: 'no IPv6',
    discovery: AT_ONCE,
    verdicts: ['healthy'],
    build: async (ground) => {
      const players = await ground.lan('alice', 'bob');
      for (const { host } of players) await host.setIPv6(false);
      return { players };
    },
  },
  {
    name: 'IPv6 only',
    discovery: SOON,
    verdicts: ['healthy'],
    build: async (ground) => {
      const bridge = await ground.island.bridge('lan');
      const players = [await ground.settle('alice', bridge, []), await ground.settle('bob', bridge, [])];
      await Promise.all(cables(players).map((cable) => cable.ipv6()));
      return { players };
    },
  },
  {
    name: 'two-homed, somebody on each side',
    discovery: AT_ONCE,
    verdicts: ['healthy'],
    build: async (ground) => {
      const [left, right] = [await ground.island.bridge('left'), await ground.island.bridge('right')];
      const alice = await ground.settle('alice', left, '10.77.1.1/24');
      await alice.host.connect(right, '10.77.2.1/24', 'eth1');
      const bob = await ground.settle('bob', left, '10.77.1.2/24');
      const carol = await ground.settle('carol', right, '10.77.2.2/24');
      return {
        players: [alice, bob, carol],
        pairs: [
          ['alice', 'bob'],
          ['alice', 'carol'],
        ],
      };
    },
  },
  {
    name: 'cards of Docker, the same on both',
    discovery: AT_ONCE,
    verdicts: ['healthy'],
    build: async (ground) => {
      const players = await ground.lan('alice', 'bob');
      for (const { host } of players) {
        await host.addInnerBridge('with-carrier', '172.17.0.1/16');
        await host.addInnerBridge('without-carrier', '172.18.0.1/16', 'br-idle');
      }
      return { players };
    },
  },
  {
    name: 'a VPN whose other end is away',
    discovery: AT_ONCE,
    verdicts: ['healthy'],
    build: async (ground) => {
      const players = await ground.lan('alice', 'bob');
      for (const { host } of players) {
        await ground.island.tunnel('tun0', { host, address: '10.8.0.2' }, { address: '10.8.0.1' });
      }
      return { players };
    },
  },
  {
    name: 'a clock 3 h off',
    discovery: AT_ONCE,
    verdicts: ['healthy'],
    build: async (ground) => {
      const [alice, bob] = await ground.pair();
      return { players: [alice, { ...bob, env: clockOff(-THREE_HOURS_MS) }] };
    },
  },
  {
    name: 'an interface that appears late',
    discovery: SOON,
    verdicts: ['healthy'],
    build: async (ground) => {
      const bridge = await ground.island.bridge('lan');
      const alice = await ground.settle('alice', bridge, '10.77.0.1/24');
      const bob = ground.player('bob', await ground.island.host('bob'));
      return {
        players: [alice, bob],
        change: async () => {
          await bob.host.connect(bridge, '10.77.0.2/24');
        },
      };
    },
  },
  {
    name: 'another address by DHCP',
    discovery: BACK,
    verdicts: ['healthy'],
    build: async (ground) => {
      const [alice, bob] = await ground.pair();
      return {
        players: [alice, bob],
        afterMeeting: true,
        change: async () => {
          await alice.host.cable().readdress('10.77.0.99/24');
        },
      };
    },
  },
  {
    name: 'a lid closed for 8 s',
    discovery: BACK,
    verdicts: ['healthy'],
    build: async (ground) => {
      const [alice, bob] = await ground.pair();
      return {
        players: [{ ...alice, env: SLEEPER }, bob],
        afterMeeting: true,
        change: async (chats) => {
          // What one hears so soon after the start is the past, which plain lines do not tell; sleep does not count.
          await pause(OWN_FEED_WAIT_MS);
          await suspend(nth(chats, 0), AWAY_MS);
        },
      };
    },
  },
  {
    name: 'a cable pulled for 8 s',
    discovery: BACK,
    verdicts: ['healthy'],
    build: async (ground) => {
      const [alice, bob] = await ground.pair();
      return {
        players: [alice, bob],
        afterMeeting: true,
        change: async () => {
          await alice.host.cable().setPlugged(false);
          await pause(AWAY_MS);
          await alice.host.cable().setPlugged(true);
        },
      };
    },
  },
  {
    name: 'MTU 576',
    discovery: { medianMs: 500, maxMs: 1_500 },
    verdicts: ['healthy'],
    build: async (ground) => {
      const players = await ground.lan('alice', 'bob');
      for (const cable of cables(players)) await cable.setMtu(576);
      return { players };
    },
  },
];

function cables(players: readonly Player[]): Cable[] {
  return players.map(({ host }) => host.cable());
}
