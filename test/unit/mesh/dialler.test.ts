import { describe, expect, it } from 'vitest';
import {
  BACKOFF_MS_MAX,
  DIAL_DEFER_MS,
  DIAL_DEFERRALS_MAX,
  DIALLABLE_MAX,
  DIALS_FAILED_MAX,
  DIALS_MAX,
  DIALS_PER_ADDRESS_MAX,
  DIALS_UNSURE_BURST_MAX,
  DIALS_UNSURE_MAX,
  DIALS_UNSURE_PER_SECOND_MAX,
  ENDPOINTS_PER_PEER_MAX,
  PEERS_TOLD_MAX,
  REMEMBERED_DELAY_MS,
  WRONG_ENDPOINT_MS,
} from '../../../pkg/base/limits.ts';

import { instant } from '../../../pkg/base/units.ts';
import { bob, Desk, greatest, HOME, me, others, types } from './desk.ts';

describe('dialling', () => {
  it('begins at once from the smaller id, a moment later from the greater', () => {
    for (const [id, at] of [
      [me, 0],
      [greatest, DIAL_DEFER_MS],
    ] as const) {
      const desk = new Desk(id);
      desk.sighted();
      expect(desk.dialler.nextDeadline()).toBe(at);
    }
  });

  it('from the greater id gives way while a dial to the same address is under way, though not for ever', () => {
    const desk = new Desk(greatest);
    const [first, second, third] = others;
    desk.sighted(first);
    desk.sighted(second);
    desk.sighted(third, { address: '10.0.0.8', port: 1 });
    desk.now = DIAL_DEFER_MS;
    const [under, elsewhere] = desk.due();
    expect([under?.peer, elsewhere?.peer]).toEqual([first, third]);
    expect(desk.run(60_000, () => undefined)).toEqual([DIAL_DEFER_MS * (1 + DIAL_DEFERRALS_MAX)]);
  });

  it('from the greater id goes on as soon as the one to the same address has ended, or is one that failed before', () => {
    const desk = new Desk(greatest);
    const [first, second] = others;
    desk.sighted(first);
    desk.sighted(second);
    desk.now = DIAL_DEFER_MS;
    const [under] = desk.due();
    if (under !== undefined) desk.fail(under.dial);
    desk.now = 2 * DIAL_DEFER_MS;
    expect(desk.due().map(({ peer }) => peer)).toEqual([second]);

    const again = new Desk(greatest);
    again.sighted(first);
    again.now = DIAL_DEFER_MS;
    for (const { dial } of again.due()) again.fail(dial);
    again.now = 1_000;
    expect(again.due().map(({ peer }) => peer)).toEqual([first]);
    again.sighted(second);
    again.now += DIAL_DEFER_MS;
    expect(again.due().map(({ peer }) => peer)).toEqual([second]);
  });

  it('is not done where a link is, and again after one is lost', () => {
    const desk = new Desk();
    const link = desk.link();
    desk.sighted();
    expect(desk.run(60_000)).toEqual([]);
    expect(desk.close(link)).toEqual([{ type: 'unlinked', peer: bob, why: 'over' }]);
    expect(desk.run(61_000)).toHaveLength(2);
  });

  it('waits twice as long each time up to its greatest, and gives up in the end', () => {
    const desk = new Desk();
    desk.sighted();
    const times = desk.run(3_600_000);
    const gaps = times.slice(1).map((at, place) => at - (times[place] ?? 0));
    expect(gaps[0]).toBeLessThan(320);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(BACKOFF_MS_MAX * 1.25);
    expect(times).toHaveLength(DIALS_FAILED_MAX + 1);
    expect(desk.dialler.nextDeadline()).toBeUndefined();
  });

  it('begins anew when the peer announces itself', () => {
    const desk = new Desk();
    desk.sighted();
    desk.run(60_000);
    desk.sighted();
    expect(desk.run(62_000).length).toBeGreaterThanOrEqual(3);
  });

  it('races the addresses, the one heard last first, and remembers so many', () => {
    const desk = new Desk();
    for (let place = 0; place < 10; place += 1) desk.sighted(bob, { address: `10.0.0.${place}`, port: 1 });
    const [out] = desk.due();
    const addresses = out?.to.map(({ address }) => address) ?? [];
    expect(addresses.slice(0, 4)).toEqual(['10.0.0.9', '10.0.0.8', '10.0.0.7', '10.0.0.6']);
    expect(addresses).toHaveLength(ENDPOINTS_PER_PEER_MAX);
  });

  it('leaves out where somebody else answered, for a while, however often it is announced', () => {
    const desk = new Desk();
    const fake = { address: '10.0.0.66', port: 1 };
    desk.sighted();
    desk.sighted(bob, fake);
    const [first] = desk.due();
    expect(first?.to).toEqual([fake, HOME]);
    if (first !== undefined) desk.fail(first.dial, [fake]);
    desk.sighted(bob, fake);
    desk.now = 5_000;
    expect(desk.due().map(({ to }) => to)).toEqual([[HOME]]);
  });

  it('prefers where a link has stood, and what was heard since, to hearsay; false announces do not push it out', () => {
    const desk = new Desk();
    desk.close(desk.link());
    desk.dialler.told(bob, [{ address: '10.0.0.50', port: 1 }], instant(0));
    for (let place = 100; place < 150; place += 1) desk.sighted(bob, { address: `10.0.0.${place}`, port: 1 });
    desk.now = 1_000;
    const [out] = desk.due();
    expect(out?.to.slice(0, 2)).toEqual([{ address: '10.0.0.149', port: 1 }, HOME]);
  });

  it('knows where the peer was last time, however many addresses a neighbour makes up', () => {
    const desk = new Desk();
    desk.dialler.remember([{ peer: bob, at: [HOME] }], instant(0));
    for (let place = 100; place < 120; place += 1)
      desk.dialler.told(bob, [{ address: `10.0.0.${place}`, port: 1 }], instant(0));
    desk.now = REMEMBERED_DELAY_MS;
    const [out] = desk.due();
    expect(out?.to).toContainEqual(HOME);
    expect(out?.to).toContainEqual({ address: '10.0.0.119', port: 1 });
  });

  it('knows where a link stands, however many others are announced before it', () => {
    const desk = new Desk();
    for (let place = 100; place < 120; place += 1) desk.sighted(bob, { address: `10.0.0.${place}`, port: 1 });
    desk.link();
    expect(desk.dialler.placesOf(bob)?.toRemember()).toEqual([HOME]);
    expect(desk.dialler.placesOf(bob)?.toTell()).toContainEqual(HOME);
  });

  it('tells others what a link or the peer itself vouches for, and remembers where links have stood', () => {
    const desk = new Desk();
    const [told, heard] = [
      { address: '10.0.0.50', port: 1 },
      { address: '10.0.0.51', port: 1 },
    ];
    desk.dialler.told(bob, [told], instant(0));
    desk.sighted(bob, heard);
    desk.link();
    const places = desk.dialler.placesOf(bob);
    expect(places?.toTell()).toEqual([heard, HOME]);
    expect(places?.toRemember()).toEqual([HOME]);
    places?.wrong(HOME, instant(0));
    expect(places?.toTell()).toEqual([heard]);
    expect(places?.isSure).toBe(true);
  });

  it('tries a false place again when its time is over', () => {
    const desk = new Desk();
    desk.sighted();
    const [first] = desk.due();
    if (first !== undefined) desk.fail(first.dial, [HOME]);
    const times = desk.run(2 * WRONG_ENDPOINT_MS);
    expect(times[0]).toBeGreaterThanOrEqual(WRONG_ENDPOINT_MS);
  });

  it('of whom others tell begins once, and not with oneself', () => {
    const desk = new Desk();
    desk.dialler.told(me, [HOME], instant(0));
    desk.dialler.told(bob, [], instant(0));
    expect(desk.dialler.nextDeadline()).toBeUndefined();
    desk.dialler.told(bob, [HOME], instant(0));
    const [first] = desk.due();
    if (first !== undefined) desk.fail(first.dial);
    const next = desk.dialler.nextDeadline();
    desk.dialler.told(bob, [HOME], instant(0));
    expect(desk.dialler.nextDeadline()).toBe(next);
  });

  it('is done to so many at once in all, and to one address; the others when one has ended', () => {
    const desk = new Desk();
    const crowd = others.slice(0, 2 * DIALS_MAX);
    for (const [place, peer] of crowd.entries()) desk.sighted(peer, { address: `10.0.1.${place}`, port: 1 });
    const first = desk.due();
    expect(first).toHaveLength(DIALS_MAX);
    expect(desk.due()).toEqual([]);
    const [one] = first;
    if (one !== undefined) desk.fail(one.dial);
    expect(desk.due()).toHaveLength(1);

    const house = new Desk();
    for (const peer of crowd) house.sighted(peer);
    const together = house.due();
    expect(together).toHaveLength(DIALS_PER_ADDRESS_MAX);
    for (const { dial, peer } of together) house.open(peer, dial);
    expect(house.due()).toHaveLength(DIALS_PER_ADDRESS_MAX);
  });

  it('of those who may not be there leaves room for who is heard', () => {
    const desk = new Desk();
    const remembered = others
      .slice(100, 200)
      .map((peer, place) => ({ peer, at: [{ address: `10.0.2.${place}`, port: 1 }] }));
    desk.dialler.remember(remembered, instant(0));
    desk.now = 1_000;
    expect(desk.due()).toHaveLength(DIALS_UNSURE_MAX);
    desk.sighted();
    expect(desk.due().map(({ peer }) => peer)).toEqual([bob]);
  });

  it('knows so many of those who are announced, those heard last, and whoever is linked', () => {
    const desk = new Desk();
    desk.link();
    for (const peer of others.slice(1)) desk.sighted(peer);
    const known = others.filter((peer) => desk.dialler.placesOf(peer) !== undefined);
    expect(known).toEqual([bob, ...others.slice(1 - DIALLABLE_MAX)]);
  });

  it('of whom a neighbour made up at somebody’s address is done so often and no more, though that refuses at once', () => {
    const desk = new Desk();
    const seconds = 20;
    let dials = 0;
    for (let second = 0; second < seconds; second += 1) {
      const made = Array.from({ length: PEERS_TOLD_MAX }, (_, place) => others[(second * 500 + place) % others.length]);
      for (const peer of made) desk.dialler.told(peer ?? bob, [HOME], instant(desk.now));
      dials += desk.run((second + 1) * 1_000).length;
    }
    expect(dials).toBeGreaterThan(DIALS_UNSURE_BURST_MAX);
    expect(dials).toBeLessThanOrEqual(DIALS_UNSURE_BURST_MAX + seconds * DIALS_UNSURE_PER_SECOND_MAX);
    desk.sighted(greatest, { address: '10.0.0.8', port: 8080 });
    expect(desk.due().map(({ peer }) => peer)).toEqual([greatest]);
  });

  it('reaches in the end everyone who waits, though some link meanwhile by themselves', () => {
    const desk = new Desk();
    const crowd = others.slice(0, 100);
    for (const peer of crowd) desk.sighted(peer);
    for (const peer of crowd.slice(40, 80)) desk.link(peer);
    desk.run(30_000, ({ dial, peer }) => desk.greet(desk.open(peer, dial).link));
    expect(desk.mesh.size).toBe(crowd.length);
  });

  it('begins with those of last time, unless an announce brings them before', () => {
    const desk = new Desk();
    desk.dialler.remember([{ peer: bob, at: [HOME] }], instant(0));
    expect(desk.dialler.nextDeadline()).toBe(REMEMBERED_DELAY_MS);
    desk.sighted();
    expect(desk.dialler.nextDeadline()).toBe(0);
  });

  it('tries everyone anew after a sleep', () => {
    const desk = new Desk();
    desk.sighted();
    desk.run(60_000);
    desk.dialler.refresh(instant(desk.now));
    expect(desk.run(62_000).length).toBeGreaterThanOrEqual(3);
  });

  it('stops at a goodbye until the next announce', () => {
    const desk = new Desk();
    const link = desk.link();
    desk.mesh.farewell(link);
    desk.close(link);
    expect(desk.run(60_000)).toEqual([]);
    desk.sighted();
    expect(desk.dialler.nextDeadline()).toBeDefined();
    desk.dialler.left(bob);
    expect(desk.dialler.nextDeadline()).toBeUndefined();
  });

  it('ends with leaving: nothing is dialled or accepted', () => {
    const desk = new Desk();
    const link = desk.link();
    desk.sighted(others[1]);
    desk.mesh.leave();
    desk.close(link);
    expect(desk.run(60_000)).toEqual([]);
    expect(types(desk.open().out)).toEqual(['goodbye']);
  });
});
