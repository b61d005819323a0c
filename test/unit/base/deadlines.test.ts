import { describe, expect, it } from 'vitest';
import { Deadlines, earliest } from '../../../pkg/base/deadlines.ts';
import { instant } from '../../../pkg/base/units.ts';

function drained(deadlines: Deadlines<string>, now: number): string[] {
  const taken: string[] = [];
  for (let key = deadlines.take(instant(now)); key !== undefined; key = deadlines.take(instant(now))) taken.push(key);
  return taken;
}

describe('deadlines', () => {
  it('are taken earliest first, those of one instant in the order in which they were set', () => {
    const deadlines = new Deadlines<string>();
    for (const [key, at] of [
      ['late', 30],
      ['first', 10],
      ['second', 10],
      ['third', 10],
    ] as const) {
      deadlines.set(key, instant(at));
    }
    expect(deadlines.next()).toBe(10);
    expect(drained(deadlines, 9.999)).toEqual([]);
    expect(drained(deadlines, 10)).toEqual(['first', 'second', 'third']);
    expect(drained(deadlines, 30)).toEqual(['late']);
    expect(deadlines.next()).toBeUndefined();
  });

  it('have one place a key: set again they move, either way', () => {
    const deadlines = new Deadlines<string>();
    deadlines.set('a', instant(10));
    deadlines.set('b', instant(20));
    deadlines.set('a', instant(30));
    expect(deadlines.size).toBe(2);
    expect(drained(deadlines, 25)).toEqual(['b']);
    deadlines.set('a', instant(5));
    expect(drained(deadlines, 5)).toEqual(['a']);
  });

  it('move sooner only when that is sooner', () => {
    const deadlines = new Deadlines<string>();
    deadlines.setSooner('a', instant(10));
    deadlines.setSooner('a', instant(20));
    expect(deadlines.next()).toBe(10);
    deadlines.setSooner('a', instant(5));
    expect(deadlines.next()).toBe(5);
  });

  it('are gone when cancelled, wherever they stood', () => {
    const deadlines = new Deadlines<string>();
    for (let at = 0; at < 20; at += 1) deadlines.set(`key ${at}`, instant(at));
    deadlines.cancel('nobody');
    for (let at = 0; at < 20; at += 2) deadlines.cancel(`key ${at}`);
    expect(drained(deadlines, 100)).toEqual(Array.from({ length: 10 }, (_, place) => `key ${2 * place + 1}`));
  });
});

describe('the earliest of several', () => {
  it('leaves out those that are not set, and is none when none is', () => {
    expect(earliest(undefined, instant(3), instant(2), undefined)).toBe(2);
    expect(earliest(instant(0), instant(1))).toBe(0);
    expect(earliest(undefined)).toBeUndefined();
  });
});
