import { describe, expect, it } from 'vitest';
import { Circle } from '../../../pkg/mesh/circle.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';

const [alice, bob, carol] = ['alice', 'bob', 'carol'].map(toyPeerId);

function circleOf(...peers: readonly (typeof alice)[]): Circle {
  const circle = new Circle();
  for (const peer of peers) if (peer !== undefined) circle.add(peer);
  return circle;
}

describe('the digest of a circle', () => {
  it('is the same for the same peers, in whatever order they came', () => {
    expect(circleOf(alice, bob, carol).digest()).toBe(circleOf(carol, alice, bob).digest());
    expect(circleOf(alice, bob).digest()).not.toBe(circleOf(alice, carol).digest());
  });

  it('forgets who has gone', () => {
    const circle = circleOf(alice, bob, carol);
    if (carol !== undefined) circle.remove(carol);
    expect(circle.digest()).toBe(circleOf(alice, bob).digest());
    if (bob !== undefined) circle.remove(bob);
    if (alice !== undefined) circle.remove(alice);
    expect(circle.digest()).toBe('0.0');
  });

  it('fits the field of a beat, however many there are', () => {
    const many = circleOf(...Array.from({ length: 1_000 }, (_, count) => toyPeerId(`peer ${count}`)));
    expect(many.digest()).toMatch(/^1000\.[0-9a-z]{1,7}$/);
  });
});
