import { describe, expect, it } from 'vitest';
import {
  ANNOUNCE_BURST_MS,
  ANNOUNCE_CHECKS_BURST_MAX,
  ANNOUNCE_CHECKS_MAX,
  ANNOUNCE_CHECKS_PER_SECOND_MAX,
  ANNOUNCE_INTERVAL_MS,
  ANNOUNCE_JITTER_SHARE,
  ANNOUNCE_WAYS,
  ANNOUNCES_PER_SECOND_MAX,
  ANSWER_INTERVAL_MS,
  ANSWERS_BURST_MAX,
  ASKING_BYTES_MIN,
  SIGHTING_LIFE_MS,
  SIGHTINGS_MAX,
} from '../../../pkg/base/limits.ts';
import { type Instant, instant } from '../../../pkg/base/units.ts';
import { ignoredText } from '../../../pkg/discovery/discovery.ts';
import { utf8Bytes } from '../../../pkg/wire/lines.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { nickOf } from '../speaker.ts';

import { announce, answers, Ear, HOME, instanceOf, leave, me, types } from './ear.ts';

describe('announcing', () => {
  it('begins with a burst that asks, and goes on at its interval without asking', () => {
    const ear = new Ear();
    ear.begin();
    ear.run(30_000);
    const [burst, later] = [ear.announced.slice(0, 4), ear.announced.slice(4)];
    expect(burst.map(({ at }) => at)).toEqual(ANNOUNCE_BURST_MS);
    expect(burst.every(({ text }) => JSON.parse(text).ask === true)).toBe(true);
    expect(later.every(({ text }) => JSON.parse(text).ask === undefined)).toBe(true);
    const gaps = later.map(({ at }, place) => at - (ear.announced[place + 3]?.at ?? 0));
    expect(gaps.length).toBeGreaterThanOrEqual(4);
    for (const gap of gaps) {
      expect(Math.abs(gap - ANNOUNCE_INTERVAL_MS)).toBeLessThanOrEqual(ANNOUNCE_INTERVAL_MS * ANNOUNCE_JITTER_SHARE);
    }
  });

  it('waits for its signatures', () => {
    const { discovery } = new Ear();
    expect(types(discovery.begin(nickOf('me')))).toEqual(['sign-own', 'sign-own', 'sign-own']);
    expect(discovery.nextDeadline()).toBeUndefined();
    expect(discovery.signed('asking', 'a', instant(0))).toEqual([]);
    expect(discovery.signed('answering', 'b', instant(0))).toEqual([]);
    expect(discovery.signed('leaving', 'c', instant(0))).toEqual([{ type: 'datagram', to: 'group', text: 'a' }]);
  });

  it('bursts again when the network has changed', () => {
    const ear = new Ear();
    ear.begin();
    ear.run(20_000);
    const before = ear.announced.length;
    ear.settle(ear.discovery.burst(instant(ear.now)));
    ear.run(20_800);
    expect(ear.announced.slice(before).map(({ at }) => at - 20_000)).toEqual(ANNOUNCE_BURST_MS);
  });

  it('of 300 peers together stays under the rate of the network', () => {
    const ear = new Ear();
    ear.begin();
    ear.run(5_000);
    for (let count = 1; count < 300; count += 1) ear.hear(announce(`peer ${count}`));
    const before = ear.announced.length;
    for (let minute = 0; minute < 20; minute += 1) {
      ear.run(ear.now + SIGHTING_LIFE_MS / 2);
      for (let count = 1; count < 300; count += 1) ear.hear(announce(`peer ${count}`));
    }
    const perSecond = (ANNOUNCE_WAYS * (ear.announced.length - before)) / (20 * SIGHTING_LIFE_MS) / 0.000_5;
    expect(perSecond * 300).toBeLessThanOrEqual(ANNOUNCES_PER_SECOND_MAX * 1.1);
    expect(perSecond * 300).toBeGreaterThan(ANNOUNCES_PER_SECOND_MAX / 2);
  });
});

