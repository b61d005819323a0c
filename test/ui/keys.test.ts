import { afterEach, describe, expect, it } from 'vitest';
import { FakeChat, message, person } from './fake-chat.ts';
import { alt, ctrl, KEYS, paste, TestTerminal } from './terminal.ts';

const PEOPLE = [person(1, 'alice'), person(2, 'bob')];
const LAST = 23;

let open: TestTerminal | undefined;

function terminal(chat = new FakeChat({ people: PEOPLE }), typed = ''): TestTerminal {
  open = new TestTerminal(chat, { columns: 80, rows: 24, typed });
  return open;
}

afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** The texts that were said. */
function said(chat: FakeChat): string[] {
  return chat.done.flatMap((command) => (command.type === 'say' ? [command.text] : []));
}

describe('keys, as a terminal sends them', () => {
  it.each<[string, readonly string[], string, number]>([
    ['letters', ['héllo'], '> héllo', 7],
    ['wide letters', ['你好', KEYS.left], '> 你好', 4],
    ['a family', ['👨‍👩‍👧‍👦', '!', KEYS.left, KEYS.left], '> 👨‍👩‍👧‍👦!', 2],
    ['Ctrl-A and Ctrl-E', ['bc', ctrl('a'), 'a', ctrl('e'), 'd'], '> abcd', 6],
    ['Home and End', ['bc', KEYS.home, 'a', KEYS.end, 'd'], '> abcd', 6],
    ['Ctrl-B and Ctrl-F', ['ac', ctrl('b'), 'b', ctrl('f'), 'd'], '> abcd', 6],
    ['Alt-B and Alt-F', ['one two', alt('b'), 'X', alt('f'), 'Y'], '> one XtwoY', 11],
    ['Ctrl-Left and Ctrl-Right', ['one two', KEYS.ctrlLeft, KEYS.ctrlLeft, KEYS.ctrlRight, 'X'], '> oneX two', 6],
    ['Backspace and Delete', ['abcd', KEYS.backspace, KEYS.home, KEYS.delete], '> bc', 2],
    ['Ctrl-D', ['abc', ctrl('a'), ctrl('d')], '> bc', 2],
    ['Ctrl-K and Ctrl-Y', ['abc', ctrl('a'), ctrl('k'), 'x', ctrl('y')], '> xabc', 6],
    ['Ctrl-U and Ctrl-Y', ['abc', ctrl('b'), ctrl('u'), ctrl('e'), ctrl('y')], '> cab', 5],
    ['Ctrl-W', ['one /two/three', ctrl('w')], '> one', 6],
    ['Alt-Backspace', ['one /two/three', KEYS.altBackspace], '> one /two/', 11],
    ['Alt-D', ['one two', ctrl('a'), alt('d')], '>  two', 2],
    ['Escape and a letter', ['one two', KEYS.escape], '> one two', 9],
    ['unknown keys', ['ab', '\u001b[15~', '\u001b[1;2P', alt('q'), ctrl('g'), '\t', '\u001b[I'], '> ab', 4],
  ])('%s', async (_name, keys, line, x) => {
    const at = terminal();
    await at.shows('bob');
    at.type(...keys);
    await at.until(() => at.input.readableLength === 0);
    await at.shows(line);
    expect((await at.lines())[LAST]).toBe(line);
    expect(await at.cursor()).toEqual({ x, y: LAST });
  });

  it('takes Escape, then a letter, for the letter with Alt', async () => {
    const at = terminal();
    await at.shows('bob');
    at.type('one two');
    await at.shows('> one two');
    at.type(KEYS.escape);
    // Ink takes an Escape for itself when nothing follows for a while: the letter comes as a key of its own.
    await new Promise((resolve) => setTimeout(resolve, 60));
    at.type('b', 'X');
    await at.shows('> one Xtwo');
  });

  it('puts together a key that comes in pieces', async () => {
    const at = terminal();
    await at.shows('bob');
    at.type('ab', '\u001b', '[', 'D', 'X');
    await at.shows('> aXb');
  });

  it('sends a line, and nothing of a line that was not sent', async () => {
    const chat = new FakeChat({ people: PEOPLE });
    const at = terminal(chat);
    at.type('hello', KEYS.enter, 'wor', 'ld', KEYS.enter, 'draft');
    await at.shows('> draft');
    expect(said(chat)).toEqual(['hello', 'world']);
    expect(await at.text()).toContain('<alice> world');
  });

  it('loses nothing that was typed before the first frame', async () => {
    const chat = new FakeChat({ people: PEOPLE });
    const at = terminal(chat, 'early words\rand mo');
    at.type('re');
    await at.shows('> and more');
    expect(said(chat)).toEqual(['early words']);
  });

  it.each([
    ['Alt-Enter', KEYS.altEnter],
    ['Ctrl-J', '\n'],
  ])('begins a new line with %s', async (_name, key) => {
    const chat = new FakeChat({ people: PEOPLE });
    const at = terminal(chat);
    await at.shows('bob');
    at.type('one', key, 'two');
    await at.shows('> one\n  two');
    expect(await at.cursor()).toEqual({ x: 5, y: LAST });
    at.type(KEYS.up, 'X', KEYS.enter);
    await at.shows('<alice> oneX');
    expect(said(chat)).toEqual(['oneX\ntwo']);
  });

  it('keeps a pasted block one message and never sends it by itself', async () => {
    const chat = new FakeChat({ people: PEOPLE });
    const at = terminal(chat);
    await at.shows('bob');
    expect((await at.modes()).bracketedPasteMode).toBe(true);
    at.type('see: ', paste('one\r\ntwo\r/quit\n'));
    await at.shows('pasted 3 lines');
    expect(await at.text()).toContain('> see: one\n  two\n  /quit');
    expect(said(chat)).toEqual([]);
    at.type(KEYS.enter);
    await at.shows('<alice> see: one');
    expect(said(chat)).toEqual(['see: one\ntwo\n/quit']);
    expect(at.quits).toEqual([]);
  });

  it('shows what a paste hides', async () => {
    const at = terminal();
    await at.shows('bob');
    at.type(paste('rm \u001b[8mx\u202e'));
    await at.shows('> rm ␛[8mx�');
  });

  it('walks through what was sent with Up and Down', async () => {
    const at = terminal();
    at.type('one', KEYS.enter, 'two', KEYS.enter, 'draft', KEYS.up, KEYS.up);
    await at.shows('> one');
    at.type(KEYS.down, KEYS.down);
    await at.shows('> draft');
  });

  it('scrolls with PgUp and PgDn, and says what is new below', async () => {
    const items = Array.from({ length: 60 }, (_, place) => message(place + 1, `text ${place + 1}.`));
    const chat = new FakeChat({ people: PEOPLE, items });
    const at = terminal(chat);
    await at.shows('text 60.');
    at.type(KEYS.pageUp);
    await at.shows('scrolled up, PgDn');
    await at.hides('text 60.');
    const before = (await at.lines()).slice(1, 22);
    chat.add(message(61, 'late news'));
    await at.shows('1 new below, PgDn');
    expect((await at.lines()).slice(1, 22)).toEqual(before);
    at.type(KEYS.pageDown, KEYS.pageDown);
    await at.shows('late news');
  });

  it('quits at the second Ctrl-C, at Ctrl-D and at /quit', async () => {
    const at = terminal();
    await at.shows('bob');
    at.type('x', ctrl('c'), ctrl('c'));
    await at.shows('press Ctrl-C again to quit');
    expect(at.quits).toEqual([]);
    at.type(ctrl('c'));
    await at.until(() => at.quits.length === 1);
    at.type('a', KEYS.backspace, ctrl('d'));
    await at.until(() => at.quits.length === 2);
    at.type('/exit see you', KEYS.enter);
    await at.until(() => at.quits.length === 3);
    expect(at.quits).toEqual(['', '', 'see you']);
  });

  it('tells why a command was refused', async () => {
    const chat = new FakeChat({ people: PEOPLE });
    const at = terminal(chat);
    await at.shows('bob');
    chat.refuse('the disk is full: make room and say it again');
    await at.shows('the disk is full');
  });
});
