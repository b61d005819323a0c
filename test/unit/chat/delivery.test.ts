import { describe, expect, it } from 'vitest';
import { wallTime } from '../../../pkg/base/units.ts';
import { deliveryLines, deliveryOf } from '../../../pkg/chat/delivery.ts';
import { brokenNick, FakeChat, message, own, peer, person, waiting } from '../../ui/fake-chat.ts';

const PEOPLE = ['alice', 'bob', 'carol', 'dave'].map((name, place) => person(place + 1, name));

function lines(chat: FakeChat): string[] {
  return deliveryLines({ snapshot: chat.snapshot(), now: wallTime(0), timeOf: () => '10:30' });
}

/** Alice has said three things, and others something after it. */
function spoken(people = PEOPLE): FakeChat {
  const items = [own(1, 'one'), own(2, 'two'), own(3, 'hello\nthere'), message(4, 'hi')];
  return new FakeChat({ people, items });
}

describe('deliveryOf', () => {
  it('counts those present who have stored that far', () => {
    const holders = [5, 4, 0].map((sequence, place) => ({ peer: peer(place + 2), sequence }));
    expect(deliveryOf(4, holders)).toEqual({ held: 2, present: 3 });
    expect(deliveryOf(6, holders)).toEqual({ held: 0, present: 3 });
    expect(deliveryOf(1, [])).toEqual({ held: 0, present: 0 });
  });
});

describe('/delivery', () => {
  it('tells who has the last own message, who has not, and how much else they lack', () => {
    const chat = spoken();
    expect(lines(chat).slice(1)).toEqual([
      'nobody else here has it yet',
      'not yet: bob (lacks 3), carol (lacks 3), dave (lacks 3)',
    ]);
    chat.acknowledge(4, 3);
    chat.acknowledge(2, 2);
    expect(lines(chat)).toEqual([
      'your last message, 10:30: hello⏎there',
      '1 of 3 here has it: dave',
      'not yet: bob, carol (lacks 3)',
    ]);
    chat.acknowledge(2, 3);
    chat.acknowledge(3, 3);
    expect(lines(chat).slice(1)).toEqual(['everyone here has it: bob, carol, dave']);
  });

  it('tells that it is kept while nobody else is here', () => {
    expect(lines(spoken([person(1, 'alice')])).slice(1)).toEqual([
      'it is stored here; nobody else is here, and whoever comes gets it',
    ]);
  });

  it('tells what waits to be stored', () => {
    const chat = spoken();
    chat.view({ waiting: [waiting(1, 'four')] });
    expect(lines(chat)[0]).toBe('1 message waits to be stored here before going out: four');
    expect(lines(chat)[1]).toContain('your last message');
    const first = new FakeChat({ people: PEOPLE });
    first.view({ waiting: [waiting(1, 'one'), waiting(2, 'two')] });
    expect(lines(first)).toEqual(['2 messages wait to be stored here before going out: two']);
  });

  it('tells when there is nothing to tell of', () => {
    expect(lines(new FakeChat({ people: PEOPLE, items: [message(1, 'hi')] }))).toEqual([
      'none of what is on hand here was said by you',
    ]);
  });

  it('parts those whose names are alike, and makes every name safe', () => {
    const bob = person(2, 'bob', { ambiguous: true });
    const eve = { ...person(3, 'eve'), nick: brokenNick('eve\u001b[2J\n10:30 bob: hi') };
    expect(lines(spoken([person(1, 'alice'), bob, eve])).at(-1)).toBe(
      `not yet: bob~${bob.tag} (lacks 3), eve␛[2J⏎10:30 bob: hi (lacks 3)`,
    );
  });
});
