import { describe, expect, it } from 'vitest';
import { BACKOFF_MS_MAX, DIALS_MAX, TARGET_TOLD_PAUSE_MS, TARGETS_MAX } from '../../../pkg/base/limits.ts';
import { type DialId, linkId } from '../../../pkg/base/link-id.ts';
import { Random } from '../../../pkg/base/random.ts';
import { instant } from '../../../pkg/base/units.ts';
import type { PeerId } from '../../../pkg/identity/peer-id.ts';
import type { DialOut } from '../../../pkg/mesh/dialler.ts';
import { Dials } from '../../../pkg/mesh/dials.ts';
import { Targets } from '../../../pkg/mesh/targets.ts';
import { bob, others } from './desk.ts';

const NAS = { address: 'nas.local', port: 8080 };
const TEXT = 'nas.local:8080';
const carol = others[1] ?? bob;

class Errand {
  readonly dials = new Dials();
  readonly linked = new Set<PeerId>();
  readonly targets: Targets;
  now = 0;

  constructor() {
    const isLinked = (peer: PeerId) => this.linked.has(peer);
    this.targets = new Targets({ random: new Random(1), dials: this.dials, isLinked });
  }

  add(at = NAS): boolean {
    return this.targets.add(at, instant(this.now));
  }

  due(): DialOut[] {
    return this.targets.due(instant(this.now));
  }

  /** Lets the clock run; each dial fails. When was dialled. */
  run(until: number, why = 'ECONNREFUSED'): { readonly times: number[]; readonly told: string[] } {
    const times: number[] = [];
    const told: string[] = [];
    for (
      let next = this.targets.nextDeadline();
      next !== undefined && next <= until;
      next = this.targets.nextDeadline()
    ) {
      this.now = next;
      for (const { dial } of this.due()) {
        times.push(next);
        this.dials.end(dial);
        told.push(...this.targets.failed(TEXT, why, instant(next)).map(({ type }) => type));
      }
    }
    this.now = until;
    return { times, told };
  }

  /** A dial brings a connection, which becomes the link with `peer`. */
  link(link: number, peer = bob) {
    this.open(link, peer);
    this.linked.add(peer);
    return this.targets.linked(peer);
  }

  open(link: number, peer = bob) {
    this.#end(this.due()[0]?.dial);
    return this.targets.opened(TEXT, linkId(link), peer);
  }

  close(link: number, why: string | undefined, peer: PeerId | undefined = bob) {
    if (peer !== undefined) this.linked.delete(peer);
    return this.targets.ended(linkId(link), peer, why, instant(this.now));
  }

  #end(dial: DialId | undefined): void {
    if (dial !== undefined) this.dials.end(dial);
  }
}

