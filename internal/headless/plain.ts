/**
 * The chat as append-only lines, for pipes, dumb terminals and screen readers: reads a line and sends it, prints what
 * arrives. Standard output is what was said, standard error everything else.
 */
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { never } from '../../pkg/base/assert.ts';
import { DELIVERY_TIMEOUT_MS, DOCTOR_MS_MAX, HISTORY_SHOWN_MAX, SETTLE_MS } from '../../pkg/base/limits.ts';
import { wallTime } from '../../pkg/base/units.ts';
import type { Chat } from '../../pkg/chat/chat.ts';
import type { ChatEvent } from '../../pkg/chat/event.ts';
import type { InputAction, InputContext } from '../../pkg/chat/input-action.ts';
import { readInput } from '../../pkg/chat/slash.ts';
import type { ChatMessage, Notice } from '../../pkg/chat/snapshot.ts';
import { Doorway } from './doorway.ts';
import { Outgoing } from './outgoing.ts';
import { Past } from './past.ts';
import { Printer } from './printer.ts';
import { Questions } from './questions.ts';
import { Transcript, type TranscriptContext, tableLine } from './transcript.ts';

export interface PlainOptions {
  readonly chat: Chat;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** The time of day where the person is. */
  readonly timeOf: InputContext['timeOf'];
  /** The day where the person is: `2025-11-16`. */
  readonly dayOf: TranscriptContext['dayOf'];
  /** Whether the newest messages of the history are printed first. */
  readonly history: boolean;
  /** Whether a person types the input. */
  readonly interactive: boolean;
  /** Aborted when the person wants to leave by a signal. */
  readonly signal: AbortSignal;
}

export type PlainEnd =
  /** The end of the input, and everything said is with somebody and with everybody present. */
  | { readonly type: 'delivered' }
  /** Something was said, and nobody was met. It is kept and goes out at the next start. */
  | { readonly type: 'nobody' }
  /** Something was said and these have not acknowledged it in time: those present, or where nobody has it those who left. */
  | { readonly type: 'undelivered'; readonly missing: readonly string[] }
  | { readonly type: 'quit'; readonly reason: string }
  | { readonly type: 'aborted' };

/**
 * Runs until the input ends, the person quits, or `signal` aborts. Where it was not aborted, all that happened is handed
 * to the streams. Throws a `TooSlowError` when they are not read.
 */
export async function runPlain(options: PlainOptions): Promise<{ readonly end: PlainEnd; readonly refused: number }> {
  const ending = new AbortController();
  const { chat, signal } = options;
  const over = AbortSignal.any([signal, ending.signal]);
  const outgoing = new Outgoing(chat, over);
  const questions = new Questions(chat, over);
  const printer = new Printer(over);
  const hears = (event: ChatEvent): void => {
    outgoing.heard(event);
    questions.heard(event);
  };
  const printed = new Printed(options, printer);
  const following = follow(options, { hears, printed, signal: ending.signal });
  const failing = Promise.race([following, printed.doorway.failed]);
  try {
    const end = await Promise.race([read(options, { outgoing, questions, printer }), failing, aborted(signal)]);
    printed.doorway.close();
    await Promise.race([printer.done(), failing]);
    return { end, refused: outgoing.refused };
  } finally {
    printed.doorway.stop();
    ending.abort();
  }
}

/**
 * Sends line by line, never more than the store keeps up with, and waits for delivery at the end: that of the input, of
 * whoever reads the output, or a script's `/quit`. A person's `/quit` waits for the disk alone.
 */
