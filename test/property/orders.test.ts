import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadlines } from '../../pkg/base/deadlines.ts';
import { instant } from '../../pkg/base/units.ts';
import { Frontier } from '../../pkg/feed/frontier.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import { Room } from '../../pkg/room/room.ts';
import { toyPeerId } from '../sim/toy-crypto.ts';
import { Desk } from '../unit/feed/desk.ts';
import { Speaker } from '../unit/speaker.ts';

const NAMES = ['alice', 'bob', 'carol'];

/** Feeds of three authors with clocks that collide, and some order in which their runs arrive. */
const arrivals = fc
  .array(fc.record({ who: fc.nat(2), step: fc.integer({ min: 1, max: 3 }), lines: fc.integer({ min: 1, max: 3 }) }), {
    maxLength: 30,
  })
  .chain((said) => {
    const speakers = NAMES.map((name) => new Speaker(name));
    const runs = said.map(({ who, step, lines }) => {
      const speaker = speakers[who] ?? new Speaker('nobody');
      const contents = Array.from({ length: lines }, (_, line) => `line ${line}`);
      return speaker.say(contents, { clock: speaker.end.clock + step });
    });
    return fc.shuffledSubarray(runs, { minLength: runs.length }).map((shuffled) => ({ runs, shuffled }));
  });

describe('whatever order things come in', () => {
  it('one-order: the timeline is the same', () => {
    fc.assert(
      fc.property(arrivals, ({ runs, shuffled }) => {
        const ids = (some: typeof runs) => {
          const room = new Room(GENERAL, toyPeerId('me'));
          for (const run of some) room.fold([run], instant(0), undefined);
          return room.view().items.map((item) => item.id);
        };
        expect(ids(shuffled)).toEqual(ids(runs));
        const expected = runs.flatMap(({ entries }) => entries);
        expected.sort((a, b) => a.clock - b.clock || (a.author < b.author ? -1 : 1));
        expect(ids(runs)).toEqual(expected.map((entry) => `${entry.author}/${entry.sequence}`));
      }),
    );
  });

  it('prefix: a feed takes in a prefix of what was signed, and all of it once everything has come again', () => {
    fc.assert(
      fc.property(arrivals, fc.array(fc.nat(3)), ({ runs, shuffled }, answers) => {
        const desk = new Desk();
        for (const [place, run] of shuffled.entries()) {
          desk.take(desk.feeds.offer(run, { link: new Speaker('x').on(1).link, peer: run.author }));
          for (let count = answers[place] ?? 0; count > 0 && desk.waiting.length > 0; count -= 1) desk.answer();
        }
        desk.settle();
        for (const run of runs)
          desk.take(desk.feeds.offer(run, { link: new Speaker('x').on(1).link, peer: run.author }));
        desk.settle();
        const stored = desk.log.flatMap((out) => (out.type === 'accepted' ? out.runs : []));
        for (const name of NAMES) {
          const ofOne = (some: typeof runs) =>
            some.filter(({ author }) => author === toyPeerId(name)).map(({ text }) => text);
          expect(ofOne(stored)).toEqual(ofOne(runs));
        }
      }),
    );
  });

  it('a frontier and its digest are the same: joining is commutative, associative and idempotent', () => {
    const heads = fc.array(fc.tuple(fc.constantFrom(...NAMES.map(toyPeerId)), fc.integer({ min: 1, max: 2 ** 40 })));
    fc.assert(
      fc.property(
        heads.chain((some) => fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length }))),
        ([some, shuffled]) => {
          const joined = (order: typeof some) => {
            const frontier = new Frontier();
            for (const [author, sequence] of order) frontier.raise(author, sequence);
            return { digest: frontier.digest(), heads: frontier.heads().sort() };
          };
          expect(joined(shuffled)).toEqual(joined(some));
          expect(joined([...some, ...shuffled])).toEqual(joined(some));
        },
      ),
    );
  });

  it('deadlines are taken in the order of their instants', () => {
    const step = fc.record({ key: fc.nat(20), at: fc.nat(100), cancel: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const [deadlines, model] = [new Deadlines<number>(), new Map<number, number>()];
        for (const { key, at, cancel } of steps) {
          if (cancel) deadlines.cancel(key);
          else deadlines.set(key, instant(at));
          model.delete(key);
          if (!cancel) model.set(key, at);
          expect(deadlines.size).toBe(model.size);
          expect(deadlines.next()).toBe(model.size === 0 ? undefined : Math.min(...model.values()));
        }
        const taken: number[] = [];
        for (let key = deadlines.take(instant(100)); key !== undefined; key = deadlines.take(instant(100)))
          taken.push(key);
        expect(taken).toEqual([...model].sort(([, a], [, b]) => a - b).map(([key]) => key));
      }),
    );
  });
});
