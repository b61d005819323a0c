import { describe, expect, it } from 'vitest';
import { ANSWER_INTERVAL_MS, ANSWERS_BURST_MAX, PROBE_LIFE_MS, PROBERS_MAX } from '../../../pkg/base/limits.ts';
import { instant } from '../../../pkg/base/units.ts';
import { sealed, unsealed } from '../../../pkg/wire/entry.ts';
import { toyPeerId, toySign } from '../../sim/toy-crypto.ts';
import { nickOf } from '../speaker.ts';
import { answers, Ear, HOME, instanceOf, me, types } from './ear.ts';

function probe(name: string, fields: object = {}): string {
  const peer = toyPeerId(name);
  const group = '224.0.0.1:9999';
  const text = unsealed({
    type: 'probe',
    version: 1,
    peer,
    instance: instanceOf(1),
    group,
    port: 9000,
    way: 'multicast',
    pad: '.'.repeat(500),
    ...fields,
  });
  return sealed(text, toySign(peer, 'announce', text));
}

function awake(): Ear {
  const ear = new Ear();
  ear.begin();
  ear.run(2_000);
  return ear;
}

const ways = (ear: Ear, name: string, instance = instanceOf(1)) =>
  ear.discovery.probedBy(toyPeerId(name), instance, instant(ear.now));

describe('a probe', () => {
  it('is answered with the announce to where it came from, and makes no sighting', () => {
    const ear = awake();
    const out = ear.hear(probe('doctor'));
    expect(types(out)).toEqual(['datagram']);
    const [answer] = answers(out);
    expect(answer).toMatchObject({ to: HOME });
    expect(answer?.type === 'datagram' && JSON.parse(answer.text)).toMatchObject({ type: 'announce', peer: me });
    expect([...ear.discovery.sightings()]).toEqual([]);
  });

  it('is never answered with more than it brought', () => {
    const ear = awake();
    ear.settle(ear.discovery.begin(nickOf('𝕬'.repeat(24))));
    expect(ear.hear(probe('doctor', { pad: undefined }))).toEqual([]);
    expect(ways(ear, 'doctor')).toEqual(['multicast']);
    expect(answers(ear.hear(probe('other', { pad: '.'.repeat(300) }))).length).toBe(1);
  });

  it('is answered again only after a while, by whichever ways it comes', () => {
    const ear = awake();
    expect(answers(ear.hear(probe('doctor'))).length).toBe(1);
    expect(answers(ear.hear(probe('doctor', { way: 'broadcast' }))).length).toBe(0);
    ear.run(ear.now + ANSWER_INTERVAL_MS);
    expect(answers(ear.hear(probe('doctor', { way: 'ipv6', instance: instanceOf(2) }))).length).toBe(1);
  });

  it('of a crowd is answered up to a bound, as are those who are new', () => {
    const ear = awake();
    let count = 0;
    for (let prober = 0; prober < ANSWERS_BURST_MAX + 50; prober += 1) {
      count += answers(ear.hear(probe(`prober ${prober}`))).length;
    }
    expect(count).toBe(ANSWERS_BURST_MAX);
  });

  it('of another version or network is answered: whoever examines wants to hear of everybody', () => {
    const ear = awake();
    expect(answers(ear.hear(probe('later', { version: 99 }))).length).toBe(1);
    expect(answers(ear.hear(probe('elsewhere', { group: '239.9.9.9:9' }))).length).toBe(1);
  });

  it('is remembered with its ways, for its own start, for a while', () => {
    const ear = awake();
    ear.hear(probe('doctor'));
    ear.hear(probe('doctor', { way: 'broadcast' }));
    expect(ways(ear, 'doctor')).toEqual(['multicast', 'broadcast']);
    expect(ways(ear, 'doctor', instanceOf(2))).toEqual([]);
    expect(ways(ear, 'nobody')).toEqual([]);
    ear.now += PROBE_LIFE_MS;
    expect(ways(ear, 'doctor')).toEqual([]);
  });

  it('counts for nothing when it is forged or one of our own', () => {
    const ear = awake();
    const forged = probe('doctor').replace('"way":"multicast"', '"way":"broadcast"');
    expect(types(ear.hear(forged))).toEqual(['ignored']);
    expect(ways(ear, 'doctor')).toEqual([]);
    // Another start of ours that probes is no copy of the profile.
    expect(ear.hear(probe('me', { instance: instanceOf(9) }))).toEqual([]);
  });

  it('of many keys is remembered up to a bound, the latest ones', () => {
    const ear = awake();
    for (let count = 0; count <= PROBERS_MAX; count += 1) ear.hear(probe(`doctor ${count}`));
    expect(ways(ear, 'doctor 0')).toEqual([]);
    expect(ways(ear, `doctor ${PROBERS_MAX}`)).toEqual(['multicast']);
  });

  it('gets no answer from who leaves', () => {
    const ear = awake();
    ear.discovery.leave();
    expect(ear.hear(probe('doctor'))).toEqual([]);
    expect(ear.discovery.again()).toEqual([]);
  });
});
