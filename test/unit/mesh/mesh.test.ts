import { describe, expect, it } from 'vitest';
import {
  BACKOFF_MS_MAX,
  CANDIDATES_PER_PEER_MAX,
  DIAL_DEFER_MS,
  DIALLABLE_MAX,
  DIALS_FAILED_MAX,
  DIALS_MAX,
  DIALS_PER_ADDRESS_MAX,
  DIALS_UNSURE_MAX,
  ENDPOINTS_PER_PEER_MAX,
  GREETINGS_MAX,
  LINK_YIELD_INTERVAL_MS,
  LINKS_MAX_DEFAULT,
  REMEMBERED_DELAY_MS,
} from '../../../pkg/base/limits.ts';
import { type DialId, dialId, type LinkId, linkId } from '../../../pkg/base/link-id.ts';
import { instant } from '../../../pkg/base/units.ts';
import type { PeerId } from '../../../pkg/identity/peer-id.ts';
import type { DialOut } from '../../../pkg/mesh/dialler.ts';
import type { MeshOut } from '../../../pkg/mesh/mesh.ts';
import type { Endpoint } from '../../../pkg/wire/endpoint.ts';
import { isInstanceId } from '../../../pkg/wire/fields.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { Switchboard } from '../../switchboard.ts';

const HOME = { address: '10.0.0.7', port: 8080 };
const INSTANCE = '0123456789abcdef';
const names = Array.from({ length: 3_000 }, (_, count) => toyPeerId(`peer ${count}`)).sort();
/** Smaller than everyone else's, so that it dials at once. */
const me = names[0] ?? toyPeerId('me');
const greatest = names.at(-1) ?? me;
const others = names.slice(1);
const bob = others[0] ?? me;

class Desk {
  readonly board: Switchboard;
  now = 0;
  #links = 0;

  constructor(id: PeerId = me) {
    this.board = new Switchboard(id);
  }

  get mesh(): Switchboard['mesh'] {
    return this.board.mesh;
  }

  get dialler(): Switchboard['dialler'] {
    return this.board.dialler;
  }

  sighted(peer = bob, at = HOME): void {
    this.dialler.sighted(peer, at, instant(this.now));
  }

  due(): readonly DialOut[] {
    return this.dialler.due(instant(this.now));
  }

  fail(dial: DialId, wrong: readonly Endpoint[] = []): void {
    this.dialler.dialFailed(dial, wrong, instant(this.now));
  }

  open(peer = bob, dial?: DialId): { readonly link: LinkId; readonly out: readonly MeshOut[] } {
    this.#links += 1;
    const link = linkId(this.#links);
    return {
      link,
      out: this.board.opened(link, peer, { address: HOME.address, port: 50_000 }, dial, instant(this.now)),
    };
  }

  greet(link: LinkId, port = 8080): readonly MeshOut[] {
    if (!isInstanceId(INSTANCE)) throw new Error('no instance');
    return this.mesh.greeted(link, { instance: INSTANCE, lost: 0, port }, instant(this.now));
  }

  link(peer = bob): LinkId {
    const { link } = this.open(peer);
    this.greet(link);
    return link;
  }

  close(link: LinkId): readonly MeshOut[] {
    return this.mesh.closed(link, 'over', instant(this.now));
  }

  /** Wakes at each deadline; each dial fails unless `end` does something else. The times of the dials. */
  run(until: number, end: (out: DialOut) => void = ({ dial }) => this.fail(dial)): number[] {
    const times: number[] = [];
    const { dialler } = this;
    for (let next = dialler.nextDeadline(); next !== undefined && next <= until; next = dialler.nextDeadline()) {
      this.now = Math.max(this.now, next);
      for (const out of this.due()) {
        times.push(this.now);
        end(out);
      }
    }
    this.now = until;
    return times;
  }
}

const types = (outs: readonly MeshOut[]) => outs.map((out) => (out.type === 'refuse' ? out.code : out.type));

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
      dials.begin({ type: 'target', target: 'somewhere' }, { address: HOME.address, unsure: false }),
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

  it('that do not greet are so many in all and so many of one peer', () => {
    const desk = new Desk();
    for (let count = 0; count < CANDIDATES_PER_PEER_MAX; count += 1) expect(types(desk.open().out)).toEqual(['greet']);
    expect(types(desk.open().out)).toEqual(['duplicate']);
    for (let count = CANDIDATES_PER_PEER_MAX; count < LINKS_MAX_DEFAULT + GREETINGS_MAX; count += 1)
      desk.open(others[count]);
    expect(types(desk.open(greatest).out)).toEqual(['links-full']);
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
