import { describe, expect, it } from 'vitest';
import { Departures } from '../../internal/net/departures.ts';
import { ADDRESS_MEMORY_MS, ADDRESS_PATIENCE_MS, CARDS_LOOK_INTERVAL_MS } from '../../pkg/base/limits.ts';
import { instant } from '../../pkg/base/units.ts';

/** Looks at what is there once a second; what is given up at each look. */
function looks(...sights: readonly (readonly string[])[]): string[][] {
  const departures = new Departures();
  return sights.map((sight, place) => [
    ...departures.gone(new Set(sight), instant(1_000 + place * CARDS_LOOK_INTERVAL_MS)),
  ]);
}

const PATIENT = ADDRESS_PATIENCE_MS / CARDS_LOOK_INTERVAL_MS;

describe('an own address that is missed', () => {
  it('is given up at once when another has come in its place', () => {
    expect(looks(['lo', 'a'], ['lo', 'b'])).toEqual([[], ['a']]);
    expect(looks(['lo', 'a'], ['lo'], ['lo', 'b'])).toEqual([[], [], ['a']]);
  });

  it('is not given up for one that was there all along', () => {
    expect(looks(['a', 'b'], ['b'], ['b'])).toEqual([[], [], []]);
    expect(looks(['a'], ['a', 'b'], ['b'])).toEqual([[], [], []]);
  });

  it('is given up when it does not come back', () => {
    const absent = Array.from({ length: PATIENT + 1 }, () => ['lo']);
    expect(looks(['lo', 'a'], ...absent)).toEqual([[], ...Array(PATIENT).fill([]), ['a']]);
  });

  it('is not given up when it is back in time, and neither are others that went with it', () => {
    expect(looks(['lo', 'a', 'b'], ['lo'], ['lo', 'a'], ['lo', 'a', 'b'])).toEqual([[], [], [], []]);
  });

  it('is forgotten in the end, and comes anew then', () => {
    const count = ADDRESS_MEMORY_MS / CARDS_LOOK_INTERVAL_MS + 2;
    const absent = Array.from({ length: count }, () => ['lo']);
    const given = looks(['lo', 'a'], ...absent, ['lo'], ['lo', 'a']);
    expect(given.at(-3)).toEqual(['a']);
    expect(given.slice(-2)).toEqual([[], []]);
  });
});