async function read(
  { chat, stdin, stdout, stderr, timeOf, interactive }: PlainOptions,
  {
    outgoing,
    questions,
    printer,
  }: { readonly outgoing: Outgoing; readonly questions: Questions; readonly printer: Printer },
): Promise<PlainEnd> {
  const settledAt = performance.now() + SETTLE_MS;
  const delivered = () =>
    outgoing.delivered({ settledAt, until: Math.max(settledAt, performance.now() + DELIVERY_TIMEOUT_MS) });
  const lines = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY, terminal: false });
  stdout.once('error', () => lines.close());
  for await (const line of lines) {
    let action = readInput(line, { snapshot: chat.snapshot(), now: wallTime(Date.now()), timeOf });
    if (asks(action) && !interactive) {
      // A script asks before anybody can have been found, and before what it said last is stored.
      await outgoing.stored();
      await delay(Math.max(0, settledAt - performance.now()));
      action = readInput(line, { snapshot: chat.snapshot(), now: wallTime(Date.now()), timeOf });
    }
    switch (action.type) {
      case 'nothing':
        break;
      case 'command':
        if (action.command.type === 'say') await outgoing.say(action.command);
        else if (action.command.type === 'search') await questions.ask(action.command, DELIVERY_TIMEOUT_MS);
        else if (action.command.type === 'doctor') await questions.ask(action.command, DOCTOR_MS_MAX);
        else chat.do(action.command);
        break;
      case 'show':
        for (const line of action.lines) printer.print(stderr, `-- ${tableLine(line)}`);
        await printer.done();
        break;
      case 'clear':
        break;
      case 'error':
        outgoing.refuse();
        printer.print(stderr, `-- ${tableLine(action.text)}`);
        await printer.done();
        break;
      case 'quit': {
        const end = interactive ? await outgoing.stored() : await delivered();
        return end === undefined || end.type === 'delivered' ? { type: 'quit', reason: action.reason } : end;
      }
      default:
        never(action);
    }
  }
  return delivered();
}

/** Whether the answer depends on who was found and what they brought. */
function asks(action: InputAction): boolean {
  if (action.type === 'show') return true;
  return action.type === 'command' && (action.command.type === 'search' || action.command.type === 'doctor');
}

/** What happened, as lines in the order in which it is to be read. */
class Printed {
  readonly doorway: Doorway;
  readonly #options: PlainOptions;
  readonly #printer: Printer;
  readonly #transcript: Transcript;

  constructor(options: PlainOptions, printer: Printer) {
    this.#options = options;
    this.#printer = printer;
    this.#transcript = new Transcript(options.chat.snapshot());
    this.doorway = new Doorway((people) => {
      const at = wallTime(Date.now());
      this.#tell({ type: 'notice', id: 'doorway', at, what: { type: 'presence', people } });
    });
  }

  message(message: ChatMessage): void {
    this.doorway.flush();
    this.#printer.print(this.#options.stdout, this.#transcript.message(message, this.#context));
  }

  notice(notice: Notice): void {
    const { what } = notice;
    if (what.type === 'joined' || what.type === 'left') return this.doorway.change(what);
    this.doorway.flush();
    this.#tell(notice);
  }

  /** Something to know that nobody said. */
  line(text: string): void {
    this.#printer.print(this.#options.stderr, `-- ${text}`);
  }

  #tell(notice: Notice): void {
    for (const line of this.#transcript.notice(notice, this.#context)) this.line(line);
  }

  get #context(): TranscriptContext {
    const { chat, timeOf, dayOf } = this.#options;
    return { snapshot: chat.snapshot(), now: wallTime(Date.now()), timeOf, dayOf };
  }
}

/** Takes in what happens as it comes, and prints it as fast as it is read. */
async function follow(
  { chat, history }: PlainOptions,
  {
    hears,
    printed,
    signal,
  }: { readonly hears: (event: ChatEvent) => void; readonly printed: Printed; readonly signal: AbortSignal },
): Promise<PlainEnd> {
  const past = history ? chat.snapshot().room.items.filter((item) => item.type === 'message') : [];
  for (const message of past.slice(-HISTORY_SHOWN_MAX)) printed.message(message);
  const arriving = new Past(HISTORY_SHOWN_MAX, (message) => printed.message(message));
  for await (const event of chat.events(signal)) {
    // Somebody who comes for the first time gets the past on asking for it, not as if it were said now.
    if (event.type === 'message' && event.past) {
      if (history) arriving.add(event.message);
    } else if (event.type === 'message') {
      arriving.print();
      printed.message(event.message);
    } else if (event.type === 'notice') printed.notice(event.notice);
    else if (event.type === 'refused') printed.line(event.why);
    hears(event);
  }
  arriving.print();
  return { type: 'aborted' };
}

function aborted(signal: AbortSignal): Promise<PlainEnd> {
  return new Promise((resolve) => {
    const end = () => resolve({ type: 'aborted' });
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
