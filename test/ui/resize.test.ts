import { describe, expect, it } from 'vitest';
import { FakeChat, message, own, person, waiting } from './fake-chat.ts';
import { picture } from './picture.ts';
import { KEYS, TestTerminal } from './terminal.ts';

const PEOPLE = [person(1, 'alice'), person(2, 'bob'), person(3, '陳小明')];
const ITEMS = Array.from({ length: 80 }, (_, place) => {
  const text = `text ${place + 1}: ${'words and 你好 '.repeat(place % 9)}`;
  return place % 3 === 0 ? own(place + 1, text) : message(place + 1, text, { late: place % 3 === 1 });
});
const SIZES = [
  [40, 12],
  [120, 40],
  [81, 24],
  [80, 24],
  [79, 25],
  [1, 1],
  [10, 3],
  [200, 60],
  [59, 5],
  [60, 5],
  [80, 24],
] as const;

const TYPED = 'some text that is being typed';

function chat(): FakeChat {
  const made = new FakeChat({ people: PEOPLE, items: ITEMS });
  made.view({ waiting: [waiting(1, 'on its way 你好')], catchingUp: { held: 12_300, known: 100_000 } });
  return made;
}

function terminal(columns: number, rows: number): TestTerminal {
  return new TestTerminal(chat(), { columns, rows });
}

describe('a resized terminal', () => {
  it('shows what one of that size would have shown from the start', async () => {
    const at = terminal(80, 24);
    at.type(TYPED);
    await at.shows(TYPED);
    for (const [columns, rows] of SIZES) {
      at.resize(columns, rows);
      const expected = picture(chat(), { columns, rows }, TYPED);
      await expect.poll(() => at.picture(), { message: `${columns}x${rows}` }).toEqual(expected);
    }
    await at.close();
  });

  it('comes to rest on the last of many sizes, and goes on from there', async () => {
    const at = terminal(80, 24);
    await at.shows('text 80');
    for (let width = 79; width > 30; width -= 1) at.resize(width, (width % 20) + 1);
    at.resize(100, 30);
    at.type('after');
    await expect.poll(() => at.picture()).toEqual(picture(chat(), { columns: 100, rows: 30 }, 'after'));
    await at.close();
  });

  it('is drawn anew with Ctrl-L, whatever was printed over it', async () => {
    const at = terminal(80, 24);
    const before = await at.shows('text 80');
    await at.print('\u001b[5;5Hgarbage\n\n\n\n\u001b[24;1Hmore\n\n');
    expect(await at.text()).not.toBe(before);
    at.type('\u000c');
    await at.until(() => at.wholeFrames === 2);
    expect(await at.text()).toBe(before);
    at.type(KEYS.pageUp);
    await at.shows('scrolled up');
    await at.close();
  });
});
