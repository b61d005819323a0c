import { describe, expect, it } from 'vitest';
import { wallTime } from '../../../pkg/base/units.ts';
import { rowText } from '../../../pkg/ui/row.ts';
import { FakeChat, NETWORK, person } from '../../ui/fake-chat.ts';
import { Bench } from './screen-bench.ts';

describe('the screen', () => {
  it('goes with the time, and tells nobody of a frame that looks the same', () => {
    const { since } = person(1, 'alice');
    const people = [person(1, 'alice'), person(2, 'bob')];
    const bench = new Bench(new FakeChat({ people, network: { ...NETWORK, heardAt: since } }));
    let frames = 0;
    const stop = bench.screen.subscribe(() => {
      frames += 1;
    });
    const header = () => bench.screen.frame().header.map(rowText).join('').trimEnd();
    for (let seconds = 0; seconds < 10; seconds += 1) bench.screen.tick(wallTime(since + 1_000 * seconds));
    expect(header()).toMatch(/heard now$/);
    expect(frames).toBe(0);
    for (let seconds = 10; seconds < 60; seconds += 1) bench.screen.tick(wallTime(since + 1_000 * seconds));
    expect(header()).toMatch(/heard 50 s ago$/);
    expect(frames).toBe(5);
    bench.chat.change({ network: { ...NETWORK, heardAt: wallTime(since + 59_000) } });
    bench.refresh();
    expect(header()).toMatch(/heard now$/);
    stop();
  });

  it('tells who stays alone for a while how to find out why, without a key pressed', () => {
    const bench = new Bench(new FakeChat());
    expect(bench.messages.join('\n')).not.toContain('/doctor');
    bench.screen.tick(wallTime(person(1, 'alice').since + 15_000));
    expect(bench.messages.join('\n')).toContain('/doctor');
  });

  it('marks who is present through others', () => {
    const people = [person(1, 'alice'), person(2, 'bob'), person(3, 'carol', { relayed: true, address: undefined })];
    const bench = new Bench(new FakeChat({ people }));
    expect(bench.screen.frame().people.map(rowText)).toEqual(['3 here', 'alice (you)', 'bob', 'carol ↝']);
    bench.type('/who carol\r');
    expect(bench.messages.join('\n')).toContain('carol   through others');
  });
});
