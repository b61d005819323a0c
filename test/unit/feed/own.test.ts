import { describe, expect, it } from 'vitest';
import { CLOCK_AHEAD_MAX, CLOCK_STEP_MAX, OUTBOX_MESSAGES_MAX, RUN_ENTRIES_MAX } from '../../../pkg/base/limits.ts';
import { wallTime } from '../../../pkg/base/units.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { nickOf, Speaker } from '../speaker.ts';
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
    expect(desk.log.at(-1)).toMatchObject({ why: 'disk full', unsaid: { count: 1, heldUpTo: 0 } });
    expect(desk.feeds.unstored).toBe(0);
    desk.say('said');
    desk.compose();
    desk.settle();
    expect(desk.accepted).toEqual(['said']);
    expect(desk.feeds.frontier(GENERAL)?.of(me)).toBe(1);
  });

  it('held-or-said: each run tells how far it says what is held, from where the last start ended on', () => {
    const utterance = { kind: 'chat' as const, sender: nickOf('me'), content: 'from before', saidAt: wallTime(0) };
    const desk = new Desk([], [{ room: GENERAL, place: 7, utterance }]);
    for (let count = 0; count < RUN_ENTRIES_MAX; count += 1) {
      desk.say('x');
      expect(desk.feeds.hold(GENERAL)).toBe(8 + count);
    }
    desk.say('y');
    for (let run = 0; run < 2; run += 1) {
      desk.compose();
      desk.settle();
    }
    desk.say('z');
    desk.compose();
    desk.settle();
    const releases = desk.log.flatMap((out) => (out.type === 'store' ? [out.releases] : []));
    expect(releases).toEqual([6 + RUN_ENTRIES_MAX, 7 + RUN_ENTRIES_MAX, 0]);
    expect(desk.accepted).toHaveLength(RUN_ENTRIES_MAX + 3);
    expect(desk.accepted[0]).toBe('from before');
  });

  it('held-or-said: what cannot be stored or said any more is named, as far as it is held', () => {
    const desk = new Desk();
    for (const content of ['one', 'two']) {
      desk.say(content);
      desk.feeds.hold(GENERAL);
    }
    desk.say('three');
    desk.compose();
    desk.answer();
    desk.answer('fails');
    expect(desk.log.at(-1)).toMatchObject({ type: 'store-failed', unsaid: { count: 3, heldUpTo: 2 } });
    desk.say('four');
    desk.feeds.hold(GENERAL);
    expect(desk.feeds.dropOutbox(GENERAL)).toEqual({ count: 1, heldUpTo: 3 });
    expect(desk.feeds.dropOutbox(GENERAL)).toEqual({ count: 0, heldUpTo: 0 });
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
