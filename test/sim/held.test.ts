import { describe, expect, it } from 'vitest';
import { LISTEN_FIRST_MS, OWN_FEED_WAIT_MS } from '../../pkg/base/limits.ts';
import { Meeting } from './meeting.ts';
import type { SimHost } from './sim-host.ts';

const THREE = ['alice', 'bob', 'carol'];

function texts(host: SimHost): string[] {
  return host.machine.snapshot().room.items.flatMap((item) => (item.type === 'message' ? [item.text] : []));
}

function waiting(host: SimHost): string[] {
  return host.machine.snapshot().room.waiting.map(({ text }) => text);
}

/** Says something at the start and dies once that is held, before it could be said. */
function sayAndDie(meeting: Meeting, host: SimHost, said: readonly string[]): void {
  const before = host.disk.heldCount;
  host.start();
  for (const text of said) host.say(text);
  meeting.runUntil('it is held', LISTEN_FIRST_MS / 2, () => host.disk.heldCount === before + said.length);
  host.crash();
}

describe('somebody who is killed before it was time to speak', () => {
  it('held-or-said: alone, time and again, is read by those who come back, once and in order', () => {
    const meeting = new Meeting(41, THREE);
    const [alice, ...others] = meeting.hosts;
    if (alice === undefined) throw new Error('no alice');
    for (const host of meeting.hosts) host.crash();
    sayAndDie(meeting, alice, ['one', 'two']);
    sayAndDie(meeting, alice, ['three']);
    expect(alice.storedTimeline()).toEqual([]);
    alice.start();
    expect(waiting(alice)).toEqual(['one', 'two', 'three']);
    alice.say('four');
    meeting.runUntil('it is said', 2 * LISTEN_FIRST_MS, () => waiting(alice).length === 0);
    for (const host of others) host.start();
    meeting.runUntil('all hold it', 5_000, () => meeting.allSeen() && meeting.allHold(4));
    for (const host of meeting.hosts) expect(texts(host), host.name).toEqual(['one', 'two', 'three', 'four']);
    expect(alice.disk.outbox()).toEqual([]);
  });

  it('held-or-said: among others, while its own feed is still to come, is read by them at once, once and in order', () => {
    const meeting = new Meeting(42, THREE);
    const alice = meeting.host(0);
    alice.say('zero');
    meeting.runUntil('it is everywhere', 5_000, () => meeting.allHold(1));
    alice.crash();
    alice.disk.restore(0);
    alice.start();
    alice.disk.turnMsMax = 4_000;
    meeting.runUntil('alice has met the others', 1_000, () => alice.machine.snapshot().people.length === 3);
    alice.say('one');
    alice.say('two');
    meeting.runUntil('it is held', OWN_FEED_WAIT_MS, () => alice.disk.heldCount === 2);
    alice.crash();
    alice.disk.turnMsMax = undefined;
    alice.start();
    const backMs = meeting.runUntil('all hold it', 5_000, () => meeting.allHold(3));
    expect(backMs).toBeLessThan(LISTEN_FIRST_MS);
    for (const host of meeting.hosts) expect(texts(host), host.name).toEqual(['zero', 'one', 'two']);
  });

  it('held-or-said: at any moment around the storing has said it once in the end', () => {
    const ends = new Set<number>();
    for (let seed = 1; seed <= 12; seed += 1) {
      const meeting = new Meeting(seed, THREE);
      const alice = meeting.host(0);
      for (const host of meeting.hosts) host.crash();
      alice.start();
      alice.say('hello');
      meeting.world.run(meeting.world.at + LISTEN_FIRST_MS - 1 + seed / 2);
      alice.crash();
      ends.add(alice.storedTimeline().length);
      for (const host of meeting.hosts) host.start();
      meeting.runUntil('all hold it', 5_000, () => meeting.allHold(1));
      expect(texts(meeting.host(1))).toEqual(['hello']);
    }
    expect(ends, 'both a crash before and one after the disk had the run').toEqual(new Set([0, 1]));
  });

  it('is not said any more after the person was told that it is not, once the disk takes anything again', () => {
    const meeting = new Meeting(44, ['alice', 'bob']);
    const [alice, bob] = [meeting.host(0), meeting.host(1)];
    for (const host of meeting.hosts) host.crash();
    alice.start();
    alice.say('not said');
    meeting.runUntil('it is held', LISTEN_FIRST_MS / 2, () => alice.disk.heldCount === 1);
    alice.disk.full = true;
    meeting.runUntil('it is refused', 2 * LISTEN_FIRST_MS, () => waiting(alice).length === 0);
    expect(alice.disk.outbox()).toHaveLength(1);
    alice.disk.full = false;
    alice.say('said');
    meeting.runUntil('it is said', 1_000, () => alice.storedTimeline().length === 1);
    alice.crash();
    alice.start();
    bob.start();
    meeting.runUntil('both hold it', 5_000, () => meeting.allSeen() && meeting.allHold(1));
    expect(texts(bob)).toEqual(['said']);
  });
});
