import { describe, expect, it } from 'vitest';
import { ANNOUNCE_INTERVAL_MS, BEAT_INTERVAL_MS, GLIMPSE_RUNS_MAX } from '../../pkg/base/limits.ts';
import { Meeting, tap } from './meeting.ts';
import type { SimHost } from './sim-host.ts';

const THREE = ['alice', 'bob', 'carol'];
const SIX = [...THREE, 'dave', 'erin', 'frank'];

function texts(host: SimHost): string[] {
  return host.machine.snapshot().room.items.flatMap((item) => (item.type === 'message' ? [item.text] : []));
}

describe('somebody who leaves and comes back late', () => {
  it('gets everything that was said meanwhile, once', () => {
    const meeting = new Meeting(11, [...THREE, 'dave']);
    const [alice, dave] = [meeting.host(0), meeting.host(3)];
    dave.say('see you');
    meeting.runUntil('the farewell is everywhere', 2_000, () => meeting.allHold(1));
    dave.command({ type: 'leave', reason: 'lunch' });
    meeting.runUntil('dave is gone', 2_000, () => alice.machine.snapshot().people.length === 3);
    for (let count = 0; count < 300; count += 1) {
      for (const host of meeting.hosts.slice(0, 3)) host.say(`${host.name} ${count}`);
      meeting.world.run(meeting.world.at + 20);
    }
    alice.crash();
    meeting.world.run(meeting.world.at + 60_000);
    const lines = tap(dave);
    dave.start();
    const backMs = meeting.runUntil('dave holds everything', 5_000, () => meeting.allHold(901));
    expect(backMs).toBeLessThan(1_500);
    const came = lines.get('chat') ?? 0;
    expect(came, 'entries that came to dave').toBe(900 + GLIMPSE_RUNS_MAX);
    meeting.world.run(meeting.world.at + 10_000);
    expect(lines.get('chat'), 'and nothing again later').toBe(came);
  });
});

describe('two halves that cannot hear each other', () => {
  it('talk on, and hold the same soon after they are joined again', () => {
    const meeting = new Meeting(12, SIX);
    const halves = [meeting.hosts.slice(0, 3), meeting.hosts.slice(3)] as const;
    meeting.world.partition(...halves);
    meeting.world.run(meeting.world.at + 10_000);
    for (const host of meeting.hosts) expect(host.machine.snapshot().people, host.name).toHaveLength(3);
    for (const host of meeting.hosts) host.say(`${host.name} among half`);
    meeting.world.run(meeting.world.at + 10_000);
    for (const host of meeting.hosts) expect(host.storedTimeline(), host.name).toHaveLength(3);
    meeting.world.heal();
    const healedMs = meeting.runUntil('the halves are one', 17_000, () => meeting.allHold(6) && meeting.allSeen());
    expect(healedMs).toBeLessThan(2 * ANNOUNCE_INTERVAL_MS);
  });

  it('a short cut is no death: nobody is seen to leave', () => {
    const meeting = new Meeting(13, THREE);
    meeting.world.partition(meeting.hosts.slice(0, 1), meeting.hosts.slice(1));
    meeting.world.run(meeting.world.at + 3_000);
    meeting.world.heal();
    meeting.world.run(meeting.world.at + 20_000);
    for (const host of meeting.hosts) {
      const left = host.machine
        .snapshot()
        .room.items.filter((item) => item.type === 'notice' && item.what.type === 'left');
      expect(left).toEqual([]);
    }
  });
});

describe('a crash between storing and sending', () => {
  it('prefix: neither loses what was stored nor says it twice', () => {
    const stored = new Set<number>();
    for (let seed = 1; seed <= 12; seed += 1) {
      const meeting = new Meeting(seed, THREE);
      const alice = meeting.host(0);
      alice.say('first');
      meeting.runUntil('the first is everywhere', 2_000, () => meeting.allHold(1));
      alice.say('crashes');
      meeting.world.run(meeting.world.at + 0.001);
      alice.crash();
      const kept = alice.storedTimeline().length;
      stored.add(kept);
      meeting.world.run(meeting.world.at + 1_000);
      expect(meeting.host(1).storedTimeline(), 'nothing was sent before it was stored').toHaveLength(1);
      alice.start();
      meeting.runUntil('alice is back', 5_000, () => meeting.allSeen());
      alice.say('again');
      meeting.runUntil('what was stored and what came after is everywhere', 10_000, () => meeting.allHold(kept + 1));
      expect(texts(meeting.host(1))).toEqual(kept === 2 ? ['first', 'crashes', 'again'] : ['first', 'again']);
    }
    expect(stored, 'both a crash before and one after the disk had it').toEqual(new Set([1, 2]));
  });

  it('one-row: whoever is killed and starts again at once is one person, seen all the time or missed for a moment', () => {
    const meeting = new Meeting(14, THREE);
    const [alice, bob] = [meeting.host(0), meeting.host(1)];
    alice.say('before');
    meeting.runUntil('it is said', 2_000, () => meeting.allHold(1));
    for (let count = 0; count < 5; count += 1) {
      alice.crash();
      alice.start();
      meeting.runUntil('alice is back', 2_000, () => meeting.allSeen());
      expect(bob.machine.snapshot().people.filter(({ peer }) => peer === alice.peer)).toHaveLength(1);
    }
    alice.say('after');
    meeting.runUntil('it is said', 2_000, () => meeting.allHold(2));
    expect(texts(bob)).toEqual(['before', 'after']);
  });
});

describe('a quiet network', () => {
  it('is quiet: only beats and announces flow, at their rates', () => {
    const meeting = new Meeting(15, SIX);
    for (const host of meeting.hosts) host.say('hello');
    meeting.runUntil('all is said', 2_000, () => meeting.allHold(6));
    meeting.world.run(meeting.world.at + 10_000);
    const counts = tap(meeting.host(0));
    const bytesBefore = meeting.host(0).bytesIn;
    const spanMs = 60_000;
    meeting.world.run(meeting.world.at + spanMs);
    expect([...counts.keys()].sort()).toEqual(['beat', 'datagram']);
    const beats = (5 * spanMs) / BEAT_INTERVAL_MS;
    expect(Math.abs((counts.get('beat') ?? 0) - beats)).toBeLessThanOrEqual(5);
    expect(counts.get('datagram')).toBeLessThanOrEqual((5 * spanMs) / (0.8 * ANNOUNCE_INTERVAL_MS));
    expect((meeting.host(0).bytesIn - bytesBefore) / beats, 'bytes a beat').toBeLessThan(130);
  });
});