describe('hearing', () => {
  it('a newcomer is sighted at the address its datagram came from, and answered directly', () => {
    const ear = new Ear();
    ear.begin();
    const outs = ear.hear(announce('bob', { ask: true }));
    expect(outs[0]).toEqual({ type: 'sighted', peer: toyPeerId('bob'), at: { address: HOME.address, port: 9000 } });
    expect(outs[1]).toMatchObject({ type: 'datagram', to: HOME });
    expect(JSON.parse(answers(outs)[0]?.text ?? '{}')).toMatchObject({ type: 'announce', peer: me, nick: 'me' });
    expect([...ear.discovery.sightings()]).toEqual([toyPeerId('bob')]);
  });

  it('one who does not ask is not answered', () => {
    const ear = new Ear();
    ear.begin();
    expect(types(ear.hear(announce('bob')))).toEqual(['sighted']);
  });

  it('one who asks often is answered at most so often, one who has started again at once', () => {
    const ear = new Ear();
    ear.begin();
    let count = 0;
    for (; ear.now < 10 * ANSWER_INTERVAL_MS; ear.now += 10)
      count += answers(ear.hear(announce('bob', { ask: true }))).length;
    expect(count).toBe(10);
    expect(answers(ear.hear(announce('bob', { ask: true, instance: instanceOf(2) })))).toHaveLength(1);
  });

  it('an answer is never larger than the question, however long the names are', () => {
    const ear = new Ear();
    ear.settle(ear.discovery.begin(nickOf('𝕬'.repeat(24))));
    const question = announce('bob', { ask: true });
    const [answer] = answers(ear.hear(question));
    expect(answer).toBeDefined();
    expect(utf8Bytes(answer?.text ?? '')).toBeLessThanOrEqual(utf8Bytes(question));
    expect(utf8Bytes(ear.announced[0]?.text ?? '')).toBeGreaterThanOrEqual(ASKING_BYTES_MIN);
    expect(answers(ear.hear(announce('short', { ask: true, pad: '' })))).toEqual([]);
  });

  it('many who ask at once are answered up to a bound', () => {
    const ear = new Ear();
    ear.begin();
    let count = 0;
    for (let asker = 0; asker < ANSWERS_BURST_MAX + 50; asker += 1) {
      count += answers(ear.hear(announce(`asker ${asker}`, { ask: true }))).length;
    }
    expect(count).toBe(ANSWERS_BURST_MAX);
  });

  it('the same datagram again is not verified again, from wherever it comes', () => {
    const ear = new Ear();
    ear.begin();
    ear.hear(announce('bob'));
    const outs = ear.hear(announce('bob'), { address: '10.0.0.8', port: 1 });
    expect(outs).toMatchObject([{ type: 'sighted', at: { address: '10.0.0.8', port: 9000 } }]);
    expect(ear.verified).toBe(1);
  });

  it('a datagram that comes over two cards while it is verified is sighted at both', () => {
    const { discovery } = new Ear();
    const bytes = new TextEncoder().encode(announce('bob'));
    const [check] = discovery.heard(HOME, bytes, instant(0));
    expect(discovery.heard({ address: '10.1.0.7', port: 1 }, bytes, instant(0))).toEqual([]);
    if (check?.type !== 'check') throw new Error('nothing to check');
    const outs = discovery.checked(check.datagram, true, instant(1));
    expect(outs).toMatchObject([{ at: { address: '10.0.0.7' } }, { at: { address: '10.1.0.7' } }]);
    expect(discovery.checked(check.datagram, true, instant(2))).toEqual([]);
  });

  it.each<[string, string]>([
    ['is forged', announce('bob').replace('"port":9000', '"port":9001')],
    ['is of another version', announce('bob', { version: 2 })],
    ['is of another network', announce('bob', { group: '239.1.2.3:9999' })],
    ['is oversized', announce('bob', { pad: 'x'.repeat(1_024) })],
    ['is no JSON', 'hello'],
  ])('what %s is ignored with a reason', (_, text) => {
    const ear = new Ear();
    ear.begin();
    const outs = ear.hear(text);
    expect(types(outs)).toEqual(['ignored']);
    expect(outs.map((out) => (out.type === 'ignored' ? ignoredText(out) : ''))[0]).toMatch(
      /^ignored .*10\.0\.0\.7:40000: \w/,
    );
    expect([...ear.discovery.sightings()]).toEqual([]);
  });

  it('its own announces mean nothing', () => {
    const ear = new Ear();
    ear.begin();
    expect(ear.hear(ear.announced[0]?.text ?? '')).toEqual([]);
  });
});

