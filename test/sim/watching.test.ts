import { beforeEach, describe, expect, it } from 'vitest';
import { LINKS_QUICK_MAX } from '../../pkg/base/limits.ts';
import { Meeting } from './meeting.ts';
import type { SimHost } from './sim-host.ts';

const NAMES = Array.from({ length: 3 * LINKS_QUICK_MAX }, (_, place) => `peer${place}`);
/** A dead peer is noticed by everybody within this. */
const GONE_MS_MAX = 6_000;

function sees(host: SimHost, other: SimHost): boolean {
  return host.machine.snapshot().people.some(({ peer }) => peer === other.peer);
}

/** Notices of leaving, in all that is shown to a host. */
function leavesAt(host: SimHost): number {
  const { items } = host.machine.snapshot().room;
  return items
    .flatMap((item) => (item.type === 'notice' && item.what.type === 'presence' ? item.what.people : []))
    .reduce((sum, { leaves }) => sum + leaves, 0);
}

describe('a mesh so large that most links have few beats', () => {
  let meeting: Meeting;

  beforeEach(() => {
    meeting = new Meeting(81, NAMES);
    meeting.world.run(meeting.world.at + 30_000);
  });

  it('notices everywhere in time that a machine lost its power', () => {
    for (const place of [0, 17, 40]) {
      const victim = meeting.host(place);
      const others = meeting.hosts.filter((host) => host.alive && host !== victim);
      victim.crash(true);
      const goneMs = meeting.runUntil('it is gone', 20_000, () => others.every((host) => !sees(host, victim)));
      expect(goneMs, victim.name).toBeLessThan(GONE_MS_MAX);
    }
  });

  it('takes nobody for dead who stands still for three seconds, whenever that is', () => {
    for (let place = 0; place < 40; place += 1) {
      meeting.host(place).stall(3_000, false);
      meeting.world.run(meeting.world.at + 700);
    }
    meeting.world.run(meeting.world.at + 20_000);
    expect(meeting.allSeen()).toBe(true);
    for (const host of meeting.hosts) expect(leavesAt(host), host.name).toBe(0);
  });

  it('sends few lines while nobody says anything', () => {
    const before = meeting.hosts.reduce((sum, host) => sum + host.bytesIn, 0);
    meeting.world.run(meeting.world.at + 60_000);
    const bytes = meeting.hosts.reduce((sum, host) => sum + host.bytesIn, 0) - before;
    const beats = bytes / 150 / NAMES.length / (NAMES.length - 1) / 60;
    expect(beats, 'beats a second on a link, one way').toBeLessThan(0.25);
  });
});
