import { describe, expect, it } from 'vitest';
import { millis } from '../../pkg/base/units.ts';
import type { Attendance, TimelineItem } from '../../pkg/chat/snapshot.ts';
import type { Nick } from '../../pkg/identity/nick.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import { brokenNick, FakeChat, message, NETWORK, nick, notice, own, peer, person, waiting } from './fake-chat.ts';
import { TestTerminal } from './terminal.ts';

const HOSTILE: readonly (readonly [string, string])[] = [
  ['a cleared screen', '\u001b[2J\u001b[3J\u001b[H'],
  ['a moved cursor', '\u001b[5A\u001b[10;10Hhere'],
  ['a hidden cursor', '\u001b[?25l'],
  ['the other screen', '\u001b[?1049l'],
  ['a title', '\u001b]0;owned\u0007\u001b]2;owned\u001b\\'],
  ['a title in 8 bits', '\u009d0;owned\u009c'],
  ['colours left on', '\u001b[31;1;7;8mred and hidden'],
  ['colours in 8 bits', '\u009b31mred'],
  ['colours with colons', '\u001b[38:2::255:0:0m'],
  ['a scroll region', '\u001b[5;10r'],
  ['wrapping on and origin mode', '\u001b[?7h\u001b[?6h'],
  ['a reset', '\u001bc'],
  ['another character set', '\u001b(0\u000eqqq'],
  ['a link', '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007'],
  ['the clipboard', '\u001b]52;c;bHM=\u0007'],
  ['a question to the terminal', '\u001b[c\u001b[6n\u001bP$qm\u001b\\'],
  ['carriage returns and backspaces', 'nice\rEVIL\b\b\b\b'],
  ['line breaks', '\n\n10:30 <alice> I said this\u2028and this\u2029\u0085\u000b\u000c'],
  ['bidi overrides', '\u202egnp.exe\u2066\u2067\u2068'],
  ['ten thousand marks', `z${'\u0335'.repeat(10_000)}`],
  ['ten thousand joiners', `z${'\u200d'.repeat(10_000)}`],
  ['a chain of people', '👩‍'.repeat(500)],
  ['a chain of letters', 'क्'.repeat(500)],
  ['wide signs', '﷽'.repeat(50) + '𒐫'.repeat(50)],
  ['lone surrogates', '\ud800\udc00\udc00\ud800'],
  ['tags', '\u{e0001}\u{e0068}\u{e0069}\u{e007f}'],
  ['tabs', '\t\t\t\t'],
  ['nothing to see', '\u200b\u2060\ufeff\u3164'],
];

function came(author: PeerId, name: Nick): Attendance {
  return { peer: author, nick: name, wasHere: true, here: false, leaves: 2, awayMs: millis(3), reason: '' };
}

function everywhere(text: string): TimelineItem[] {
  const author = peer(3);
  const name = brokenNick(`eve${text}`);
  return [
    message(1, text, { author, nick: name }),
    message(2, `before ${text} after`, { author, nick: name, kind: 'action' }),
    notice(1, { type: 'joined', peer: author, nick: name }),
    notice(2, { type: 'left', peer: author, nick: name, reason: text, goodbye: false }),
    notice(7, { type: 'presence', people: [{ ...came(author, name), reason: text }, came(peer(4), nick('bob'))] }),
    notice(3, { type: 'renamed', peer: author, from: name, to: name }),
    notice(4, { type: 'problem', text }),
    notice(5, { type: 'note', lines: [text] }),
    own(2, text),
    message(4, text, { author, nick: name, late: true }),
    notice(6, { type: 'found', words: text, messages: [message(5, text, { author, nick: name })], more: true }),
    message(3, 'the end'),
  ];
}

/** The screen with `text` in every place that others can write into, and what is left of it when it is closed. */
async function outcome(text: string): Promise<unknown> {
  const people = [person(1, 'alice'), { ...person(3, 'eve'), nick: brokenNick(`eve${text}`), software: text }];
  const network = { ...NETWORK, interfaces: [{ name: `eth${text.slice(0, 20)}`, address: '192.168.1.5' }] };
  const chat = new FakeChat({ people, network, items: everywhere(text) });
  const at = new TestTerminal(chat, { columns: 80, rows: 24 });
  await at.shows('the end');
  chat.view({ waiting: [waiting(1, text), waiting(2, 'the very end')] });
  await at.shows('the very end …');
  chat.view({ waiting: [] });
  await at.hides('the very end');
  at.type('/delivery\r');
  await at.shows('(lacks');
  at.type('/who eve\r');
  await at.shows('since');
  at.type('hello');
  await at.shows('> hello');
  const lines = await at.lines();
  const during = {
    last: lines.slice(22),
    size: lines.length,
    cursor: await at.cursor(),
    modes: await at.modes(),
    shown: at.cursorShown,
    input: await at.looks(23),
  };
  await at.close();
  await at.print('\rplain\u001b[K');
  const after = {
    alternate: await at.inAlternateScreen(),
    modes: await at.modes(),
    looks: await at.looks((await at.cursor()).y),
    lines: await at.lines(),
    shown: at.cursorShown,
    raw: at.input.raw,
    titles: at.titles,
  };
  return { during, after };
}

describe('what others write', () => {
  it.each(HOSTILE)('cannot drive the terminal: %s', async (_what, text) => {
    expect(await outcome(text)).toEqual(await outcome('harmless'));
  });
});
