import { afterEach, describe, expect, it } from 'vitest';
import { wallTime } from '../../pkg/base/units.ts';
import { FakeChat, message, NETWORK, nick, notice, peer, person } from './fake-chat.ts';
import { TestTerminal } from './terminal.ts';

const PEOPLE = [person(1, 'alice'), person(2, 'bob'), person(3, '陳小明')];
const ITEMS = [
  notice(1, { type: 'joined', peer: peer(2), nick: nick('bob') }),
  message(1, 'Hello everyone! This is a message that is long enough to need a second row on most screens.'),
  message(2, 'waves', { kind: 'action' }),
  message(3, '你好，世界！👋🏽 first line\nsecond line', { author: peer(3), nick: nick('陳小明') }),
];

let open: TestTerminal | undefined;

function terminal(chat: FakeChat, columns: number, rows: number, colour = true): TestTerminal {
  open = new TestTerminal(chat, { columns, rows, colour });
  return open;
}

afterEach(async () => {
  await open?.close();
  open = undefined;
});

describe('the screen', () => {
  it('looks so at 80x24', async () => {
    const at = terminal(new FakeChat({ people: PEOPLE, items: ITEMS }), 80, 24);
    await at.shows('second line');
    at.type('hi 你');
    await at.shows('> hi 你');
    expect(await at.lines()).toEqual([
      ' p2pchat | eth0 192.168.1.5 | port 8080 | 2 linked                              ',
      '                                                                3 here',
      '                                                                alice (you)',
      '                                                                bob',
      '                                                                陳小明',
      ...Array.from({ length: 11 }, () => ''),
      '10:30 --> bob joined',
      '10:31 <bob> Hello everyone! This is a message that is long',
      '            enough to need a second row on most screens.',
      '10:32 * bob waves',
      '10:33 <陳小明> 你好，世界！👋🏽 first line',
      '               second line',
      ' #general                                                                       ',
      '> hi 你',
    ]);
    expect(await at.cursor()).toEqual({ x: 7, y: 23 });
    expect(at.cursorShown).toBe(true);
  });

  it('looks so at 40x12, the people folded away', async () => {
    const at = terminal(new FakeChat({ people: PEOPLE, items: ITEMS }), 40, 12);
    await at.shows('second line');
    expect(await at.lines()).toEqual([
      ' eth0 192.168.1.5 | port 8080 | 2 linked',
      '',
      '10:30 --> bob joined',
      '10:31 <bob> Hello everyone! This is a',
      '            message that is long enough',
      '            to need a second row on most',
      '            screens.',
      '10:32 * bob waves',
      '10:33 <陳小明> 你好，世界！👋🏽 first line',
      '               second line',
      ' #general  3 here                       ',
      '> ',
    ]);
  });

  it('looks so at 200x60', async () => {
    const at = terminal(new FakeChat({ people: PEOPLE, items: ITEMS }), 200, 60);
    const lines = (await at.shows('second line')).split('\n');
    expect(lines).toHaveLength(60);
    expect(lines[1]).toBe(`${' '.repeat(172)}3 here`);
    expect(lines.slice(53, 58)).toEqual([
      '10:30 --> bob joined',
      `10:31 <bob> ${ITEMS[1]?.type === 'message' ? ITEMS[1].text : ''}`,
      '10:32 * bob waves',
      '10:33 <陳小明> 你好，世界！👋🏽 first line',
      '               second line',
    ]);
    expect(lines[59]).toBe('> ');
  });

  it('does not break at 1x1', async () => {
    const at = terminal(new FakeChat({ people: PEOPLE, items: ITEMS }), 1, 1);
    at.type('ab你');
    await at.until(() => at.bytes.includes('?'));
    expect(await at.lines()).toHaveLength(1);
    expect(await at.cursor()).toEqual({ x: 0, y: 0 });
    at.resize(80, 24);
    expect(await at.shows('> ab你')).toContain('second line');
  });

  it('tells who is alone what happens and what to do', async () => {
    const people = [person(1, 'alice', { since: wallTime(Date.now()) })];
    const at = terminal(new FakeChat({ people }), 80, 24);
    const text = await at.shows('waiting for others…');
    expect(text).toContain('Hello alice, nobody else is here yet.');
    expect(text).toContain('eth0 192.168.1.5 (port 8080, group');
    expect(text).toContain('    p2pchat -username their-name');
  });

  it('tells when there is no network', async () => {
    const at = terminal(new FakeChat({ network: { ...NETWORK, interfaces: [] } }), 80, 24);
    expect(await at.shows('no network |')).toContain('This machine is on no network at the moment.');
  });

  it('draws one key in one colour, and none where colours are not wanted', async () => {
    const at = terminal(new FakeChat({ people: PEOPLE, items: ITEMS }), 80, 24);
    await at.shows('second line');
    const { colours } = await at.looks(17);
    expect(colours).toHaveLength(1);
    expect((await at.looks(19)).colours).toEqual(colours);
    expect((await at.looks(3)).colours).toEqual(colours);
    expect((await at.looks(20)).colours).not.toEqual(colours);
    await at.close();
    const plain = terminal(new FakeChat({ people: PEOPLE, items: ITEMS }), 80, 24, false);
    await plain.shows('second line');
    for (let y = 0; y < 24; y += 1) expect((await plain.looks(y)).colours).toEqual([]);
  });

  it('draws no line inside or beside the messages that a selection would take along', async () => {
    const at = terminal(new FakeChat({ people: PEOPLE, items: ITEMS }), 80, 24);
    expect(await at.shows('second line')).not.toMatch(/[\u2500-\u257f]/);
  });
});
