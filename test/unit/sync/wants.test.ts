import { describe, expect, it } from 'vitest';
import { WANT_PATIENCE_MS, WANT_TIMEOUT_MS } from '../../../pkg/base/limits.ts';
import { linkId } from '../../../pkg/base/link-id.ts';
import { instant } from '../../../pkg/base/units.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { Wants } from '../../../pkg/sync/wants.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';

const [a, b] = ['alice', 'bob'].map((name) => ({ room: GENERAL, author: toyPeerId(name) }));
if (a === undefined || b === undefined) throw new Error('two feeds');
const [one, other] = [linkId(1), linkId(2)];

describe('what was asked of a link', () => {
  it('is late when nothing comes', () => {
    const wants = new Wants();
    wants.add({ feed: a, link: one, from: 1, to: 9, since: instant(0), tried: [one] }, instant(0));
    expect(wants.late(instant(WANT_TIMEOUT_MS - 1))).toEqual([]);
    expect(wants.late(instant(WANT_TIMEOUT_MS))).toMatchObject([{ feed: a, link: one, to: 9 }]);
    expect(wants.nextDeadline()).toBeUndefined();
  });

  it('is not late while the link brings something else that was asked for', () => {
    const wants = new Wants();
    wants.add({ feed: a, link: one, from: 1, to: 9, since: instant(0), tried: [one] }, instant(0));
    wants.add({ feed: b, link: one, from: 1, to: 9, since: instant(0), tried: [one] }, instant(0));
    expect(wants.arrived(b, 5, instant(2_000))).toBeUndefined();
    expect(wants.late(instant(WANT_TIMEOUT_MS))).toEqual([]);
    expect(wants.nextDeadline()).toBe(2_000 + WANT_TIMEOUT_MS);
  });

  it('is late whatever another link brings', () => {
    const wants = new Wants();
    wants.add({ feed: a, link: one, from: 1, to: 9, since: instant(0), tried: [one] }, instant(0));
    wants.add({ feed: b, link: other, from: 1, to: 9, since: instant(0), tried: [other] }, instant(0));
    wants.arrived(b, 5, instant(2_000));
    expect(wants.late(instant(WANT_TIMEOUT_MS)).map(({ feed }) => feed)).toEqual([a]);
  });

  it('is late in the end, however much else the link brings', () => {
    const wants = new Wants();
    wants.add({ feed: a, link: one, from: 1, to: 9, since: instant(0), tried: [one] }, instant(0));
    wants.add({ feed: b, link: one, from: 1, to: 1_000, since: instant(0), tried: [one] }, instant(0));
    let late: readonly unknown[] = [];
    let now = 0;
    for (let head = 1; late.length === 0 && now < 2 * WANT_PATIENCE_MS; head += 1) {
      now += 1_000;
      wants.arrived(b, head, instant(now));
      late = wants.late(instant(now));
    }
    expect(late).toMatchObject([{ feed: a }]);
    expect(now).toBeGreaterThanOrEqual(WANT_PATIENCE_MS);
    expect(now).toBeLessThan(WANT_PATIENCE_MS + WANT_TIMEOUT_MS + 1_000);
  });
});
