import { afterEach, describe, expect, it } from 'vitest';
import { wallTime } from '../../pkg/base/units.ts';
import type { TimelineItem } from '../../pkg/chat/snapshot.ts';
import { FakeChat, message, nick, notice, own, peer, person, waiting } from './fake-chat.ts';
import { KEYS, TestTerminal } from './terminal.ts';

const PEOPLE = ['alice', 'bob', 'carol', '陳小明'].map((name, place) => person(place + 1, name));
const CAROL = { author: peer(3), nick: nick('carol') };
const LONG_AGO = { ...CAROL, saidAt: wallTime(Date.UTC(2025, 10, 12, 9, 12)) };
const ITEMS: readonly TimelineItem[] = [
  own(1, 'I said this long ago, and everyone here has it'),
  message(2, 'from the other half', { ...CAROL, late: true }),
  message(3, 'waves', { ...CAROL, late: true, kind: 'action' }),
  own(4, 'two of the three\nhave this one'),
  own(5, 'pours coffee', { kind: 'action' }),
  notice(1, { type: 'late', count: 2, messages: [] }),
  notice(2, {
    type: 'found',
    words: 'build',
    messages: [
      message(6, 'the build broke again, and nobody knows why: a file is missing', LONG_AGO),
      message(7, 'looked into what happened last night when the build failed', { kind: 'action' }),
    ],
    more: true,
  }),
];

let open: TestTerminal | undefined;

function terminal(chat: FakeChat, columns: number, rows: number): TestTerminal {
  open = new TestTerminal(chat, { columns, rows });
  return open;
}

function busy(): FakeChat {
  const chat = new FakeChat({ people: PEOPLE, items: ITEMS });
  chat.acknowledge(2, 5);
  chat.acknowledge(3, 4);
  chat.acknowledge(4, 1);
  chat.view({ waiting: [waiting(1, 'just typed')], catchingUp: { held: 12_300, known: 100_000 } });
  return chat;
}

afterEach(async () => {
  await open?.close();
  open = undefined;
});

describe('what becomes of messages', () => {
  it('looks so at 80x24', async () => {
    const at = terminal(busy(), 80, 24);
    await at.shows('just typed');
    expect(await at.lines()).toEqual([
      ' eth0 192.168.1.5 | port 8080 | 3 linked | catching up 12,300 of 100,000        ',
      '                                                                4 here',
      '                                                                alice (you)',
      '                                                                bob',
      '                                                                carol',
      '                                                                陳小明',
      '',
      '',
      '10:31 <alice> I said this long ago, and everyone',
      '              here has it ✓',
      '10:32 late <carol> from the other half',
      '10:33 late * carol waves',
      '10:34 <alice> two of the three',
      '              have this one ✓ 2/3',
      '10:35 * alice pours coffee ✓ 1/3',
      '10:30 --- 2 messages that were said earlier came only now:',
      '          they stand above in their places, marked late',
      '10:30 --- the newest 2 for "build":',
      '  2025-11-12 09:12 carol: the build broke again, and nobody …',
      '  10:37 * bob …happened last night when the build failed',
      '  and older ones: add a word to find fewer',
      '10:30 <alice> just typed …',
      ' #general                                                                       ',
      '> ',
    ]);
  });

  it('looks so at 40x12', async () => {
    const at = terminal(busy(), 40, 12);
    await at.shows('just typed');
    expect(await at.lines()).toEqual([
      ' 3 linked | catching up 12%             ',
      '          marked late',
      '10:30 --- the newest 2 for "build":',
      '  2025-11-12 09:12 carol: the build',
      '    broke again, and nobody kno…',
      '  10:37 * bob …what happened last',
      '    night when the build failed',
      '  and older ones: add a word to find',
      '    fewer',
      '10:30 <alice> just typed …',
      ' #general  4 here                       ',
      '> ',
    ]);
    at.type(KEYS.pageUp);
    await at.shows('scrolled up');
    expect(await at.lines()).toEqual([
      ' 3 linked | catching up 12%             ',
      '10:32 late <carol> from the other half',
      '10:33 late * carol waves',
      '10:34 <alice> two of the three',
      '              have this one ✓ 2/3',
      '10:35 * alice pours coffee ✓ 1/3',
      '10:30 --- 2 messages that were said',
      '          earlier came only now: they',
      '          stand above in their places,',
      '          marked late',
      ' #general  4 here     scrolled up, PgDn ',
      '> ',
    ]);
  });

  it('is told dimly', async () => {
    const at = terminal(busy(), 80, 24);
    await at.shows('just typed');
    for (const y of [9, 14, 21]) expect((await at.dimmed(y)).at(-1)).toMatch(/✓|…/);
    expect((await at.dimmed(10))[0]).toBe('10:32 late <');
  });

  it('goes on where it stands: typed, stored, with some and with everyone', async () => {
    const chat = new FakeChat({ people: PEOPLE, items: [message(1, 'hi'), message(2, 'there')] });
    const at = terminal(chat, 80, 24);
    chat.hold();
    at.type('hello\r');
    await at.shows('<alice> hello …');
    const line = (await at.lines()).findIndex((text) => text.includes('hello'));
    const others = (await at.lines()).toSpliced(line, 1);
    const step = async (act: () => void, mark: string): Promise<void> => {
      const before = at.bytes.length;
      act();
      await at.shows(new RegExp(`hello ${mark}$`, 'm'));
      expect((await at.lines())[line]).toBe(`10:30 <alice> hello ${mark}`);
      expect((await at.lines()).toSpliced(line, 1)).toEqual(others);
      expect(at.bytes.length - before).toBeLessThan(250);
    };
    await step(() => chat.store(), '✓ 0/3');
    await step(() => chat.acknowledge(2, 1), '✓ 1/3');
    await step(() => chat.acknowledge(3, 1), '✓ 2/3');
    await step(() => chat.acknowledge(4, 1), '✓');
    expect(at.wholeFrames).toBe(1);
  });

  it('is answered by /delivery and /search', async () => {
    const chat = new FakeChat({ people: PEOPLE, items: ITEMS });
    const at = terminal(chat, 80, 24);
    await at.shows('pours coffee ✓ 0/3');
    chat.acknowledge(2, 5);
    chat.acknowledge(3, 4);
    await at.shows('pours coffee ✓ 1/3');
    at.type('/delivery\r');
    expect(await at.shows('not yet:')).toContain(
      [
        '10:30     your last message, 10:35: pours coffee',
        '          1 of 3 here has it: bob',
        '          not yet: carol, 陳小明 (lacks 5)',
      ].join('\n'),
    );
    at.type('/search half\r');
    expect(await at.shows('found for')).toContain(
      ['10:30 --- 1 found for "half":', '  10:32 late carol: from the other half'].join('\n'),
    );
    at.type('/search halves\r');
    await at.shows('nothing found for "halves": try fewer words');
  });
});
