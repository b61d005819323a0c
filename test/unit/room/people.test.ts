import { describe, expect, it } from 'vitest';
import { LINK_REPLACED_MS } from '../../../pkg/base/limits.ts';
import { after, instant, millis, wallTime } from '../../../pkg/base/units.ts';
import { People } from '../../../pkg/room/people.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { nickOf } from '../speaker.ts';

const me = toyPeerId('me');
const bob = toyPeerId('bob');

function presence(name: string, nick = name) {
  return { peer: toyPeerId(name), nick: nickOf(nick), address: '10.0.0.7:1', software: 'x' };
}

function crowd(): People {
  return new People({ peer: me, nick: nickOf('me'), since: wallTime(0), address: undefined, software: 'x' });
}

const list = (people: People) => people.list(() => ({ roundTripMs: undefined, lacks: undefined }));

describe('people', () => {
  it('one-row: a key has one row, whatever it comes with', () => {
    const people = crowd();
    expect(people.here(presence('bob'), wallTime(1))).toEqual({ type: 'joined', peer: bob, nick: 'bob' });
    expect(people.here({ ...presence('bob'), address: '10.0.0.8:2' }, wallTime(2))).toBeUndefined();
    expect(people.here(presence('bob', 'robert'), wallTime(3))).toMatchObject({
      type: 'renamed',
      from: 'bob',
      to: 'robert',
    });
    expect(list(people).map(({ peer }) => peer)).toEqual([me, bob]);
    expect(list(people)[1]).toMatchObject({ nick: 'robert', since: 1, address: '10.0.0.7:1' });
  });

  it('leave once', () => {
    const people = crowd();
    people.here(presence('bob'), wallTime(1));
    expect(people.gone(bob, 'bye', instant(1))).toEqual({
      type: 'left',
      peer: bob,
      nick: 'bob',
      reason: 'bye',
      goodbye: false,
    });
    expect(people.gone(bob, 'bye', instant(1))).toBeUndefined();
    expect(people.rename(bob, nickOf('x'))).toBeUndefined();
    expect(list(people)).toHaveLength(1);
  });

  it('with one name to the eye are ambiguous, whatever their capitals', () => {
    const people = crowd();
    for (const [name, nick] of [
      ['a', 'Alice'],
      ['b', 'alice'],
      ['c', 'carol'],
    ] as const)
      people.here(presence(name, nick), wallTime(1));
    expect(list(people).map(({ nick, ambiguous }) => [nick, ambiguous])).toEqual([
      ...[toyPeerId('a'), toyPeerId('b')].sort().map((peer) => [peer === toyPeerId('a') ? 'Alice' : 'alice', true]),
      ['carol', false],
      ['me', false],
    ]);
  });

  it('know themselves, and the round trip that is asked for', () => {
    const people = crowd();
    people.here(presence('bob'), wallTime(1));
    const shown = people.list((peer) => ({ roundTripMs: peer === bob ? millis(7) : undefined, lacks: 0 }));
    expect(shown.map(({ me: mine, roundTripMs }) => [mine, roundTripMs])).toEqual([
      [false, 7],
      [true, undefined],
    ]);
  });

  it('say whether somebody left on purpose', () => {
    const people = crowd();
    people.here(presence('bob'), wallTime(1));
    people.said(bob, 'goodbye');
    expect(people.gone(bob, 'tea', instant(1))).toMatchObject({ type: 'left', reason: 'tea', goodbye: true });
    people.here(presence('bob'), wallTime(2));
    expect(people.gone(bob, 'silence', instant(1))).toMatchObject({ goodbye: false });
  });

  it('one-row: whose link gives way to another one neither leaves nor joins', () => {
    const people = crowd();
    people.here(presence('bob'), wallTime(1));
    people.said(bob, 'duplicate');
    expect(people.gone(bob, 'link ended', instant(1_000))).toBeUndefined();
    expect(list(people)).toHaveLength(2);
    expect(people.here({ ...presence('bob'), address: '10.0.0.8:2' }, wallTime(5))).toBeUndefined();
    expect(people.nextDeadline()).toBeUndefined();
    expect(list(people)[0]).toMatchObject({ since: 1, linkedAt: 5, address: '10.0.0.8:2' });
  });

  it('leave after all when the other link does not come', () => {
    const people = crowd();
    people.here(presence('bob'), wallTime(1));
    people.said(bob, 'duplicate');
    people.gone(bob, 'link ended', instant(1_000));
    const dueAt = after(instant(1_000), LINK_REPLACED_MS);
    expect(people.nextDeadline()).toBe(dueAt);
    expect(people.due({ at: instant(dueAt - 1), wall: wallTime(9) })).toEqual([]);
    expect(people.due({ at: dueAt, wall: wallTime(9) })).toMatchObject([{ type: 'left', peer: bob, goodbye: false }]);
    expect(list(people)).toHaveLength(1);
  });

  it('one-row: whoever is present through others has one row, linked or not', () => {
    const people = crowd();
    expect(people.relayed(bob, { nick: nickOf('bob') }, wallTime(1))).toMatchObject({ type: 'joined', peer: bob });
    expect(people.relayed(bob, { nick: nickOf('bob') }, wallTime(2))).toBeUndefined();
    expect(list(people)[0]).toMatchObject({ relayed: true, linkedAt: undefined, address: undefined, since: 1 });
    expect(people.here(presence('bob'), wallTime(3))).toBeUndefined();
    expect(list(people)[0]).toMatchObject({ relayed: false, linkedAt: 3, address: '10.0.0.7:1', since: 1 });
    expect(people.relayed(bob, { nick: nickOf('mallory') }, wallTime(4))).toBeUndefined();
    expect(list(people)[0]).toMatchObject({ nick: 'bob', relayed: false });
    expect(people.gone(bob, 'silence', instant(5))).toBeUndefined();
    expect(list(people)[0]).toMatchObject({ relayed: true, linkedAt: undefined, address: undefined });
    expect(people.unrelayed(bob)).toMatchObject({ type: 'left', peer: bob });
    expect(people.unrelayed(bob)).toBeUndefined();
    expect(list(people)).toHaveLength(1);
  });

  it('go at once on a goodbye, whatever others still tell, and never lose themselves', () => {
    const people = crowd();
    people.here(presence('bob'), wallTime(1));
    people.relayed(bob, { nick: nickOf('bob') }, wallTime(1));
    people.said(bob, 'goodbye');
    expect(people.gone(bob, '', instant(1))).toMatchObject({ type: 'left', goodbye: true });
    expect(people.relayed(me, { nick: nickOf('x') }, wallTime(1))).toBeUndefined();
    expect(people.unrelayed(me)).toBeUndefined();
    expect(list(people)).toMatchObject([{ peer: me, nick: 'me', relayed: false }]);
  });
});
