import { describe, expect, it } from 'vitest';
import type { Conditions } from './faults.ts';
import { Meeting } from './meeting.ts';

/** Alice speaks every 100 ms for ten seconds, bob listens. How often one entry crossed the link at most. */
function mostCopies(seed: number, conditions: Partial<Conditions>, prepare: (meeting: Meeting) => void): number {
  const meeting = new Meeting(seed, ['alice', 'bob'], conditions);
  prepare(meeting);
  for (let count = 1; count <= 100; count += 1) {
    meeting.host(0).say(`alice ${count}`);
    meeting.world.run(meeting.world.at + 100);
  }
  meeting.runUntil('both hold all', 30_000, () => meeting.allHold(100));
  return meeting.checker.tally.perLinkMax;
}

describe('an entry crosses a link once', () => {
  it.each([
    ['on a quiet network', {}],
    ['where answers take 300 ms', { delayMsMin: 150, delayMsMax: 151 }],
    ['where answers take between 0 and 600 ms', { delayMsMin: 0, delayMsMax: 300 }],
  ])('%s', (_where, conditions) => {
    expect(mostCopies(51, conditions, () => undefined)).toBe(1);
  });

  it('where the receiver takes two seconds to store', () => {
    const slow = (meeting: Meeting) => {
      meeting.host(1).disk.turnMsMax = 4_000;
    };
    expect(mostCopies(52, {}, slow)).toBe(1);
  });

  it('where the receiver stands still for four seconds', () => {
    const stall = (meeting: Meeting) => meeting.world.later(3_000, () => meeting.host(1).stall(4_000, false));
    expect(mostCopies(53, {}, stall)).toBe(1);
  });

  it('where the receiver reads 2 kB a second for a while', () => {
    const slow = (meeting: Meeting) => {
      const [, bob] = meeting.hosts;
      if (bob !== undefined) bob.readBytesPerSecond = 2_000;
    };
    expect(mostCopies(54, {}, slow)).toBe(1);
  });
});
