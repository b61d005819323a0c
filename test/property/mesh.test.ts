import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pair } from './pair.ts';

/** Something that happens between the two: what, to which side, on which of its links, and how. */
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

const happening = fc.record({
  what: fc.constantFrom('wait', 'wake', 'dial', 'arrive', 'arrive', 'arrive', 'break', 'announce', 'restart'),
  place: fc.nat(1),
  turn: fc.nat(5),
  well: fc.boolean(),
  spanMs: fc.constantFrom(0, 1, 200, 300, 1_000, 6_000),
});

function play(pair: Pair, { what, place, turn, well, spanMs }: Happening): void {
  switch (what) {
    case 'wait':
      pair.now += spanMs;
      return;
    case 'wake':
      return pair.wake(place);
    case 'dial':
      pair.wake(place);
      return pair.dialEnds(place, well);
    case 'arrive':
      pair.arrive(place, turn);
      return;
    case 'break':
      return pair.breakLink(place, turn, well);
    case 'announce':
      return pair.announce(place);
    default:
      if (turn === 0) pair.restart(place, well);
  }
}

const REST_MS = 30_000;
const BACK_WITHIN_MS = 2_500;

describe('two peers, whatever happens between them', () => {
  it('one-link: end with one link, the same at both ends, and leave it alone', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const pair = new Pair();
        for (const next of happenings) play(pair, next);
        const dialsBefore = pair.dialsMade;
        pair.settle(REST_MS);
        const [one, two] = pair.sides;
        expect(one.link).toBeDefined();
        expect(one.link).toBe(two.link);
        expect(pair.dialsMade - dialsBefore, 'dials until there is rest').toBeLessThan(30);
        const { link } = one;
        const dialsAtRest = pair.dialsMade;
        pair.settle(REST_MS);
        expect([one.link, two.link]).toEqual([link, link]);
        expect(pair.dialsMade, 'dials at rest').toBe(dialsAtRest);
        for (const side of pair.sides) expect([...side.ends.values()].filter((end) => !end.closed)).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  it('one-link: agree as soon as everything has arrived, though both dialled, in whatever order it comes', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ place: fc.nat(1), turn: fc.nat(5), dial: fc.boolean() })), (steps) => {
        const pair = new Pair();
        pair.now = 1_000;
        for (const place of [0, 1]) pair.wake(place);
        for (const { place, turn, dial } of steps) {
          if (dial) pair.dialEnds(place, true);
          else pair.arrive(place, turn);
        }
        for (const place of [0, 1]) pair.dialEnds(place, true);
        while (pair.arrive(0, 0) || pair.arrive(1, 0));
        const [one, two] = pair.sides;
        expect(one.link).toBeDefined();
        expect(one.link).toBe(two.link);
        expect(pair.dialsMade).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });

  it.each(['lost its link', 'started again'])(
    'one-link: one that %s replaces its ghost before the other has noticed',
    (what) => {
      fc.assert(
        fc.property(fc.array(happening, { maxLength: 20 }), fc.nat(1), (happenings, place) => {
          const pair = new Pair();
          for (const next of happenings) play(pair, next);
          pair.settle(REST_MS);
          const { link } = pair.side(place);
          const dialsBefore = pair.dialsMade;
          if (what === 'lost its link') pair.breakLink(place, 0, false);
          else pair.restart(place, false);
          pair.settle(BACK_WITHIN_MS);
          const [one, two] = pair.sides;
          expect(one.link).toBeDefined();
          expect(one.link).not.toBe(link);
          expect(pair.dialsMade - dialsBefore, 'dials until the ghost is replaced').toBe(1);
          expect(one.link).toBe(two.link);
        }),
        { numRuns: 100 },
      );
    },
  );

  it('one-link: who is refused dials again later and later, not in a storm', () => {
    fc.assert(
      fc.property(fc.nat(1), (place) => {
        const pair = new Pair();
        for (; pair.now < 60_000; pair.now += 10) {
          pair.wake(place);
          pair.dialEnds(place, false);
        }
        expect(pair.dialsMade).toBeLessThan(15);
        expect(pair.dialsMade).toBeGreaterThan(7);
      }),
      { numRuns: 2 },
    );
  });
});
