import { describe, expect, it } from 'vitest';
import { DIALS_MAX, DIALS_PER_ADDRESS_MAX, DIALS_UNSURE_MAX } from '../../../pkg/base/limits.ts';
import { type DialId, dialId } from '../../../pkg/base/link-id.ts';
import { instant } from '../../../pkg/base/units.ts';
import { Dials } from '../../../pkg/mesh/dials.ts';
import { bob, others } from './desk.ts';

const START = instant(0);
const TARGET = { type: 'target', target: 'nas:8080' } as const;

/** Dials `count` addresses, one after the other, until there is no room. */
function fill(dials: Dials, count: number, { unsure = false, address = '' } = {}): DialId[] {
  return others.slice(0, count).flatMap((peer, place) => {
    const at = { address: address || `10.0.${place >> 8}.${place & 255}`, unsure };
    return dials.begin({ type: 'peer', peer }, at, START) ?? [];
  });
}

describe('the dials under way', () => {
  it('have names that are never used twice, and tell for whom they are', () => {
    const dials = new Dials();
    const first = dials.begin(TARGET, { address: 'nas', unsure: false }, START);
    if (first === undefined) throw new Error('no room');
    expect(dials.callerOf(first)).toEqual(TARGET);
    expect(dials.end(first)).toEqual({ caller: TARGET, next: [] });
    expect(dials.callerOf(first)).toBeUndefined();
    expect(dials.end(first)).toBeUndefined();
    expect(dials.begin(TARGET, { address: 'nas', unsure: false }, START)).not.toBe(first);
    expect(dials.end(dialId(99))).toBeUndefined();
  });

  it.each([
    ['in all', DIALS_MAX, {}],
    ['to one address', DIALS_PER_ADDRESS_MAX, { address: '10.0.0.7' }],
    ['to those who may not be there', DIALS_UNSURE_MAX, { unsure: true }],
  ])('are so many %s and no more; who waits first is next', (_, bound, how) => {
    const dials = new Dials();
    const under = fill(dials, bound + 3, how);
    expect(under).toHaveLength(bound);
    const [first, second] = under;
    if (first === undefined || second === undefined) throw new Error('no dials');
    expect(dials.end(first)?.next).toEqual([others[bound]]);
    expect(dials.end(second)?.next).toEqual([others[bound + 1]]);
  });

  it('to those who may not be there leave room for who is heard', () => {
    const dials = new Dials();
    fill(dials, 2 * DIALS_UNSURE_MAX, { unsure: true });
    expect(dials.begin({ type: 'peer', peer: bob }, { address: '10.9.9.9', unsure: false }, START)).toBeDefined();
  });

  it('are not kept for who is not to be dialled any more, nor for a place, which asks again by itself', () => {
    const dials = new Dials();
    const under = fill(dials, DIALS_MAX + 2);
    const [gone, next] = others.slice(DIALS_MAX);
    if (gone !== undefined) dials.forget(gone);
    expect(dials.begin(TARGET, { address: 'nas', unsure: false }, START)).toBeUndefined();
    expect(under.slice(0, 2).map((dial) => dials.end(dial)?.next)).toEqual([[next], []]);
  });
});
