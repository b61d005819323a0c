import type { Key } from 'ink';
import { rowText } from '../../../pkg/ui/row.ts';
import { Screen } from '../../../pkg/ui/screen.ts';
import type { ScreenEffect } from '../../../pkg/ui/screen-state.ts';
import { FakeChat, message, person } from '../../ui/fake-chat.ts';

export const KEY: Key = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
};

/** A screen on a chat of memory, without Ink: commands go to the chat, and what it shows comes back at once. */
export class Bench {
  readonly effects: ScreenEffect[] = [];
  readonly chat: FakeChat;
  readonly screen: Screen;

  constructor(chat: FakeChat, size = { columns: 80, rows: 24 }) {
    this.chat = chat;
    const perform = (effect: ScreenEffect): void => {
      this.effects.push(effect);
      if (effect.type === 'command') chat.do(effect.command);
    };
    const times = { now: chat.snapshot().me.since, timeOf: () => '10:30', dayOf: () => '2025-11-16' };
    this.screen = new Screen({ snapshot: chat.snapshot(), size, colour: true, ...times, perform });
  }

  type(text: string): void {
    this.screen.press(text, KEY);
    this.refresh();
  }

  key(key: Partial<Key>, input = ''): void {
    this.screen.press(input, { ...KEY, ...key });
    this.refresh();
  }

  refresh(): void {
    this.screen.update(this.chat.snapshot());
  }

  get messages(): string[] {
    return this.screen.frame().messages.map(rowText);
  }

  get status(): string {
    return this.screen.frame().status.map(rowText).join('\n');
  }

  get input(): string {
    return this.screen.frame().input.map(rowText).join('\n');
  }

  effectTypes(): string[] {
    return this.effects.map((effect) => (effect.type === 'command' ? effect.command.type : effect.type));
  }
}

export function full(count: number): Bench {
  const items = Array.from({ length: count }, (_, place) => message(place + 1, `text ${place + 1}`));
  return new Bench(new FakeChat({ items, people: [person(1, 'alice'), person(2, 'bob')] }));
}
