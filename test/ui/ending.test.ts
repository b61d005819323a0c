import { describe, expect, it } from 'vitest';
import type { Command } from '../../pkg/chat/command.ts';
import { FakeChat, person } from './fake-chat.ts';
import { TestTerminal } from './terminal.ts';

const SIZE = { columns: 80, rows: 24 };
const PEOPLE = [person(1, 'alice'), person(2, 'bob')];

async function expectRestored(at: TestTerminal): Promise<void> {
  await at.print('back in the shell');
  expect(await at.inAlternateScreen()).toBe(false);
  expect(at.cursorShown).toBe(true);
  expect(at.input.raw).toBe(false);
  expect(await at.modes()).toMatchObject({ wraparoundMode: true, bracketedPasteMode: false, originMode: false });
  expect((await at.looks(0)).plain).toBe(true);
  expect((await at.lines()).filter((line) => line !== '')).toEqual(['back in the shell']);
}

class BrokenChat extends FakeChat {
  override do(command: Command): void {
    throw new Error(`no ${command.type} today`);
  }
}

describe('the end of the screen', () => {
  it('leaves the terminal as it was, and may be asked for twice', async () => {
    const at = new TestTerminal(new FakeChat({ people: PEOPLE }), SIZE);
    await at.shows('bob');
    expect(await at.inAlternateScreen()).toBe(true);
    expect((await at.modes()).wraparoundMode).toBe(false);
    expect(at.input.raw).toBe(true);
    await at.close();
    await at.close();
    await expectRestored(at);
  });

  it('tells an error after it has restored the terminal', async () => {
    const at = new TestTerminal(new BrokenChat({ people: PEOPLE }), SIZE);
    await at.shows('bob');
    at.type('hello\r');
    await expect(at.screen.closed).rejects.toThrow('no say today');
    await expectRestored(at);
  });

  it('writes nothing after it, whatever the chat does', async () => {
    const chat = new FakeChat({ people: PEOPLE });
    const at = new TestTerminal(chat, SIZE);
    await at.shows('bob');
    await at.close();
    const written = at.bytes.length;
    chat.tell({ type: 'problem', text: 'late' });
    at.resize(40, 12);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(at.bytes.length).toBe(written);
  });

  it('asks to quit when the terminal goes away', async () => {
    const at = new TestTerminal(new FakeChat({ people: PEOPLE }), SIZE);
    await at.shows('bob');
    at.breakOutput(new Error('EIO'));
    expect(at.quits).toEqual(['terminal closed']);
    at.hangUp();
    await at.until(() => at.quits.length === 2);
    await at.close();
  });
});
