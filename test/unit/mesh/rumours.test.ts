import { describe, expect, it } from 'vitest';
import { RELAYED_AFTER_MS, RELAYED_MAX, RELAYED_PER_SECOND_MAX } from '../../../pkg/base/limits.ts';
import { linkId } from '../../../pkg/base/link-id.ts';
import { instant } from '../../../pkg/base/units.ts';
import { Rumours } from '../../../pkg/mesh/rumours.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { bob, carol, dave, me, Table, told } from './table.ts';

describe('somebody who is told of', () => {
  /** Two neighbours tell of dave, the second one later. */
  function tableOfRumours() {
    const table = new Table();
    const [first, second] = [table.link(bob), table.link(carol)];
    table.now = 1_000;
    table.hear(first, [told(dave, '192.168.1.9')]);
    const relayed = table.run(table.now + RELAYED_AFTER_MS);
    table.hear(second, [told(dave, '192.168.1.9')], '9.second');
    return { table, first, second, relayed };
  }

  it('and cannot be linked is present through others after a while, once', () => {
    const { table, relayed } = tableOfRumours();
    expect(relayed.map(({ out }) => out)).toEqual([{ type: 'relayed', peer: dave, nick: 'told' }]);
    expect(table.run(table.now + 60_000)).toEqual([]);
  });

  it('and is linked before that is not', () => {
    const table = new Table();
    const link = table.link(bob);
    table.hear(link, [told(dave, '192.168.1.9')]);
    table.link(dave);
    expect(table.run(table.now + 60_000).filter(({ out }) => out.type === 'relayed')).toEqual([]);
  });

  it('stays while a neighbour that still has its circle vouches for it', () => {
    const { table, first, second } = tableOfRumours();
    expect(table.unlink(first)).toEqual([]);
    expect(table.unlink(second)).toEqual([{ type: 'unrelayed', peer: dave }]);
  });

  it('is gone when a neighbour has lost it, though others told of it long ago whose circle has changed since', () => {
    const { table, first, second } = tableOfRumours();
    table.beat(second, '9.changed');
    table.beat(first, '9.without');
    expect(table.asked(table.now)).toEqual([[table.now, first]]);
    expect(table.answer(first, [])).toEqual([{ type: 'unrelayed', peer: dave }]);
  });

  it('is gone when a neighbour’s circle is our own', () => {
    const { table, first, second } = tableOfRumours();
    table.beat(second, '9.changed');
    expect(table.beat(first, table.exchange.circle())).toEqual([{ type: 'unrelayed', peer: dave }]);
  });

  it('is gone when it says so itself, and back only when it is told of again', () => {
    const { table, first } = tableOfRumours();
    expect(table.exchange.left(dave)).toEqual([{ type: 'unrelayed', peer: dave }]);
    expect(table.exchange.left(dave)).toEqual([]);
    expect(table.run(table.now + 60_000).filter(({ out }) => out.type === 'relayed')).toEqual([]);
    table.hear(first, [told(dave, '192.168.1.9')], '9.again');
    expect(table.run(table.now + RELAYED_AFTER_MS)).toMatchObject([{ out: { type: 'relayed', peer: dave } }]);
  });

  it('is not oneself, and one of so many', () => {
    const rumours = new Rumours({ me, isLinked: () => false, isCurrent: () => true });
    const many = Array.from({ length: RELAYED_MAX + 10 }, (_, count) => told(toyPeerId(`told ${count}`)));
    rumours.told(linkId(1), [told(me), ...many], instant(0));
    const outs = rumours.due(instant(RELAYED_AFTER_MS));
    expect(outs).toHaveLength(RELAYED_MAX);
    expect(outs.map(({ peer }) => peer)).not.toContain(me);
  });

  it('waits where there is no room, and comes once there is', () => {
    const rumours = new Rumours({ me, isLinked: () => false, isCurrent: () => true });
    const many = Array.from({ length: RELAYED_MAX }, (_, count) => told(toyPeerId(`told ${count}`)));
    rumours.told(linkId(1), many, instant(0));
    expect(rumours.due(instant(RELAYED_AFTER_MS))).toHaveLength(RELAYED_MAX);
    rumours.told(linkId(2), [told(dave)], instant(5_000));
    expect(rumours.due(instant(10_000))).toEqual([]);
    rumours.told(linkId(1), [], instant(11_000));
    expect(rumours.due(instant(20_000))).toMatchObject([{ type: 'relayed', peer: dave }]);
  });

  it('is one of few in the long run, however many a neighbour makes up and takes back', () => {
    const rumours = new Rumours({ me, isLinked: () => false, isCurrent: () => true });
    const crowds = [0, 1].map((crowd) =>
      Array.from({ length: RELAYED_MAX }, (_, count) => told(toyPeerId(`crowd ${crowd} ${count}`))),
    );
    const seconds = 60;
    let came = 0;
    for (let second = 0; second < seconds; second += 4) {
      rumours.told(linkId(1), crowds[(second / 4) % 2] ?? [], instant(second * 1_000));
      came += rumours.due(instant(second * 1_000 + RELAYED_AFTER_MS)).length;
    }
    expect(came).toBeGreaterThan(RELAYED_MAX);
    expect(came).toBeLessThanOrEqual(RELAYED_MAX + seconds * RELAYED_PER_SECOND_MAX);
  });
});
