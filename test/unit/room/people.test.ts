import { describe, expect, it } from 'vitest';
import { millis, wallTime } from '../../../pkg/base/units.ts';
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

const list = (people: People) => people.list(() => undefined);

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
    expect(people.gone(bob, 'bye')).toEqual({ type: 'left', peer: bob, nick: 'bob', reason: 'bye' });
    expect(people.gone(bob, 'bye')).toBeUndefined();
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
    const shown = people.list((peer) => (peer === bob ? millis(7) : undefined));
    expect(shown.map(({ me: mine, roundTripMs }) => [mine, roundTripMs])).toEqual([
      [false, 7],
      [true, undefined],
    ]);
  });
});
