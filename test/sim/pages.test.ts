import { describe, it } from 'vitest';
import { TIMELINE_PAGE_RUNS } from '../../pkg/base/limits.ts';
import { expectShown } from './agreement.ts';
import { Meeting } from './meeting.ts';

/** While they cannot hear each other alice says twenty things at once and bob ten in a row; then bob says `more`. */
function restarted(more: number): Meeting {
  const meeting = new Meeting(41, ['alice', 'bob']);
  const [alice, bob] = [meeting.host(0), meeting.host(1)];
  meeting.world.partition([alice], [bob]);
  for (let count = 1; count <= 20; count += 1) alice.say(`alice ${count}`);
  for (let count = 1; count <= 10; count += 1) {
    bob.say(`bob ${count}`);
    meeting.runUntil('it is stored', 1_000, () => bob.disk.entries === count);
  }
  meeting.world.heal();
  meeting.runUntil('both hold all', 5_000, () => meeting.allHold(30));
  for (let count = 1; count <= more; count += 1) {
    bob.say(`bob says ${count} more`);
    meeting.runUntil('both hold it', 5_000, () => meeting.allHold(30 + count));
  }
  bob.crash();
  bob.start();
  meeting.runUntil('bob is back', 5_000, () => meeting.allSeen());
  return meeting;
}

describe('the newest page after a start', () => {
  it('has no hole where every run in it is whole', () => {
    expectShown(restarted(TIMELINE_PAGE_RUNS + 5).host(1), new Set());
  });

  it('has no hole where a run begins on the page below', () => {
    expectShown(restarted(TIMELINE_PAGE_RUNS - 6).host(1), new Set());
  });
});
