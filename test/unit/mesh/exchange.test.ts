import { describe, expect, it } from 'vitest';
import {
  EXCHANGE_REST_MS,
  EXCHANGE_WAIT_MS_MAX,
  PEERS_PER_LINE_MAX,
  PEERS_TOLD_MAX,
} from '../../../pkg/base/limits.ts';
import { linkId } from '../../../pkg/base/link-id.ts';
import { instant } from '../../../pkg/base/units.ts';
import type { PeerId } from '../../../pkg/identity/peer-id.ts';
import { Circle } from '../../../pkg/mesh/circle.ts';
import type { ExchangeOut } from '../../../pkg/mesh/exchange.ts';
import { decodeMessage, type Peers } from '../../../pkg/wire/message.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { bob, carol, dave, erin, me, Table, told } from './table.ts';

function circleOf(...peers: readonly PeerId[]): string {
  const circle = new Circle();
  for (const peer of peers) circle.add(peer);
  return circle.digest();
}

/** The peers in all lines of an answer. */
function linesIn(outs: readonly ExchangeOut[]): Peers[] {
  return outs
    .flatMap((out) => (out.type === 'send' ? out.text.trimEnd().split('\n') : []))
    .map((line) => {
      const message = decodeMessage(line);
      if (message.type !== 'peers') throw new Error(line);
      return message;
    });
}

describe('asking', () => {
  it('is not done where the circles are equal', () => {
    const table = new Table();
    const link = table.link(bob);
    table.beat(link, circleOf(bob, me));
    expect(table.asked(60_000)).toEqual([]);
  });

  it('waits until the own circle has rested', () => {
    const table = new Table();
    const link = table.link(bob);
    table.now = EXCHANGE_REST_MS / 2;
    table.beat(link);
    expect(table.asked(60_000)).toEqual([[EXCHANGE_REST_MS, link]]);
  });

  it('is of a circle that was told since the own one has changed', () => {
    const table = new Table();
    const first = table.link(bob);
    table.now = 1_000;
    table.beat(first);
    table.now = 1_001;
    table.link(carol);
    expect(table.asked(10_000)).toEqual([]);
    table.beat(first);
    expect(table.asked(20_000)).toEqual([[10_000, first]]);
  });

  it('is done once, until either circle is another one', () => {
    const table = new Table();
    const link = table.link(bob);
    table.hear(link, []);
    table.beat(link);
    expect(table.asked(60_000)).toEqual([]);
    table.beat(link, '9.yyy');
    expect(table.asked(120_000)).toHaveLength(1);
    table.link(carol);
    table.now += EXCHANGE_REST_MS;
    table.beat(link, '9.yyy');
    expect(table.asked(180_000)).toHaveLength(1);
  });

  it('is done again when somebody who was told of went, so that the circles were equal, and has come back', () => {
    const table = new Table();
    const link = table.link(bob);
    const wide = circleOf(me, bob, carol);
    table.now = 1_000;
    table.beat(link, wide);
    expect(table.asked(2_000)).toHaveLength(1);
    table.beat(link, circleOf(me, bob));
    table.beat(link, wide);
    expect(table.asked(10_000)).toHaveLength(1);
  });

  it('is done again of a circle that was asked about, where the answer told of another one', () => {
    const table = new Table();
    const link = table.link(bob);
    const [wide, narrow] = [circleOf(me, bob, carol), circleOf(me, bob)];
    table.now = 1_000;
    table.beat(link, wide);
    expect(table.asked(2_000)).toHaveLength(1);
    table.exchange.peers(link, { type: 'peers', peers: [], whole: true, circle: narrow }, instant(table.now));
    table.beat(link, wide);
    expect(table.asked(20_000)).toHaveLength(1);
  });

  it('is done of one at a time', () => {
    const table = new Table();
    const links = [bob, carol, dave].map((peer) => table.link(peer));
    table.now = 1_000;
    for (const link of links) table.beat(link);
    const asked = table.asked(60_000);
    expect(asked.map(([, link]) => link)).toEqual(links);
    expect(asked.map(([at]) => at)).toEqual([1_000, 1_000 + EXCHANGE_REST_MS, 1_000 + 2 * EXCHANGE_REST_MS]);
  });

  it('waits longer and longer where nobody new was told of, and no longer once the own circle has changed', () => {
    const table = new Table();
    const links = Array.from({ length: 12 }, (_, count) => table.link(toyPeerId(`neighbour ${count}`)));
    table.now = 1_000;
    for (const link of links) table.beat(link);
    const times: number[] = [];
    for (const [place, link] of links.entries()) {
      const next = table.exchange.nextDeadline() ?? 0;
      expect(
        table.asked(next).map(([, asked]) => asked),
        `number ${place}`,
      ).toEqual(place === 0 ? [link] : []);
      if (place > 0) {
        // The first deadline finds that it is too soon; the second one is that of the wait.
        const later = table.exchange.nextDeadline() ?? 0;
        expect(table.asked(later).map(([, asked]) => asked)).toEqual([link]);
      }
      times.push(table.now);
      table.answer(link, []);
    }
    const gaps = times.slice(1).map((at, place) => at - (times[place] ?? 0));
    expect(gaps.slice(0, 4)).toEqual([2, 4, 8, 12.5].map((factor) => factor * EXCHANGE_REST_MS));
    expect(Math.max(...gaps)).toBe(EXCHANGE_WAIT_MS_MAX);
    const fresh = table.link(bob);
    table.beat(fresh);
    expect(table.asked(table.now + EXCHANGE_REST_MS).map(([, asked]) => asked)).toEqual([fresh]);
  });

  it('goes on quickly where somebody new was told of', () => {
    const table = new Table();
    const [first, second] = [table.link(bob), table.link(carol)];
    table.now = 1_000;
    table.beat(first);
    table.beat(second);
    expect(table.asked(1_000)).toEqual([[1_000, first]]);
    table.answer(first, [told(dave, '192.168.1.9')]);
    expect(table.asked(60_000)).toEqual([[1_000 + EXCHANGE_REST_MS, second]]);
  });
});

