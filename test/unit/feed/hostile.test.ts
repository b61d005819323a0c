import { describe, expect, it } from 'vitest';
import { FORK_PROOF_BYTES_MAX } from '../../../pkg/base/limits.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { Speaker } from '../speaker.ts';
import { Desk } from './desk.ts';

describe('the proof of a fork', () => {
  it('is shown to those who can judge it: who has the feed up to the place of the fork', () => {
    const [one, other, carrier] = [new Speaker('mallory'), new Speaker('mallory'), new Speaker('carrier')];
    const desk = new Desk();
    for (const run of [one.say('1'), one.say('2'), one.say('3')]) desk.take(desk.feeds.offer(run, carrier.on(1)));
    desk.settle();
    other.say('1');
    other.say('2');
    desk.take(desk.feeds.offer(other.say('other 3'), carrier.on(1)));
    desk.settle();
    const feed = { room: GENERAL, author: one.peer };
    expect([1, 2, 3, 4].map((sequence) => desk.feeds.concerns(feed, sequence))).toEqual([false, false, true, true]);
  });

  it('is told once, whoever shows it at the same time', () => {
    const [one, other] = [new Speaker('mallory'), new Speaker('mallory')];
    const [left, right] = [new Speaker('left'), new Speaker('right')];
    const desk = new Desk();
    const first = one.say('1');
    desk.take(desk.feeds.offer(first, left.on(1)));
    desk.settle();
    // One contradicts the first run, the other follows on another one: both are questions at the same time.
    const contradicts = other.say('other 1');
    const follows = other.say('other 2');
    desk.take(desk.feeds.offer(follows, right.on(2)));
    desk.take(desk.feeds.offer(contradicts, left.on(1)));
    desk.settle();
    expect(desk.log.filter(({ type }) => type === 'forked')).toHaveLength(1);
  });

  it('of one author is at hand though another author made many', () => {
    const desk = new Desk();
    const carrier = new Speaker('carrier');
    const contents = Array.from({ length: 7 }, () => 'x'.repeat(8_000));
    const forks = Math.ceil(FORK_PROOF_BYTES_MAX / 100_000) + 1;
    for (let count = 0; count < forks; count += 1) {
      const [one, other] = [new Speaker(`liar${count}`), new Speaker(`liar${count}`)];
      desk.take(desk.feeds.offer(one.say(contents), carrier.on(1)));
      desk.settle();
      desk.take(desk.feeds.offer(other.say([...contents, 'other']), carrier.on(1)));
      desk.settle();
    }
    const feed = { room: GENERAL, author: new Speaker(`liar${forks - 1}`).peer };
    expect(desk.feeds.isForked(feed)).toBe(true);
    expect(desk.feeds.concerns(feed, 100)).toBe(true);
  });
});
