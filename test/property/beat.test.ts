import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import { beatOf } from '../../pkg/wire/beat-line.ts';
import { beatSchema } from '../../pkg/wire/message.ts';

const ticks = fc.oneof(fc.nat(), fc.constantFrom<unknown>(0, -1, 0.5, 2 ** 53, '1', null), fc.double());
const digest = fc.oneof(fc.string({ maxLength: 33 }), fc.constantFrom<unknown>('', 'x'.repeat(32), 'x'.repeat(33), 1));
const room = fc.constantFrom<unknown>(GENERAL, '#General', 'general', '#', '#ümlaut', '', 1, null);
const digests = fc.oneof(
  fc.array(fc.oneof(fc.tuple(room, digest), fc.tuple(room, digest, digest), fc.jsonValue()), { maxLength: 3 }),
  fc.integer({ min: 63, max: 66 }).map((length) => Array.from({ length }, () => [GENERAL, 'x'])),
  fc.jsonValue(),
);
/** What is a beat or nearly one, as `JSON.parse` makes it. */
const nearly = fc
  .record(
    {
      type: fc.constantFrom('beat', 'beat', 'beat', 'have'),
      sent: ticks,
      echo: ticks,
      held: ticks,
      circle: digest,
      digests,
      more: fc.jsonValue(),
      __proto__: fc.jsonValue(),
    },
    { requiredKeys: ['type'] },
  )
  .map((value): unknown => JSON.parse(JSON.stringify(value)));
const sound = fc.record(
  {
    type: fc.constant('beat'),
    sent: fc.nat(),
    echo: fc.nat(),
    held: fc.nat(),
    circle: fc.string({ maxLength: 32 }),
    digests: fc.array(fc.tuple(fc.constant(GENERAL), fc.string({ maxLength: 32 })), { maxLength: 64 }),
    more: fc.jsonValue(),
  },
  { requiredKeys: ['type', 'sent', 'circle', 'digests'] },
);

describe('a beat', () => {
  it('that is read without the schema is what the schema reads', () => {
    let read = 0;
    const property = fc.property(fc.oneof(nearly, sound, fc.jsonValue()), (value) => {
      const beat = beatOf(value);
      if (beat === undefined) return;
      read += 1;
      expect(beatSchema.parse(value)).toEqual(beat);
    });
    fc.assert(property, { numRuns: 5_000 });
    expect(read).toBeGreaterThan(500);
  });

  it('that keeps the rules and has both or none of echo and held needs no schema', () => {
    const property = fc.property(sound, (value) => {
      const { echo, held } = beatSchema.parse(value);
      expect(beatOf(value) !== undefined).toBe((echo === undefined) === (held === undefined));
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});
