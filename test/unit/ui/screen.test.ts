import { describe, expect, it } from 'vitest';
import { CONTENT_BYTES_MAX, INPUT_CHARS_MAX } from '../../../pkg/base/limits.ts';
import { attended } from '../../../pkg/chat/attendance.ts';
import { rowText } from '../../../pkg/ui/row.ts';
import { FakeChat, message, NETWORK, nick, notice, peer, person } from '../../ui/fake-chat.ts';

import { Bench, full, KEY } from './screen-bench.ts';

describe('Screen', () => {
  it('says what was typed, and follows it', () => {
    const bench = full(100);
    bench.key({ pageUp: true });
    bench.type('hello\r');
    expect(bench.messages.at(-1)).toBe('10:30 <alice> hello ✓ 0/1');
    expect(bench.input).toBe('> ');
    expect(bench.effectTypes()).toEqual(['say']);
  });

  it('keeps what was typed after an error, and tells what was wrong', () => {
    const bench = full(1);
    bench.type('/nikc bob\r');
    expect(bench.status).toContain('did you mean /nick?');
    expect(bench.input).toBe('> /nikc bob');
    bench.type('x');
    expect(bench.status).toContain('#general');
    expect(bench.effects).toEqual([]);
  });

  it('keeps a text that is too long for a message', () => {
    const bench = full(1);
    bench.screen.paste('x'.repeat(CONTENT_BYTES_MAX + 1));
    bench.type('\r');
    expect(bench.status).toContain(`a message holds ${CONTENT_BYTES_MAX}`);
    expect(bench.effects).toEqual([]);
    bench.key({ backspace: true });
    bench.type('\r');
    expect(bench.effectTypes()).toEqual(['say']);
  });

  it('refuses a paste that it cannot hold, whole', () => {
    const bench = full(1);
    bench.type('mine');
    bench.screen.paste('x'.repeat(INPUT_CHARS_MAX));
    expect(bench.input).toBe('> mine');
    expect(bench.status).toContain('too long');
  });

  it('takes a pasted block as one piece and waits for Enter', () => {
    const bench = full(1);
    bench.screen.paste('one\r\ntwo\nthree\n');
    expect(bench.effects).toEqual([]);
    expect(bench.status).toContain('pasted 3 lines');
    expect(bench.screen.frame().input).toHaveLength(3);
    bench.type('\r');
    expect(bench.effects).toEqual([
      { type: 'command', command: { type: 'say', room: '#general', kind: 'chat', text: 'one\ntwo\nthree' } },
    ]);
  });

  it('lets the input grow to a third of the screen', () => {
    const bench = full(1);
    bench.screen.paste('line\n'.repeat(100));
    expect(bench.screen.frame().input).toHaveLength(8);
    expect(bench.screen.frame().messages).toHaveLength(24 - 8 - 1 - 1);
  });

  it('answers a command into the timeline of this person alone', () => {
    const bench = full(1);
    bench.type('/help nick\r');
    expect(bench.effectTypes()).toEqual(['note']);
    expect(bench.messages.join('\n')).toContain('example: /nick alice');
  });

  it('walks through what was sent, and keeps the draft', () => {
    const bench = full(1);
    bench.type('one\rtwo\rdraft');
    bench.key({ upArrow: true });
    expect(bench.input).toBe('> two');
    bench.key({ upArrow: true });
    expect(bench.input).toBe('> one');
    bench.key({ downArrow: true });
    bench.key({ downArrow: true });
    expect(bench.input).toBe('> draft');
  });

  it('puts a text aside at Ctrl-C, and quits at two on an empty line', () => {
    const bench = full(1);
    bench.type('draft');
    bench.key({ ctrl: true }, 'c');
    expect(bench.input).toBe('> ');
    bench.key({ ctrl: true }, 'c');
    expect(bench.status).toContain('press Ctrl-C again to quit');
    bench.key({ upArrow: true });
    expect(bench.input).toBe('> draft');
    expect(bench.status).not.toContain('again');
    bench.key({ ctrl: true }, 'c');
    bench.key({ ctrl: true }, 'c');
    expect(bench.effects).toEqual([]);
    bench.key({ ctrl: true }, 'c');
    bench.key({ ctrl: true }, 'c');
    expect(bench.effects).toEqual([
      { type: 'quit', reason: '' },
      { type: 'quit', reason: '' },
    ]);
  });

  it('quits at Ctrl-D on an empty line and deletes on another', () => {
    const bench = full(1);
    bench.type('ab');
    bench.key({ home: true });
    bench.key({ ctrl: true }, 'd');
    expect(bench.input).toBe('> b');
    bench.key({ ctrl: true }, 'd');
    expect(bench.effects).toEqual([]);
    bench.key({ ctrl: true }, 'd');
    expect(bench.effects).toEqual([{ type: 'quit', reason: '' }]);
  });

  it('hands the reason of /quit on', () => {
    const bench = full(1);
    bench.type('/quit see you\r');
    expect(bench.effects).toEqual([{ type: 'quit', reason: 'see you' }]);
  });

  it('does not move the reader when messages come, and counts them', () => {
    const bench = full(100);
    bench.key({ pageUp: true });
    const before = bench.messages;
    expect(bench.status).toContain('scrolled up');
    bench.chat.add(message(101, 'new'), notice(9, { type: 'problem', text: 'no' }), message(102, 'newer'));
    bench.refresh();
    expect(bench.messages).toEqual(before);
    expect(bench.status).toContain('2 new below');
    bench.key({ pageDown: true });
    bench.key({ pageDown: true });
    expect(bench.messages.at(-1)).toContain('newer');
    expect(bench.status).not.toContain('new');
  });

  it('asks for older messages once at the top, and stays where it was when they come', () => {
    const older = Array.from({ length: 100 }, (_, place) => message(place + 1, `old ${place + 1}`));
    const items = Array.from({ length: 50 }, (_, place) => message(place + 101, `text ${place + 101}`));
    const bench = new Bench(new FakeChat({ items, older, people: [person(1, 'alice'), person(2, 'bob')] }));
    const asked = (): number => bench.effectTypes().filter((type) => type === 'older').length;
    bench.key({ pageUp: true });
    expect(asked()).toBe(0);
    const chat = bench.chat.snapshot();
    bench.screen.press('', { ...KEY, pageUp: true });
    bench.screen.press('', { ...KEY, pageUp: true });
    bench.screen.press('', { ...KEY, pageUp: true });
    expect(asked()).toBe(1);
    expect(bench.status).toContain('loading older…');
    const top = bench.messages;
    expect(top[0]).toContain(`text ${101}`);
    expect(bench.chat.snapshot()).not.toBe(chat);
    bench.refresh();
    expect(bench.messages).toEqual(top);
    expect(bench.status).not.toContain('loading');
    for (let count = 0; count < 20; count += 1) bench.key({ pageUp: true });
    expect(asked()).toBe(2);
    expect(bench.messages[0]).toContain('old 1');
  });

  it('clears the view only', () => {
    const bench = full(100);
    bench.type('/clear\r');
    expect(bench.messages.join('')).toBe('');
    bench.chat.add(message(101, 'after'));
    bench.refresh();
    expect(bench.messages.join('')).toBe('10:30 <bob> after');
    bench.key({ pageUp: true });
    expect(bench.messages.join('\n')).toContain('text 100');
  });

  it('shows what a cleared item has come to tell since', () => {
    const bench = full(3);
    const joined = (...numbers: readonly number[]) =>
      numbers.map((number) => attended(undefined, { type: 'joined', peer: peer(number), nick: nick(`p${number}`) }));
    bench.chat.add(notice(9, { type: 'presence', people: joined(3) }));
    bench.refresh();
    bench.type('/clear\r');
    expect(bench.messages.join('')).toBe('');
    const { items } = bench.chat.snapshot().room;
    bench.chat.view({ items: [...items.slice(0, -1), notice(9, { type: 'presence', people: joined(3, 4) })] });
    bench.refresh();
    expect(bench.messages.join('')).toBe('10:30 --> p3 and p4 joined');
  });

  it('shows what an item before the last cleared one has come to tell since', () => {
    const bench = full(3);
    const presence = (what: 'joined' | 'left') => {
      const change = { peer: peer(4), nick: nick('olaf') };
      const done = what === 'joined' ? { type: what, ...change } : { type: what, ...change, reason: '', goodbye: true };
      return notice(9, { type: 'presence', people: [attended(undefined, done)] });
    };
    bench.chat.add(presence('left'));
    bench.chat.add(notice(10, { type: 'note', lines: ['a note'] }));
    bench.refresh();
    bench.type('/clear\r');
    expect(bench.messages.join('')).toBe('');
    const { items } = bench.chat.snapshot().room;
    bench.chat.view({ items: items.map((item) => (item.id === presence('left').id ? presence('joined') : item)) });
    bench.refresh();
    expect(bench.messages.join('')).toContain('olaf joined');
    expect(bench.messages.join('')).not.toContain('text 3');
  });

  it('tells who is alone what to do, until somebody comes or says something', () => {
    const bench = new Bench(new FakeChat());
    expect(bench.messages.join('\n')).toContain('p2pchat -username their-name');
    bench.chat.change({ people: [person(1, 'alice'), person(2, 'bob')] });
    bench.refresh();
    expect(bench.messages.join('\n')).not.toContain('p2pchat -username');
    const spoken = new Bench(new FakeChat({ items: [message(1, 'hi')] }));
    expect(spoken.messages.join('\n')).not.toContain('p2pchat -username');
  });

  it('writes tags on names that are used twice, in old messages too', () => {
    const items = [message(1, 'I am bob', { author: peer(9), nick: nick('bob') })];
    const bench = new Bench(new FakeChat({ items, people: [person(1, 'alice')] }));
    expect(bench.messages.at(-1)).toBe('10:30 <bob> I am bob');
    bench.chat.change({ people: [person(1, 'alice'), person(2, 'BOB')] });
    bench.refresh();
    expect(bench.messages.at(-1)).toMatch(/<bob~[a-z2-7]{4}> I am bob/);
    expect(bench.screen.frame().people.map(rowText).join()).toMatch(/BOB~[a-z2-7]{4}/);
  });

  it('counts those for whom the list has no room', () => {
    const people = Array.from({ length: 40 }, (_, place) => person(place + 1, `user${place + 1}`));
    const bench = new Bench(new FakeChat({ people }));
    const list = bench.screen.frame().people.map(rowText);
    expect(list).toHaveLength(21);
    expect(list[0]).toBe('40 here');
    expect(list.at(-1)).toBe('and 21 more');
  });

  it('warns in words that are safe', () => {
    const bench = full(1);
    bench.screen.warn('the disk is full\u001b[2J');
    expect(bench.status).toContain('the disk is full␛[2J');
  });

  it('keeps what did not change: a key makes a new input row and nothing else', () => {
    const bench = full(10_000);
    bench.type('a');
    const before = bench.screen.frame();
    bench.type('b');
    const after = bench.screen.frame();
    expect(after.messages).toBe(before.messages);
    expect(after.people).toBe(before.people);
    expect(after.header).toBe(before.header);
    expect(after.status).toBe(before.status);
    expect(after.input).not.toBe(before.input);
    expect(bench.effects).toEqual([]);
  });

  it('asks for whole rows where the terminal may count columns in its own way', () => {
    const bench = full(1);
    bench.type('ไทย');
    expect(bench.effectTypes()).toEqual([]);
    bench.type('กำ');
    expect(bench.effectTypes()).toEqual(['redraw']);
  });

  it('redraws at Ctrl-L and when the size changes', () => {
    const bench = full(1);
    bench.key({ ctrl: true }, 'l');
    bench.screen.resize({ columns: 40, rows: 12 });
    expect(bench.effectTypes()).toEqual(['redraw', 'redraw']);
    expect(bench.screen.frame().messages).toHaveLength(9);
    expect(bench.screen.frame().people).toEqual([]);
    expect(bench.status).toContain('2 here');
  });

  it('fits every size from 1x1 on', () => {
    const people = [person(1, 'alice'), person(2, '你好')];
    const network = { ...NETWORK, interfaces: [...NETWORK.interfaces, { name: 'wlan0', address: '10.0.0.1' }] };
    const items = [message(1, 'hello 你好\nthere'), message(2, 'waves', { kind: 'action' })];
    for (let columns = 1; columns < 100; columns += 7) {
      for (let rows = 1; rows < 30; rows += 3) {
        const bench = new Bench(new FakeChat({ people, network, items }), { columns, rows });
        bench.type('typed 你好');
        bench.screen.warn('something went wrong that takes many words to tell');
        const { header, messages, people: list, status, input, cursor } = bench.screen.frame();
        expect(header.length + messages.length + status.length + input.length).toBe(rows);
        expect(list.length).toBeLessThanOrEqual(messages.length);
        expect(cursor.x).toBeLessThan(columns);
        expect(cursor.y).toBeLessThan(rows);
      }
    }
  });
});
