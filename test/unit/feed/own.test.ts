import { describe, expect, it } from 'vitest';
import { CLOCK_AHEAD_MAX, CLOCK_STEP_MAX, OUTBOX_MESSAGES_MAX, RUN_ENTRIES_MAX } from '../../../pkg/base/limits.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { Speaker } from '../speaker.ts';
import { Desk, me } from './desk.ts';

describe('what one says oneself', () => {
  it('stored-first: is signed and stored before it counts, and many messages at once are one run', () => {
    const desk = new Desk();
    desk.say('1');
    expect(desk.compose()).toEqual(['sign']);
    desk.say('2');
    desk.say('3');
    expect(desk.compose()).toEqual([]);
    expect(desk.feeds.unstored).toBe(3);
    expect(desk.answer()).toEqual(['store']);
    expect(desk.accepted).toEqual([]);
    expect(desk.answer()).toEqual(['accepted']);
    expect(desk.compose()).toEqual(['sign']);
    desk.settle();
    expect(desk.accepted).toEqual(['1', '2', '3']);
    expect(desk.log.filter(({ type }) => type === 'store')).toHaveLength(2);
    expect(desk.feeds.unstored).toBe(0);
  });

  it('goes on where the store ended, not where memory began', () => {
    const first = new Desk();
    first.say('before');
    first.compose();
    first.settle();
    const [store] = first.log.filter((out) => out.type === 'store');
    const [hashed] = store?.runs ?? [];
    if (hashed === undefined) throw new Error('nothing stored');
    const { run, hash } = hashed;
    const second = new Desk([{ room: GENERAL, author: me, sequence: run.last, clock: run.clock, hash }]);
    second.say('after');
    second.compose();
    second.settle();
    const [again] = second.log.filter((out) => out.type === 'store');
    expect(again?.runs[0]?.run).toMatchObject({ first: 2, firstClock: 2, prev: hash });
  });

  it('fills a run and leaves the others for the next', () => {
    const desk = new Desk();
    for (let count = 0; count < RUN_ENTRIES_MAX + 1; count += 1) desk.say('x');
    desk.compose();
    desk.settle();
    expect(desk.accepted).toHaveLength(RUN_ENTRIES_MAX);
    desk.compose();
    desk.settle();
    expect(desk.accepted).toHaveLength(RUN_ENTRIES_MAX + 1);
  });

  it('waits in a bounded outbox', () => {
    const desk = new Desk();
    for (let count = 0; count < OUTBOX_MESSAGES_MAX; count += 1) expect(desk.say('x')).toBe(true);
    expect(desk.say('one too many')).toBe(false);
  });

  it('does not count when the disk refuses, and the next message takes its place', () => {
    const desk = new Desk();
    desk.say('lost');
    desk.compose();
    desk.answer();
    expect(desk.answer('fails')).toEqual(['store-failed']);
    expect(desk.log.at(-1)).toMatchObject({ why: 'disk full', unsaid: 1 });
    expect(desk.feeds.unstored).toBe(0);
    desk.say('said');
    desk.compose();
    desk.settle();
    expect(desk.accepted).toEqual(['said']);
    expect(desk.feeds.frontier(GENERAL)?.of(me)).toBe(1);
  });

  it('comes after what is only heard of, but a claim is believed up to a bound and never told on', () => {
    const desk = new Desk();
    desk.feeds.heardOf(GENERAL, 1_000);
    desk.say('first');
    desk.compose();
    desk.settle();
    expect(desk.feeds.clock(GENERAL)).toBe(1_001);
    desk.feeds.heardOf(GENERAL, Number.MAX_SAFE_INTEGER);
    expect(desk.feeds.clock(GENERAL)).toBe(1_001);
    desk.say('second');
    desk.compose();
    desk.settle();
    expect(desk.feeds.clock(GENERAL)).toBe(1_002 + CLOCK_AHEAD_MAX);
  });

  it('comes after everything seen, but never leaps further than the others accept', () => {
    const desk = new Desk();
    const liar = new Speaker('liar');
    for (const clock of [CLOCK_STEP_MAX, 2 * CLOCK_STEP_MAX]) {
      desk.take(desk.feeds.offer(liar.say('x', { clock }), liar.on(1)));
      desk.settle();
    }
    const others = new Desk();
    for (const content of ['1', '2', '3']) {
      desk.say(content);
      desk.compose();
      desk.settle();
    }
    for (const out of desk.log) {
      if (out.type !== 'store' || out.feed.author !== me) continue;
      for (const { run } of out.runs) others.take(others.feeds.offer(run, { link: liar.on(2).link, peer: me }));
      expect(others.settle()).toEqual(['store', 'accepted']);
    }
    expect(others.accepted).toEqual(['1', '2', '3']);
    expect(desk.feeds.clock(GENERAL)).toBe(2 * CLOCK_STEP_MAX + 1);
  });
});
