import { describe, expect, it } from 'vitest';
import { ANSWER_INTERVAL_MS, VISIT_DIAL_MS, VISITS_MAX, VISITS_PER_ADDRESS_MAX } from '../../../pkg/base/limits.ts';
import { dialId, linkId } from '../../../pkg/base/link-id.ts';
import { instant } from '../../../pkg/base/units.ts';
import { type VisitOut, Visits } from '../../../pkg/session/visits.ts';
import type { Visit } from '../../../pkg/wire/message.ts';
import { instanceOf } from '../discovery/ear.ts';
import { Speaker } from '../speaker.ts';

const peer = new Speaker('doctor').peer;
const from = { address: '10.0.0.9', port: 40_112 };
const VISIT: Visit = { type: 'visit', version: 1, group: '224.0.0.1:9999', instance: instanceOf(3), port: 8080 };

function begin(visits: Visits, count = 1, now = 0, address = from.address): VisitOut[] {
  return visits.begin(linkId(count), { peer, from: { ...from, address } }, VISIT, instant(now));
}

const types = (outs: readonly VisitOut[] | undefined) => outs?.map(({ type }) => type);

function dialOf(outs: readonly VisitOut[]) {
  const out = outs.find(({ type }) => type === 'dial');
  if (out?.type !== 'dial') throw new Error('nobody is dialled');
  return out;
}

describe('a visit', () => {
  it('is received, announced to, dialled back where it came from, told and ended', () => {
    const visits = new Visits();
    const outs = begin(visits);
    expect(types(outs)).toEqual(['receive', 'announce', 'dial']);
    const { dial, to } = dialOf(outs);
    expect(to).toEqual([{ address: '10.0.0.9', port: 8080 }]);
    const ended = visits.dialled(dial, undefined);
    expect(types(ended)).toEqual(['tell', 'end']);
    expect(ended?.[0]).toMatchObject({ message: { type: 'dialled-back', ok: true, why: '' } });
    expect([visits.size, visits.nextDeadline()]).toEqual([0, undefined]);
  });

  it('is told why it could not be dialled, and that it took too long', () => {
    const visits = new Visits();
    const { dial } = dialOf(begin(visits));
    expect(visits.dialled(dial, 'ECONNREFUSED')?.[0]).toMatchObject({ message: { ok: false, why: 'ECONNREFUSED' } });
    const slow = dialOf(begin(visits, 2, 1_000));
    expect(visits.nextDeadline()).toBe(1_000 + VISIT_DIAL_MS);
    expect(visits.due(instant(999 + VISIT_DIAL_MS))).toEqual([]);
    expect(visits.due(instant(1_000 + VISIT_DIAL_MS))[0]).toMatchObject({ message: { ok: false, why: 'timeout' } });
    expect(visits.dialled(slow.dial, undefined)).toEqual([]);
  });

  it('leaves the dials of others alone', () => {
    expect(new Visits().dialled(dialId(1), undefined)).toBeUndefined();
  });

  it('is forgotten when the visitor goes', () => {
    const visits = new Visits();
    const { dial } = dialOf(begin(visits));
    visits.closed(linkId(1));
    expect([visits.size, visits.nextDeadline()]).toEqual([0, undefined]);
    expect(visits.dialled(dial, undefined)).toEqual([]);
  });

  it('too many at once is told so, and nobody is dialled for it', () => {
    const visits = new Visits();
    const dials = Array.from(
      { length: VISITS_MAX },
      (_, count) => dialOf(begin(visits, count, 0, `10.0.1.${count}`)).dial,
    );
    expect(begin(visits, VISITS_MAX + 1)).toMatchObject([{ type: 'end', code: 'busy' }]);
    visits.dialled(dials[0] ?? dialId(0), undefined);
    expect(types(begin(visits, VISITS_MAX + 2))).toContain('receive');
  });

  it('of one address too many leave room for others', () => {
    const visits = new Visits();
    for (let count = 1; count <= VISITS_PER_ADDRESS_MAX; count += 1)
      expect(types(begin(visits, count))).toContain('dial');
    expect(begin(visits, 8)).toMatchObject([{ type: 'end', code: 'busy' }]);
    expect(types(begin(visits, 9, 0, '10.0.0.10'))).toContain('dial');
  });

  it('counts until its dial has ended, though the visitor hangs up at once', () => {
    const visits = new Visits();
    const dials = [];
    for (let count = 1; count <= 100; count += 1) {
      dials.push(...begin(visits, count).filter(({ type }) => type === 'dial'));
      visits.closed(linkId(count));
    }
    expect(dials).toHaveLength(VISITS_PER_ADDRESS_MAX);
    for (const out of dials) if (out.type === 'dial') expect(visits.dialled(out.dial, 'timeout')).toEqual([]);
    expect(types(begin(visits, 101))).toContain('dial');
  });

  it('soon after another makes no further announce', () => {
    const visits = new Visits();
    begin(visits);
    expect(types(begin(visits, 2, ANSWER_INTERVAL_MS - 1))).toEqual(['receive', 'dial']);
    expect(types(begin(visits, 3, ANSWER_INTERVAL_MS, '10.0.0.10'))).toContain('announce');
  });
});
