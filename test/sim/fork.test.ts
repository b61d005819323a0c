import { describe, expect, it } from 'vitest';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import { Speaker } from '../unit/speaker.ts';
import { Liar } from './liar.ts';
import { Meeting } from './meeting.ts';
import type { SimHost } from './sim-host.ts';

/** What a host was told of problems, the proof among it. */
function problems(host: SimHost): string[] {
  return host.machine
    .snapshot()
    .room.items.flatMap((item) => (item.type === 'notice' && item.what.type === 'problem' ? [item.what.text] : []));
}

describe('somebody who tells two halves two histories', () => {
  it('is found out by everybody once they meet, with the proof, and nobody else is worse off', () => {
    const meeting = new Meeting(21, ['alice', 'bob', 'carol', 'dave']);
    const { world, hosts } = meeting;
    // One key at two places: each half sees another of the two.
    const [here, there] = [new Liar(world, 'mallory'), new Liar(world, 'mallory')];
    world.partition([...hosts.slice(0, 2), here], [...hosts.slice(2), there]);
    world.run(world.at + 10_000);
    const [one, other] = [new Speaker('mallory'), new Speaker('mallory')];
    here.attack(meeting.host(0), `${one.say('to you').text}\n${one.say('more').text}\n`);
    there.attack(meeting.host(2), `${other.say('to others').text}\n`);
    world.run(world.at + 6_000);
    expect(hosts.flatMap(problems)).toEqual([]);
    for (const liar of [here, there]) liar.crash();
    world.heal();
    meeting.runUntil('everybody knows', 20_000, () => hosts.every((host) => problems(host).length === 1));
    for (const host of hosts) {
      expect(problems(host)[0]).toMatch(/"(to you|more)"/);
      expect(problems(host)[0]).toContain('"to others"');
    }
    for (const host of hosts) host.say(`${host.name} goes on`);
    const said = () => hosts.map((host) => host.storedTimeline().filter((id) => !id.startsWith(here.peer)));
    meeting.runUntil('what the honest say is everywhere', 5_000, () => said().every((ids) => ids.length === 4));
    const before = hosts.map((host) => host.bytesIn);
    world.run(world.at + 60_000);
    // Only beats: nobody goes on telling what the others will not take.
    for (const [place, host] of hosts.entries()) {
      expect(host.bytesIn - (before[place] ?? 0)).toBeLessThan(60 * 3 * 200);
      host.crash();
      host.start();
    }
    world.run(world.at + 10_000);
    expect(hosts.flatMap(problems), 'what is known stays known, and is told once').toEqual([]);
    expect(GENERAL).toBe(meeting.host(0).machine.snapshot().room.name);
  });
});
