import { expect, it } from 'vitest';
import { LINKS_MAX_DEFAULT } from '../../pkg/base/limits.ts';
import { Checker } from './checker.ts';
import { QUIET_LAN } from './faults.ts';
import { World } from './world.ts';

it('whoever comes when all the others hold as many links as they may is let in, and heard', () => {
  const world = new World(61, QUIET_LAN, new Checker());
  const hosts = Array.from({ length: LINKS_MAX_DEFAULT + 1 }, (_, number) => world.addHost(`peer${number}`));
  for (const host of hosts) world.later(world.random.fraction() * 500, () => host.start());
  world.run(2_000);
  for (const host of hosts) expect(host.links.size, host.name).toBe(LINKS_MAX_DEFAULT);
  const late = world.addHost('latecomer');
  late.start();
  late.say('may I come in?');
  world.run(world.at + 3_000);
  expect(late.links.size).toBeGreaterThan(LINKS_MAX_DEFAULT / 2);
  for (const host of hosts) expect(host.disk.entries, host.name).toBe(1);
});
