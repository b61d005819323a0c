import { columns } from '../../pkg/ui/cells.ts';
import type { Frame } from '../../pkg/ui/frame.ts';
import { type Row, rowText } from '../../pkg/ui/row.ts';
import { Screen } from '../../pkg/ui/screen.ts';
import type { FakeChat } from './fake-chat.ts';

export interface Picture {
  readonly lines: readonly string[];
  readonly cursor: { readonly x: number; readonly y: number };
}

/** What a terminal has to show of this chat, by the frames alone, without Ink: `typed` stands in the input line. */
export function picture(chat: FakeChat, size: { columns: number; rows: number }, typed = ''): Picture {
  const screen = new Screen({
    snapshot: chat.snapshot(),
    size,
    now: chat.snapshot().network.heardAt ?? chat.snapshot().me.since,
    colour: true,
    timeOf: (at) => new Date(at).toISOString().slice(11, 16),
    dayOf: (at) => new Date(at).toISOString().slice(0, 10),
    perform: () => {},
  });
  if (typed !== '') screen.paste(typed);
  const frame = screen.frame();
  return { lines: linesOf(frame), cursor: frame.cursor };
}

function linesOf({ header, messages, people, status, input, regions }: Frame): string[] {
  const middle = messages.map((line, place) => {
    const person = people[place];
    const width = columns(rowText(line));
    const space = ' '.repeat(Math.max(0, regions.messageColumns + regions.gap - width));
    return person === undefined ? drawn(line) : drawn(line) + space + drawn(person);
  });
  return [...header.map(drawn), ...middle, ...status.map(drawn), ...input.map(drawn)].map((line) => line.trimEnd());
}

function drawn(line: Row): string {
  return rowText(line).replaceAll('\u200b', '');
}
