import { describe, expect, it } from 'vitest';
import { LISTEN_FIRST_MS } from '../../pkg/base/limits.ts';
import { Meeting } from './meeting.ts';
import type { SimHost } from './sim-host.ts';

function texts(host: SimHost): string[] {
  return host.machine.snapshot().room.items.flatMap((item) => (item.type === 'message' ? [item.text] : []));
}

describe('listen-first', () => {
  it('a newcomer that speaks at once is read below what was said before it came', () => {
    const meeting = new Meeting(31, ['alice', 'bob']);
    for (let count = 1; count <= 20; count += 1) meeting.host(0).say(`alice ${count}`);
    meeting.runUntil('both hold it', 5_000, () => meeting.allHold(20));
    const carol = meeting.world.addHost('carol');
    carol.start();
    carol.say('hello from carol');
    meeting.runUntil('alice reads carol', 3_000, () => texts(meeting.host(0)).includes('hello from carol'));
    expect(texts(meeting.host(0)).at(-1)).toBe('hello from carol');
  });

  it('who is alone speaks after a moment', () => {
    const meeting = new Meeting(32, ['alice', 'bob']);
    for (const host of meeting.hosts) host.crash();
    const alice = meeting.host(0);
    alice.start();
    alice.say('anybody?');
    const heldMs = meeting.runUntil('it is stored', 5_000, () => alice.storedTimeline().length === 1);
    expect(heldMs).toBeGreaterThanOrEqual(LISTEN_FIRST_MS - 10);
    expect(heldMs).toBeLessThan(LISTEN_FIRST_MS + 100);
  });

  it.each([
    ['an empty disk', 0],
    ['an old backup', 5],
  ])('who starts with %s learns its own feed from the others and does not fork', (_disk, runs) => {
    const meeting = new Meeting(33, ['alice', 'bob', 'carol']);
    const alice = meeting.host(0);
    for (let count = 1; count <= 10; count += 1) {
      alice.say(`alice ${count}`);
      meeting.runUntil('it is everywhere', 5_000, () => meeting.allHold(count));
    }
    alice.crash();
    alice.disk.restore(runs);
    alice.start();
    alice.say('alice 11');
    meeting.runUntil('all hold it', 5_000, () => meeting.allHold(11));
    for (const host of meeting.hosts) expect(texts(host).at(-1), host.name).toBe('alice 11');
  });
});
