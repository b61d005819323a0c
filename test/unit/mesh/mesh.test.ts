import { describe, expect, it } from 'vitest';
import {
  CANDIDATES_PER_PEER_MAX,
  DIALLABLE_MAX,
  DIALS_FAILED_MAX,
  GREETINGS_MAX,
  LINK_YIELD_INTERVAL_MS,
  LINKS_MAX_DEFAULT,
} from '../../../pkg/base/limits.ts';
import { dialId, linkId } from '../../../pkg/base/link-id.ts';
import { instant } from '../../../pkg/base/units.ts';
import type { PeerId } from '../../../pkg/identity/peer-id.ts';
import { bob, Desk, greatest, HOME, me, others, types } from './desk.ts';

describe('links', () => {
  it('one-link: the second one by the same dial is refused, the first stays', () => {
    const desk = new Desk();
    const link = desk.link();
    const { link: second, out } = desk.open();
    expect(out).toEqual([{ type: 'greet', link: second, peer: bob, lost: 0 }]);
    expect(types(desk.greet(second))).toEqual(['duplicate']);
    expect(desk.mesh.linkTo(bob)).toBe(link);
    expect(desk.close(second)).toEqual([]);
    expect(desk.mesh.size).toBe(1);
  });

  it('one-link: the dial of the smaller id takes over from that of the greater, without anybody leaving', () => {
    const desk = new Desk();
    desk.sighted();
    const [out] = desk.due();
    const { link: theirs } = desk.open();
    const { link: ours } = desk.open(bob, out?.dial);
    desk.greet(theirs);
    const greeted = desk.greet(ours);
    expect(types(greeted)).toEqual(['duplicate', 'linked']);
    expect(greeted[1]).toMatchObject({ link: ours, instead: theirs });
    expect(desk.close(theirs)).toEqual([]);
    expect(desk.mesh.linkTo(bob)).toBe(ours);
  });

  it('one-link: who dials greets on no second link, and not where one stands', () => {
    const desk = new Desk();
    const [first, second] = [desk.board.dials, desk.board.dials].map((dials) =>
      dials.begin({ type: 'target', target: 'somewhere' }, { address: HOME.address, unsure: false }, instant(0)),
    );
    const { link, out } = desk.open(bob, first);
    expect(types(out)).toEqual(['greet']);
    expect(types(desk.open(bob, second).out)).toEqual(['duplicate']);
    desk.greet(link);
    expect(types(desk.open(bob, dialId(3)).out)).toEqual(['duplicate']);
    expect(desk.mesh.linkTo(bob)).toBe(link);
  });

  it('to oneself are refused', () => {
    const desk = new Desk();
    expect(types(desk.open(me).out)).toEqual(['self']);
  });

  it('that nobody knows change nothing', () => {
    const desk = new Desk();
    expect(desk.greet(linkId(99))).toEqual([]);
    expect(desk.close(linkId(99))).toEqual([]);
    desk.mesh.farewell(linkId(99));
    desk.fail(dialId(99));
    desk.dialler.left(bob);
    expect(desk.mesh.size).toBe(0);
  });

  it('are so many and no more; one of them makes room for a newcomer, but not for one after another', () => {
    const desk = new Desk();
    const links = others.slice(0, LINKS_MAX_DEFAULT).map((peer) => desk.link(peer));
    const [given, linked] = desk.greet(desk.open(greatest).link);
    if (given?.type !== 'refuse') throw new Error('no link is given up');
    expect([given.code, linked?.type]).toEqual(['links-full', 'linked']);
    expect(links).toContain(given.link);
    desk.close(given.link);
    expect(desk.mesh.size).toBe(LINKS_MAX_DEFAULT);
    const [late, later] = others.slice(LINKS_MAX_DEFAULT);
    expect(types(desk.greet(desk.open(late).link))).toEqual(['links-full']);
    expect(desk.mesh.size).toBe(LINKS_MAX_DEFAULT);
    desk.now += LINK_YIELD_INTERVAL_MS;
    expect(types(desk.greet(desk.open(later).link))).toEqual(['links-full', 'linked']);
  });

  it('make room at the address that holds most of them: keys by the hundred part nobody from those who are there', () => {
    const desk = new Desk();
    const [honest, keys] = [others.slice(0, 64), others.slice(64, 1_000)];
    for (const [place, peer] of honest.entries()) desk.greet(desk.open(peer, undefined, `10.0.1.${place}`).link);
    for (const peer of keys) {
      desk.now += LINK_YIELD_INTERVAL_MS;
      for (const out of desk.greet(desk.open(peer, undefined, '10.0.0.66').link)) {
        if (out.type === 'refuse') desk.close(out.link);
      }
    }
    expect(desk.mesh.size).toBe(LINKS_MAX_DEFAULT);
    expect(honest.filter((peer) => desk.mesh.linkTo(peer) === undefined)).toEqual([]);
    desk.now += LINK_YIELD_INTERVAL_MS;
    const late = desk.greet(desk.open(greatest, undefined, '10.0.1.200').link);
    expect(types(late)).toEqual(['links-full', 'linked']);
  });

  it('that do not greet are so many in all and so many of one peer', () => {
    const desk = new Desk();
    for (let count = 0; count < CANDIDATES_PER_PEER_MAX; count += 1) expect(types(desk.open().out)).toEqual(['greet']);
    expect(types(desk.open().out)).toEqual(['duplicate']);
    for (let count = CANDIDATES_PER_PEER_MAX; count < LINKS_MAX_DEFAULT + GREETINGS_MAX; count += 1)
      desk.open(others[count]);
    expect(types(desk.open(greatest).out)).toEqual(['links-full']);
  });

  it('that do not greet make room for somebody from elsewhere, the oldest of the address that has most of them', () => {
    const desk = new Desk();
    const { link: oldest } = desk.open(others[0], undefined, '10.0.0.66');
    for (let count = 1; count < LINKS_MAX_DEFAULT + GREETINGS_MAX; count += 1) {
      desk.now += 1;
      desk.open(others[count], undefined, '10.0.0.66');
    }
    const { link, out } = desk.open(greatest, undefined, '10.0.1.1');
    expect(out[0]).toMatchObject({ type: 'refuse', link: oldest, code: 'links-full' });
    desk.close(oldest);
    expect(types(desk.greet(link))).toEqual(['linked']);
    expect(types(desk.open(others[1_000], undefined, '10.0.0.66').out)).toEqual(['links-full']);
    expect(desk.dialler.placesOf(others[0] ?? bob)).toBeUndefined();
  });

  it('one-link: who opens and forgets link after link leaves nothing behind but the last', () => {
    const desk = new Desk();
    for (let count = 0; count < 1_000; count += 1) {
      const { link } = desk.open();
      desk.greet(link);
      if (desk.mesh.linkTo(bob) !== link) desk.close(link);
    }
    expect(desk.mesh.size).toBe(1);
    expect(types(desk.open(greatest).out)).toEqual(['greet']);
  });

  it('of strangers by the thousand are not all dialled back', () => {
    const desk = new Desk();
    for (const peer of others) desk.close(desk.link(peer));
    const dialled = new Set<PeerId>();
    desk.run(10_000, ({ dial, peer }) => {
      if (peer !== undefined) dialled.add(peer);
      desk.fail(dial);
    });
    expect(dialled.size).toBeLessThanOrEqual(DIALLABLE_MAX);
    expect(desk.run(3_600_000).length).toBeLessThan(DIALLABLE_MAX * DIALS_FAILED_MAX);
    expect(desk.dialler.nextDeadline()).toBeUndefined();
  });
});