describe('answering', () => {
  it('tells everybody who is linked but the asker, and only where they can be found from there', () => {
    const table = new Table();
    const link = table.link(bob);
    table.link(carol);
    table.link(dave);
    table.places.set(carol, [
      { address: '192.168.1.8', port: 9000 },
      { address: '127.0.0.1', port: 9000 },
      { address: 'fe80::8%eth0', port: 9000 },
    ]);
    const [line, ...more] = linesIn(table.who(link));
    expect(more).toEqual([]);
    expect(line?.whole).toBe(true);
    expect(line?.peers).toEqual([
      { peer: carol, nick: 'somebody', at: [['192.168.1.8', 9000]] },
      { peer: dave, nick: 'somebody', at: [] },
    ]);
  });

  it('takes as many lines as it needs, the last one marked, and one where there is nobody', () => {
    const table = new Table();
    const link = table.link(bob);
    expect(linesIn(table.who(link))).toEqual([{ type: 'peers', peers: [], whole: true, circle: circleOf(me, bob) }]);
    for (let count = 0; count <= 2 * PEERS_PER_LINE_MAX; count += 1) table.link(toyPeerId(`neighbour ${count}`));
    table.now = EXCHANGE_REST_MS;
    const lines = linesIn(table.who(link));
    expect(lines.map(({ peers }) => peers.length)).toEqual([PEERS_PER_LINE_MAX, PEERS_PER_LINE_MAX, 1]);
    expect(lines.map(({ whole }) => whole)).toEqual([undefined, undefined, true]);
  });

  it('is not done for a stranger, nor twice within a moment', () => {
    const table = new Table();
    const link = table.link(bob);
    expect(table.who(linkId(99))).toEqual([]);
    expect(table.who(link)).toHaveLength(1);
    expect(table.who(link)).toEqual([]);
    table.now = EXCHANGE_REST_MS;
    expect(table.who(link)).toHaveLength(1);
  });
});

describe('an answer', () => {
  it('brings places to dial: not one’s own, not of who is linked, and none that must not be dialled', () => {
    const table = new Table();
    const link = table.link(bob);
    table.link(carol);
    const outs = table.hear(link, [
      told(me, '192.168.1.1'),
      told(carol, '192.168.1.8'),
      told(dave, '192.168.1.9', '127.0.0.1'),
    ]);
    expect(outs).toEqual([{ type: 'told', peer: dave, places: [{ address: '192.168.1.9', port: 9000 }] }]);
  });

  it('that nobody asked for is ignored, as is what comes behind one', () => {
    const table = new Table();
    const link = table.link(bob);
    expect(table.answer(link, [told(dave, '192.168.1.9')])).toEqual([]);
    table.hear(link, []);
    expect(table.answer(link, [told(dave, '192.168.1.9')])).toEqual([]);
    expect(table.answer(linkId(99), [told(dave, '192.168.1.9')])).toEqual([]);
    expect(table.run(60_000)).toEqual([]);
  });

  it('counts when it is whole', () => {
    const table = new Table();
    const link = table.link(bob);
    table.beat(link);
    table.run(1_000);
    expect(table.answer(link, [told(dave, '192.168.1.9')], false)).toEqual([]);
    expect(table.answer(link, [told(erin, '192.168.1.10')]).map((out) => out.type === 'told' && out.peer)).toEqual([
      dave,
      erin,
    ]);
  });

  it('tells of so many and no more', () => {
    const table = new Table();
    const link = table.link(bob);
    table.beat(link);
    table.run(1_000);
    const many = Array.from({ length: PEERS_TOLD_MAX + 10 }, (_, count) =>
      told(toyPeerId(`told ${count}`), '192.168.1.9'),
    );
    for (let place = 0; place < many.length; place += PEERS_PER_LINE_MAX) {
      expect(table.answer(link, many.slice(place, place + PEERS_PER_LINE_MAX), false)).toEqual([]);
    }
    expect(table.answer(link, [told(erin, '192.168.1.9')])).toHaveLength(PEERS_TOLD_MAX);
  });
});