describe('a target', () => {
  it('is dialled at once, whoever answers, and again and again with growing waits that end nowhere', () => {
    const errand = new Errand();
    errand.add();
    expect(errand.due()).toMatchObject([{ type: 'dial', peer: undefined, to: [NAS] }]);
    const other = new Errand();
    other.add();
    const { times } = other.run(3_600_000);
    expect(times.length).toBeGreaterThan(3_600_000 / (BACKOFF_MS_MAX * 1.25));
    expect(times.slice(0, 5).at(-1)).toBeLessThan(6_000);
  });

  it('that fails is told of once, and much later when the reason is another one', () => {
    const errand = new Errand();
    errand.add();
    expect(errand.run(60_000).told).toEqual(['target-failed']);
    expect(errand.run(120_000, 'ENOTFOUND').told).toEqual([]);
    expect(errand.targets.states()).toEqual([{ text: TEXT, state: 'trying', why: 'ENOTFOUND' }]);
    expect(errand.run(TARGET_TOLD_PAUSE_MS + 120_000, 'ENOTFOUND').told).toEqual(['target-failed']);
    expect(errand.run(3 * TARGET_TOLD_PAUSE_MS, 'ENOTFOUND').told).toEqual([]);
  });

  it('that was linked and fails then is told of again', () => {
    const errand = new Errand();
    errand.add();
    errand.run(60_000);
    errand.now = errand.targets.nextDeadline() ?? 0;
    errand.link(1);
    errand.close(1, 'connection lost');
    expect(errand.run(120_000).told).toEqual(['target-failed']);
  });

  it('that is taken back is dialled no more, and its dial under way tells nothing', () => {
    const errand = new Errand();
    errand.add();
    const [dial] = errand.due();
    expect(errand.targets.stop(TEXT)).toBe(true);
    if (dial !== undefined) errand.dials.end(dial.dial);
    expect(errand.targets.failed(TEXT, 'timeout', instant(0))).toEqual([]);
    expect(errand.targets.nextDeadline()).toBeUndefined();
    expect(errand.targets.states()).toEqual([]);
    expect(errand.targets.stop(TEXT)).toBe(false);
  });

  it('that is linked is told of, and dialled no more', () => {
    const errand = new Errand();
    errand.add();
    expect(errand.link(1)).toEqual([{ type: 'target-linked', target: TEXT, peer: bob }]);
    expect(errand.targets.states()).toEqual([{ text: TEXT, state: 'linked', why: undefined }]);
    expect(errand.run(60_000).times).toEqual([]);
  });

  it('whose link stood and has ended is dialled again, and nothing is told before that fails', () => {
    const errand = new Errand();
    errand.add();
    errand.link(1);
    expect(errand.close(1, 'connection lost')).toEqual([]);
    expect(errand.run(1_000).times.length).toBeGreaterThan(0);
    expect(errand.link(2)).toMatchObject([{ type: 'target-linked' }]);
  });

  it('whose link is back at once is not told of anew', () => {
    const errand = new Errand();
    errand.add();
    errand.link(1);
    errand.close(1, 'connection lost');
    expect(errand.link(2)).toEqual([]);
  });

  it('whose connection ends before it is a link has failed; not so where another one takes its place', () => {
    const errand = new Errand();
    errand.add();
    errand.open(1);
    expect(errand.close(1, 'another version', undefined)).toMatchObject([{ type: 'target-failed', final: false }]);
    const other = new Errand();
    other.add();
    other.open(1);
    expect(other.close(1, undefined, undefined)).toEqual([]);
    expect(other.run(1_000).times.length).toBeGreaterThan(0);
  });

  it('where somebody answers who is linked already is linked', () => {
    const errand = new Errand();
    errand.linked.add(bob);
    errand.add();
    expect(errand.open(1)).toEqual([{ type: 'target-linked', target: TEXT, peer: bob }]);
    expect(errand.run(60_000).times).toEqual([]);
  });

  it('is whoever was found there last', () => {
    const errand = new Errand();
    errand.add();
    errand.link(1);
    errand.close(1, 'connection lost');
    errand.now += 1_000;
    expect(errand.open(2, carol)).toEqual([]);
    errand.linked.add(bob);
    expect(errand.targets.linked(bob)).toEqual([]);
    expect(errand.targets.states()[0]?.state).toBe('trying');
  });

  it('that is this very chat is given up', () => {
    const errand = new Errand();
    errand.add();
    expect(errand.targets.giveUp(TEXT, 'self')).toMatchObject([{ type: 'target-failed', final: true }]);
    expect(errand.targets.giveUp(TEXT, 'self')).toEqual([]);
    expect(errand.run(60_000).times).toEqual([]);
    expect(errand.targets.states()).toEqual([]);
  });

  it('that is asked for again is dialled at once', () => {
    const errand = new Errand();
    errand.add();
    errand.run(60_000);
    errand.add();
    expect(errand.targets.nextDeadline()).toBe(60_000);
    expect(errand.targets.states()).toHaveLength(1);
  });

  it('is tried anew, without its long wait, after a sleep', () => {
    const errand = new Errand();
    errand.add();
    errand.run(60_000);
    errand.targets.refresh(instant(errand.now));
    expect(errand.run(62_000).times.length).toBeGreaterThanOrEqual(3);
  });

  it('is one of so many', () => {
    const errand = new Errand();
    for (let port = 1; port <= TARGETS_MAX; port += 1) expect(errand.add({ address: 'nas', port })).toBe(true);
    expect(errand.add()).toBe(false);
    expect(errand.add({ address: 'nas', port: 1 })).toBe(true);
  });

  it('waits for room among the dials under way', () => {
    const errand = new Errand();
    const taken = Array.from({ length: DIALS_MAX }, (_, place) =>
      errand.dials.begin({ type: 'target', target: 'x' }, { address: `10.0.0.${place}`, unsure: false }, instant(0)),
    );
    errand.add();
    expect(errand.due()).toEqual([]);
    const [first] = taken;
    if (first !== undefined) errand.dials.end(first);
    expect(errand.run(1_000).times.length).toBeGreaterThan(0);
  });

  it('is not dialled after one has left, whatever ends then', () => {
    const errand = new Errand();
    errand.add();
    errand.link(1);
    errand.targets.leave();
    errand.close(1, 'goodbye');
    errand.targets.refresh(instant(0));
    errand.targets.failed(TEXT, 'timeout', instant(0));
    errand.add({ address: 'other', port: 1 });
    expect(errand.targets.nextDeadline()).toBeUndefined();
  });
});
