import { describe, expect, it } from 'vitest';
import { STREAMS_PER_LINK_MAX } from '../../../pkg/base/limits.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { Outflow } from '../../../pkg/sync/outflow.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';

const live = { room: GENERAL, author: toyPeerId('me') };
const past = { room: GENERAL, author: toyPeerId('absent') };
const headOf = () => 10;

describe('log-is-queue: a link’s place in the log', () => {
  it('passes on at once what comes right behind it, and nothing before the peer has told its place', () => {
    const outflow = new Outflow();
    expect(outflow.passOn(live, 1, 1)).toBe(false);
    outflow.follow(live, 1);
    expect(outflow.passOn(live, 1, 3)).toBe(true);
    expect(outflow.passOn(live, 4, 4)).toBe(true);
    expect(outflow.next(() => 4)).toBeUndefined();
  });

  it('does not pass on over a hole, nor while the log is being read for it', () => {
    const outflow = new Outflow();
    outflow.follow(live, 3);
    expect(outflow.passOn(live, 11, 11)).toBe(false);
    expect(outflow.next(headOf)).toEqual({ feed: live, from: 3, to: 10 });
    expect(outflow.passOn(live, 3, 3)).toBe(false);
    expect(outflow.next(headOf)).toBeUndefined();
    outflow.loaded(7);
    expect(outflow.next(headOf)).toEqual({ feed: live, from: 8, to: 10 });
    outflow.loaded(10);
    expect(outflow.passOn(live, 11, 11)).toBe(true);
  });

  it('reads nothing while the socket is full', () => {
    const outflow = new Outflow();
    outflow.follow(live, 1);
    outflow.congest();
    expect(outflow.next(headOf)).toBeUndefined();
    expect(outflow.passOn(live, 1, 1)).toBe(false);
    outflow.drain();
    expect(outflow.next(headOf)).toEqual({ feed: live, from: 1, to: 10 });
  });

  it('sends what is said now before what was asked for of the past, and that in the order of asking', () => {
    const outflow = new Outflow();
    outflow.ask({ feed: past, from: 1, to: 5 });
    outflow.ask({ feed: past, from: 6, to: 9 });
    outflow.follow(live, 10);
    expect(outflow.next(headOf)?.feed).toBe(live);
    outflow.loaded(10);
    expect(outflow.next(headOf)).toEqual({ feed: past, from: 1, to: 5 });
    outflow.loaded(3);
    expect(outflow.next(headOf)).toEqual({ feed: past, from: 4, to: 5 });
    outflow.loaded(5);
    expect(outflow.next(headOf)).toEqual({ feed: past, from: 6, to: 9 });
  });

  it('gives up a range of which the store has nothing, and keeps so many', () => {
    const outflow = new Outflow();
    for (let count = 0; count < STREAMS_PER_LINK_MAX; count += 1)
      expect(outflow.ask({ feed: past, from: 1, to: 1 })).toBe(true);
    expect(outflow.ask({ feed: past, from: 1, to: 1 })).toBe(false);
    outflow.next(headOf);
    outflow.loaded(undefined);
    expect(outflow.ask({ feed: past, from: 1, to: 1 })).toBe(true);
  });
});
