/** What tests ask of several chats at once. */
import type { ChatProcess } from './process.ts';

/** Waits until each has seen all the others come. */
export async function allMeet(chats: readonly ChatProcess[]): Promise<void> {
  const names = chats.map((chat) => chat.name);
  await Promise.all(chats.map((chat) => chat.meets(names)));
}

/** Waits until each has printed each of the texts. */
export async function allHear(chats: readonly ChatProcess[], texts: readonly string[]): Promise<void> {
  await Promise.all(chats.flatMap((chat) => texts.map((text) => chat.hears(text))));
}

/** What `name` has said, in the order in which `chat` printed it. */
export function saidBy(chat: ChatProcess, name: string): string[] {
  return chat.heard.filter(({ nick }) => nick === name).map(({ text }) => text);
}

/** `<name> 1` to `<name> <count>`. */
export function speech(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, place) => `${name} ${place + 1}`);
}

/** The item at `place`, which must be there. */
export function nth<T>(items: readonly T[], place: number): T {
  const item = items[place];
  if (item === undefined) throw new Error(`nothing at ${place} of ${items.length}`);
  return item;
}

/** The rows of `/who` as `chat` prints them now, without their `-- `. */
export async function who(chat: ChatProcess): Promise<string[]> {
  return await answer(chat, '/who');
}

/** What `chat` prints to a command that only shows, without its `-- `. */
export async function answer(chat: ChatProcess, command: string, timeoutMs?: number): Promise<string[]> {
  asked += 1;
  const fence = `fence-${asked}`;
  const from = chat.stderr.length;
  chat.say(command, `/${fence}`);
  await chat.waitForLine('stderr', new RegExp(fence), { from, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  const lines = chat.stderr.slice(from).map(({ text }) => text);
  return lines
    .slice(
      0,
      lines.findIndex((text) => text.includes(fence)),
    )
    .map((text) => text.replace(/^-- /, ''));
}

/** Numbers the unknown commands whose refusal tells that the answer before it is complete. */
let asked = 0;
