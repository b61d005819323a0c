import { describe, expect, it } from 'vitest';
import {
  BACKOFF_MS_MAX,
  CANDIDATES_PER_PEER_MAX,
  DIAL_DEFER_MS,
  DIALLABLE_MAX,
  DIALS_FAILED_MAX,
  DIALS_MAX,
  LINK_YIELD_INTERVAL_MS,
  LINKS_MAX,
  LINKS_OPEN_MAX,
  SIGHTING_ADDRESSES_MAX,
} from '../../../pkg/base/limits.ts';
import { type LinkId, linkId } from '../../../pkg/base/link-id.ts';
import { Random } from '../../../pkg/base/random.ts';
import { instant } from '../../../pkg/base/units.ts';
import type { PeerId } from '../../../pkg/identity/peer-id.ts';
import { Mesh, type MeshOut } from '../../../pkg/mesh/mesh.ts';
import { isInstanceId } from '../../../pkg/wire/fields.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';

const HOME = { address: '10.0.0.7', port: 8080 };
const INSTANCE = '0123456789abcdef';
const names = Array.from({ length: 3_000 }, (_, count) => toyPeerId(`peer ${count}`)).sort();
/** Smaller than everyone else's, so that it dials at once. */
const me = names[0] ?? toyPeerId('me');
const greatest = names.at(-1) ?? me;
const others = names.slice(1);
const bob = others[0] ?? me;

class Desk {
  readonly mesh: Mesh;
  now = 0;
  #links = 0;

  constructor(id: PeerId = me) {
    this.mesh = new Mesh(id, new Random(1));
  }

  sighted(peer = bob, at = HOME): void {
    this.mesh.sighted(peer, at, instant(this.now));
  }

  open(peer = bob, dialled = false): { readonly link: LinkId; readonly out: readonly MeshOut[] } {
    this.#links += 1;
    const link = linkId(this.#links);
    return {
      link,
      out: this.mesh.opened(link, peer, { address: HOME.address, port: 50_000 }, dialled, instant(this.now)),
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
  run(until: number, end: (peer: PeerId) => void = (peer) => this.mesh.dialFailed(peer, instant(this.now))): number[] {
    const times: number[] = [];
    for (let next = this.mesh.nextDeadline(); next !== undefined && next <= until; next = this.mesh.nextDeadline()) {
      this.now = Math.max(this.now, next);
      for (const out of this.mesh.due(instant(this.now))) {
        if (out.type !== 'dial') continue;
        times.push(this.now);
        end(out.peer);
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
      expect(desk.mesh.nextDeadline()).toBe(at);
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
    expect(desk.mesh.nextDeadline()).toBeUndefined();
  });

  it('begins anew when the peer announces itself', () => {
    const desk = new Desk();
    desk.sighted();
    desk.run(60_000);
    desk.sighted();
    expect(desk.run(62_000).length).toBeGreaterThanOrEqual(3);
  });

  it('goes through the addresses, the freshest first, and remembers so many', () => {
    const desk = new Desk();
    for (let place = 0; place < 10; place += 1) desk.sighted(bob, { address: `10.0.0.${place}`, port: 1 });
    const dialled: string[] = [];
    for (let count = 0; count < 12; count += 1) {
      desk.now = desk.mesh.nextDeadline() ?? 0;
      for (const out of desk.mesh.due(instant(desk.now))) {
        if (out.type === 'dial') dialled.push(out.to.address);
        desk.mesh.dialFailed(bob, instant(desk.now));
      }
    }
    expect(dialled.slice(0, 4)).toEqual(['10.0.0.9', '10.0.0.8', '10.0.0.7', '10.0.0.6']);
    expect(new Set(dialled).size).toBe(SIGHTING_ADDRESSES_MAX);
  });

  it('is done to so many at once, the others when one has ended', () => {
    const desk = new Desk();
    for (const peer of others.slice(0, 2 * DIALS_MAX)) desk.sighted(peer);
    const first = desk.mesh.due(instant(0));
    expect(first).toHaveLength(DIALS_MAX);
    expect(desk.mesh.nextDeadline()).toBeUndefined();
    const [one] = first;
    if (one?.type === 'dial') desk.mesh.dialFailed(one.peer, instant(0));
    expect(desk.mesh.due(instant(0))).toHaveLength(1);
  });

  it('stops at a goodbye until the next announce', () => {
    const desk = new Desk();
    const link = desk.link();
    desk.mesh.farewell(link);
    desk.close(link);
    expect(desk.run(60_000)).toEqual([]);
    desk.sighted();
    expect(desk.mesh.nextDeadline()).toBeDefined();
    desk.mesh.unsighted(bob, true);
    expect(desk.mesh.nextDeadline()).toBeUndefined();
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
    const link = desk.link();
    const { link: ours } = desk.open(bob, true);
    const out = desk.greet(ours);
    expect(types(out)).toEqual(['duplicate', 'linked']);
    expect(out[1]).toMatchObject({ link: ours, instead: link });
    expect(desk.close(link)).toEqual([]);
    expect(desk.mesh.linkTo(bob)).toBe(ours);
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
    desk.mesh.dialFailed(bob, instant(0));
    desk.mesh.unsighted(bob, true);
    expect(desk.mesh.size).toBe(0);
  });

  it('are so many and no more; one of them makes room for a newcomer, but not for one after another', () => {
    const desk = new Desk();
    const links = others.slice(0, LINKS_MAX).map((peer) => desk.link(peer));
    const [given, linked] = desk.greet(desk.open(greatest).link);
    if (given?.type !== 'refuse') throw new Error('no link is given up');
    expect([given.code, linked?.type]).toEqual(['links-full', 'linked']);
    expect(links).toContain(given.link);
    desk.close(given.link);
    expect(desk.mesh.size).toBe(LINKS_MAX);
    const [late, later] = others.slice(LINKS_MAX);
    expect(types(desk.greet(desk.open(late).link))).toEqual(['links-full']);
    expect(desk.mesh.size).toBe(LINKS_MAX);
    desk.now += LINK_YIELD_INTERVAL_MS;
    expect(types(desk.greet(desk.open(later).link))).toEqual(['links-full', 'linked']);
  });

  it('that do not greet are so many in all and so many of one peer', () => {
    const desk = new Desk();
    for (let count = 0; count < CANDIDATES_PER_PEER_MAX; count += 1) expect(types(desk.open().out)).toEqual(['greet']);
    expect(types(desk.open().out)).toEqual(['duplicate']);
    for (let count = CANDIDATES_PER_PEER_MAX; count < LINKS_OPEN_MAX; count += 1) desk.open(others[count]);
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
    desk.run(10_000, (peer) => {
      dialled.add(peer);
      desk.mesh.dialFailed(peer, instant(desk.now));
    });
    expect(dialled.size).toBeLessThanOrEqual(DIALLABLE_MAX);
    expect(desk.run(3_600_000).length).toBeLessThan(DIALLABLE_MAX * DIALS_FAILED_MAX);
    expect(desk.mesh.nextDeadline()).toBeUndefined();
  });
});
