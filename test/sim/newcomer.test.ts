import { describe, expect, it } from 'vitest';
import { Meeting } from './meeting.ts';

const NEIGHBOURS = Array.from({ length: 10 }, (_, number) => `neighbour${number}`);
const MESSAGES_EACH = 300;
/** Of the history's bytes: what is told of frontiers, the signs of life, and the newest, which come ahead of the rest. */
const BYTES_SHARE_MAX = 1.1;

describe('a newcomer with ten neighbours', () => {
  it.each([
    ['who said it all themselves', 0],
    ['of whom half have left for good', 5],
  ])('%s receives hardly more than the history’s size', (_, gone) => {
    const meeting = new Meeting(61, NEIGHBOURS);
    const { world } = meeting;
    for (let count = 0; count < MESSAGES_EACH; count += 1) {
      for (const host of meeting.hosts) host.say(`${host.name} says what people say, in about so many words ${count}`);
      world.run(world.at + 20);
    }
    const entries = NEIGHBOURS.length * MESSAGES_EACH;
    meeting.runUntil('all hold all', 5_000, () => meeting.allHold(entries));
    const historyBytes = meeting
      .host(0)
      .disk.runs()
      .reduce((sum, { run }) => sum + run.text.length + 1, 0);
    for (const host of meeting.hosts.slice(0, gone)) host.crash();
    world.run(world.at + 10_000);

    const newcomer = world.addHost('newcomer');
    newcomer.start();
    const tookMs = meeting.runUntil('the newcomer holds all', 5_000, () => newcomer.disk.entries === entries);
    expect(newcomer.bytesIn / historyBytes).toBeLessThanOrEqual(BYTES_SHARE_MAX);
    expect(tookMs).toBeLessThan(2_000);
  });
});