describe('leaving', () => {
  it('takes the sighting back at once, and only of the start that leaves', () => {
    const ear = new Ear();
    ear.begin();
    ear.hear(announce('bob', { instance: instanceOf(2) }));
    expect(ear.hear(leave('bob', instanceOf(1)))).toEqual([]);
    expect(ear.hear(leave('bob', instanceOf(2)))).toEqual([{ type: 'unsighted', peer: toyPeerId('bob'), left: true }]);
    expect(types(ear.hear(leave('bob', instanceOf(2))))).toEqual(['ignored']);
    expect(ear.run(10 * SIGHTING_LIFE_MS).filter(({ type }) => type === 'unsighted')).toEqual([]);
  });

  it('cannot be undone by an echo of what was announced before; a new start is heard', () => {
    const ear = new Ear();
    ear.begin();
    const before = announce('bob');
    ear.hear(before);
    ear.hear(leave('bob'));
    expect(types(ear.hear(before))).toEqual(['ignored']);
    expect([...ear.discovery.sightings()]).toEqual([]);
    expect(types(ear.hear(announce('bob', { instance: instanceOf(2) })))).toEqual(['sighted']);
  });

  it('needs the key: a forged leave removes nobody', () => {
    const ear = new Ear();
    ear.begin();
    ear.hear(announce('bob'));
    const forged = leave('eve').replace(toyPeerId('eve'), toyPeerId('bob'));
    expect(types(ear.hear(forged))).toEqual(['ignored']);
    expect([...ear.discovery.sightings()]).toEqual([toyPeerId('bob')]);
  });

  it('of somebody who was never heard is told all the same: there may be rumours of it', () => {
    const ear = new Ear();
    ear.begin();
    expect(ear.hear(leave('bob'))).toEqual([{ type: 'unsighted', peer: toyPeerId('bob'), left: true }]);
  });

  it('oneself is said once; after it nothing is announced or answered', () => {
    const ear = new Ear();
    ear.begin();
    const [goodbye] = answers(ear.discovery.leave());
    expect(JSON.parse(goodbye?.text ?? '{}')).toMatchObject({ type: 'leave', peer: me });
    const before = ear.announced.length;
    expect(types(ear.hear(announce('bob', { ask: true })))).toEqual(['sighted']);
    ear.run(30_000);
    expect(ear.announced.length).toBe(before);
  });

  it('without a word is noticed when nothing was heard for so long', () => {
    const ear = new Ear();
    ear.begin();
    ear.hear(announce('bob'));
    ear.run(SIGHTING_LIFE_MS - 1);
    ear.hear(announce('bob'));
    expect(ear.run(2 * SIGHTING_LIFE_MS - 2).filter(({ type }) => type === 'unsighted')).toEqual([]);
    expect(ear.run(2 * SIGHTING_LIFE_MS)).toContainEqual({ type: 'unsighted', peer: toyPeerId('bob'), left: false });
  });
});

describe('an own key that is used elsewhere', () => {
  it('is told of once, and dialled by nobody', () => {
    const ear = new Ear();
    ear.begin();
    const copy = announce('me', { instance: instanceOf(2) });
    expect(ear.hear(copy)).toEqual([{ type: 'doubled', from: HOME }]);
    expect(ear.hear(copy)).toEqual([]);
    expect([...ear.discovery.sightings()]).toEqual([]);
  });

  it('is not believed without its signature, nor when it is oneself', () => {
    const ear = new Ear();
    ear.begin();
    const forged = announce('me', { instance: instanceOf(2) }).replace('"port":9000', '"port":9001');
    expect(types(ear.hear(forged))).toEqual(['ignored']);
    expect(ear.hear(announce('me'))).toEqual([]);
  });
});

describe('the bounds', () => {
  it('the one heard longest ago makes room for the one too many', () => {
    const ear = new Ear();
    ear.begin();
    for (let count = 0; count < SIGHTINGS_MAX; count += 1) {
      ear.hear(announce(`peer ${count}`), { address: `10.0.1.${count % 250}`, port: 40_000 });
    }
    ear.hear(announce('peer 0'));
    const outs = ear.hear(announce('one too many'));
    expect(outs).toContainEqual({ type: 'unsighted', peer: toyPeerId('peer 1'), left: false });
    expect([...ear.discovery.sightings()]).toHaveLength(SIGHTINGS_MAX);
  });

  it('of one source so many signatures are verified, whatever it sends; others are heard beside it', () => {
    const ear = new Ear();
    ear.begin();
    for (let count = 0; count < ANNOUNCE_CHECKS_BURST_MAX + 100; count += 1) ear.hear(announce(`forger ${count}`));
    expect(ear.verified).toBe(ANNOUNCE_CHECKS_BURST_MAX);
    ear.hear(announce('honest'), { address: '10.0.0.8', port: 40_000 });
    expect(ear.verified).toBe(ANNOUNCE_CHECKS_BURST_MAX + 1);
    ear.now += 1_000;
    for (let count = 0; count < 500; count += 1) ear.hear(announce(`forger again ${count}`));
    expect(ear.verified).toBe(ANNOUNCE_CHECKS_BURST_MAX + 1 + ANNOUNCE_CHECKS_PER_SECOND_MAX);
  });

  it('so many are verified at once, the others dropped until one is done', () => {
    const { discovery } = new Ear();
    const now: Instant = instant(0);
    const hear = (name: string) => discovery.heard(HOME, new TextEncoder().encode(announce(name)), now);
    const checks = Array.from({ length: ANNOUNCE_CHECKS_MAX }, (_, count) => hear(`peer ${count}`)[0]);
    expect(hear('one too many')).toMatchObject([{ type: 'ignored', why: 'too many to verify' }]);
    const [first] = checks;
    if (first?.type !== 'check') throw new Error('nothing to check');
    expect(types(discovery.checked(first.datagram, false, now))).toEqual(['ignored']);
    expect(types(hear('one too many'))).toEqual(['check']);
  });
});
