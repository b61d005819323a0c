import { describe, expect, it } from 'vitest';
import { BEAT_INTERVAL_MS, BEAT_RARE_MS, DOUBT_MS, SILENCE_MS_MAX } from '../../../pkg/base/limits.ts';
import { type LinkId, linkId } from '../../../pkg/base/link-id.ts';
import { instant } from '../../../pkg/base/units.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';

import { BEAT, codes, type Desk, greeted, HELLO, LINK } from './desk.ts';

describe('many links', () => {
  /** So many sessions that beats are rare for most, and a link to somebody who is near and to somebody who is not. */
  function crowd(): { readonly desk: Desk; readonly near: LinkId; readonly far: LinkId } {
    const desk = greeted();
    const peers = Array.from({ length: 40 }, (_, count) => toyPeerId(`peer ${count}`));
    const links = new Map(peers.map((peer, place) => [peer, linkId(100 + place)]));
    for (const [peer, link] of links) {
      desk.sessions.open(link, peer, instant(0));
      desk.hear(`${HELLO}\n`, link);
      desk.sessions.linked(peer, true, instant(0));
    }
    const ring = [...peers, toyPeerId('me')].sort();
    const place = ring.indexOf(toyPeerId('me'));
    const at = (step: number) => links.get(ring[(place + step) % ring.length] ?? peers[0] ?? toyPeerId('')) ?? LINK;
    return { desk, near: at(1), far: at(20) };
  }

  it('have beats often to those who are near and rarely to the others, which each tells', () => {
    const { desk, near, far } = crowd();
    const beats = new Map<LinkId, number>();
    for (let at = 0; at <= 60_000; at += 100) {
      for (const link of desk.sessions.due(instant(at)).beats) beats.set(link, (beats.get(link) ?? 0) + 1);
      for (const link of [near, far]) desk.sessions.bytes(link, new TextEncoder().encode(`${BEAT}\n`), instant(at));
    }
    expect(beats.get(near)).toBeGreaterThanOrEqual(60_000 / BEAT_INTERVAL_MS);
    expect(beats.get(far)).toBeLessThan(60_000 / BEAT_RARE_MS + 3);
    const told = { circle: '', digests: [] };
    expect(JSON.parse(desk.sessions.beat(near, told, instant(60_000)) ?? '')).not.toHaveProperty('next');
    expect(JSON.parse(desk.sessions.beat(far, told, instant(60_000)) ?? '')).toHaveProperty('next', BEAT_RARE_MS);
  });

  it('leave somebody who beats rarely its time, unless others doubt it and it does not answer', () => {
    const rare = BEAT.replace('"circle"', `"next":${BEAT_RARE_MS},"circle"`);
    const desk = greeted();
    desk.hear(`${rare}\n`);
    const deadAt = BEAT_RARE_MS - BEAT_INTERVAL_MS + SILENCE_MS_MAX;
    expect(desk.run(deadAt - 1)).toEqual([]);
    expect(desk.doubted).toEqual([]);
    expect(codes(desk.run(deadAt))).toEqual(['silence']);

    const doubted = greeted();
    doubted.hear(`${rare}\n`);
    expect(doubted.run(5_000)).toEqual([]);
    expect(doubted.sessions.doubt(LINK, instant(5_000))).toBe(true);
    expect(doubted.sessions.doubt(LINK, instant(5_001)), 'a second time').toBe(false);
    expect(doubted.run(5_000 + SILENCE_MS_MAX - DOUBT_MS - 1)).toEqual([]);
    expect(codes(doubted.run(5_000 + SILENCE_MS_MAX - DOUBT_MS))).toEqual(['silence']);
  });

  it('ask nobody who was heard a moment ago, and spare who answers', () => {
    const desk = greeted();
    desk.hear(`${BEAT}\n`);
    expect(desk.sessions.doubt(LINK, instant(100))).toBe(false);
    expect(desk.sessions.doubt(LINK, instant(3_000))).toBe(true);
    desk.now = 4_000;
    desk.hear(`${BEAT}\n`);
    expect(desk.run(4_000 + SILENCE_MS_MAX - 1)).toEqual([]);
  });

  it('have others told once that somebody near is silent, and again only after it was heard', () => {
    const desk = greeted();
    desk.run(DOUBT_MS + 1_000);
    expect(desk.doubted).toEqual([DOUBT_MS]);
    desk.hear(`${BEAT}\n`);
    desk.run(desk.now + DOUBT_MS);
    expect(desk.doubted).toHaveLength(2);
  });

  it('bring a beat at once to who asks for it', () => {
    const desk = greeted();
    desk.run(5_000);
    desk.sessions.beatSoonOn(LINK, instant(5_000));
    expect(desk.due(5_000).beats).toEqual([LINK]);
  });
});
