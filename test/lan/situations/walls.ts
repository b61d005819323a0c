/** Networks, access points and firewalls that keep things from arriving. */
import type { Block } from '../firewall.ts';
import { BY_ANOTHER_WAY, type Ground, type Scene, type Situation, SOON, silenceGroups } from './situation.ts';

const CHAT_PORT = 8080;

export const WALLS: readonly Situation[] = [
  {
    name: 'multicast blocked, broadcast passes',
    discovery: SOON,
    verdicts: ['healthy', 'multicast-blocked'],
    build: async (ground) => {
      const players = await ground.pair();
      for (const { host } of players) await host.cable().setMulticast(false);
      return { players };
    },
  },
  {
    name: 'multicast and broadcast of IPv4 blocked, IPv6 passes',
    needs: 'firewall',
    discovery: SOON,
    verdicts: ['healthy', 'multicast-blocked'],
    build: async (ground) => {
      const players = await ground.pair();
      await Promise.all(players.map(({ host }) => host.cable().ipv6()));
      for (const { host } of players) {
        for (const to of ['multicast', 'broadcast'] as const) {
          await host.block({ direction: 'in', protocol: 'udp', family: 'IPv4', to });
        }
      }
      return { players };
    },
  },
  {
    name: 'all group traffic blocked, nobody known',
    discovery: 'never',
    verdicts: ['alone'],
    build: async (ground) => {
      const players = await ground.pair();
      await silenceGroups(players.map(({ host }) => host));
      return { players };
    },
  },
  {
    name: 'all group traffic blocked, met before',
    discovery: BY_ANOTHER_WAY,
    verdicts: ['multicast-blocked'],
    build: async (ground) => {
      const players = await ground.pair();
      await ground.rehearse(players);
      await silenceGroups(players.map(({ host }) => host));
      return { players };
    },
  },
  {
    name: 'all group traffic blocked, -connect',
    discovery: BY_ANOTHER_WAY,
    verdicts: ['multicast-blocked'],
    build: async (ground) => {
      const [alice, bob] = await ground.pair();
      await silenceGroups([alice.host, bob.host]);
      return { players: [{ ...alice, args: ['-connect', bob.host.address] }, bob] };
    },
  },
  {
    name: 'all group traffic blocked, two know the third',
    discovery: BY_ANOTHER_WAY,
    verdicts: ['multicast-blocked'],
    build: async (ground) => {
      const [carol, ...others] = await ground.lan('carol', 'alice', 'bob');
      if (carol === undefined) throw new Error('three were asked for');
      await silenceGroups([carol, ...others].map(({ host }) => host));
      return { players: [...others.map((one) => ({ ...one, args: ['-connect', carol.host.address] })), carol] };
    },
  },
  {
    name: 'own firewall lets nothing in that is sent to groups',
    needs: 'firewall',
    discovery: SOON,
    verdicts: ['multicast-not-returning'],
    build: async (ground) => await walled(ground, groups('in')),
  },
  {
    name: 'own firewall lets nothing out that is sent to groups',
    needs: 'firewall',
    discovery: SOON,
    verdicts: ['multicast-not-leaving'],
    build: async (ground) => await walled(ground, groups('out')),
  },
  {
    name: 'UDP blocked in one direction',
    needs: 'firewall',
    discovery: SOON,
    verdicts: ['multicast-not-returning'],
    build: async (ground) => await walled(ground, [{ direction: 'in', protocol: 'udp' }]),
  },
  {
    name: 'inbound TCP blocked here',
    discovery: SOON,
    verdicts: ['inbound-blocked'],
    build: async (ground) => await walled(ground, [{ direction: 'in', protocol: 'tcp', port: CHAT_PORT }]),
  },
  {
    name: 'inbound TCP blocked there',
    discovery: SOON,
    verdicts: ['not-dialable'],
    build: async (ground) => {
      const [alice, bob] = await ground.pair();
      await bob.host.block({ direction: 'in', protocol: 'tcp', port: CHAT_PORT });
      return { players: [alice, bob] };
    },
  },
  {
    name: 'inbound TCP blocked at both',
    discovery: 'never',
    verdicts: ['inbound-blocked', 'not-dialable'],
    build: async (ground) => {
      const players = await ground.pair();
      for (const { host } of players) await host.block({ direction: 'in', protocol: 'tcp', port: CHAT_PORT });
      return { players };
    },
  },
  {
    name: 'client isolation, nobody known',
    discovery: 'never',
    verdicts: ['alone', 'isolation'],
    build: async (ground) => {
      const players = await ground.pair();
      for (const { host } of players) await host.cable().setIsolated(true);
      return { players };
    },
  },
  {
    name: 'client isolation, met before',
    discovery: 'never',
    verdicts: ['isolation'],
    build: async (ground) => {
      const players = await ground.pair();
      await ground.rehearse(players);
      for (const { host } of players) await host.cable().setIsolated(true);
      return { players };
    },
  },
];

/** The first one's own system drops something. */
async function walled(ground: Ground, blocks: readonly Block[]): Promise<Scene> {
  const [alice, bob] = await ground.pair();
  for (const block of blocks) await alice.host.block(block);
  return { players: [alice, bob] };
}

function groups(direction: Block['direction']): readonly Block[] {
  return (['multicast', 'broadcast'] as const).map((to) => ({ direction, protocol: 'udp', to }));
}
