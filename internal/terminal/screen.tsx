import { render } from 'ink';
import { FRAMES_PER_SECOND_MAX } from '../../pkg/base/limits.ts';
import { wallTime } from '../../pkg/base/units.ts';
import type { Chat } from '../../pkg/chat/chat.ts';
import { App } from '../../pkg/ui/app.tsx';
import { Screen } from '../../pkg/ui/screen.ts';
import type { ScreenEffect } from '../../pkg/ui/screen-state.ts';
import { localDay, localTime } from './local-time.ts';
import { paced } from './paced.ts';
import { ScreenOutput, type TerminalOutput } from './screen-output.ts';

export interface ScreenOptions {
  readonly chat: Chat;
  /** A terminal that can be set raw. */
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: TerminalOutput;
  /** See `wantsColour`. */
  readonly colour: boolean;
  /**
   * The person wants to leave, or the terminal is gone. May be called again while leaving takes its time: the person
   * presses on. The screen stays open until `close`.
   */
  readonly onQuit: (reason: string) => void;
}

export interface OpenScreen {
  /**
   * Settles when the terminal is as it was before, whatever ended the screen. Rejects with the error if one did: only
   * then is there a place where it can be read.
   */
  readonly closed: Promise<void>;
  /** Restores the terminal, and may be called any number of times; `closed` tells when that is done. */
  close(): void;
}

/** The screen tells how long ago things were in steps of seconds. */
const TICK_MS = 1_000;
/** Reason told to the others when the terminal went away under the chat. */
const TERMINAL_GONE = 'terminal closed';

/** Takes over the terminal and shows the chat there until `close`. One screen at a time on a terminal. */
export function openScreen({ chat, stdin, stdout, colour, onQuit }: ScreenOptions): OpenScreen {
  const output = new ScreenOutput(stdout);
  const perform = (effect: ScreenEffect): void => {
    if (effect.type === 'command') chat.do(effect.command);
    else if (effect.type === 'quit') onQuit(effect.reason);
    else output.repaint(() => ink.clear());
  };
  const size = { columns: output.columns, rows: output.rows };
  const times = { now: wallTime(Date.now()), timeOf: localTime, dayOf: localDay };
  const screen = new Screen({ snapshot: chat.snapshot(), size, colour, ...times, perform });
  const ink = render(<App screen={screen} />, {
    stdin,
    stdout: output,
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
    exitOnCtrlC: false,
    maxFps: FRAMES_PER_SECOND_MAX,
  });

  const ending = new AbortController();
  const stopPacing = paced(chat, (snapshot) => screen.update(snapshot));
  const ticking = setInterval(() => screen.tick(wallTime(Date.now())), TICK_MS);
  const onResize = (): void => screen.resize(output.measure());
  const onGone = (): void => onQuit(TERMINAL_GONE);
  stdout.on('resize', onResize);
  stdout.on('error', onGone);
  stdin.on('end', onGone);
  stdin.on('error', onGone);
  void tellRefusals(chat, screen, ending.signal);

  const release = (): void => {
    ending.abort();
    stopPacing();
    clearInterval(ticking);
    stdout.off('resize', onResize);
    stdin.off('end', onGone);
    // `error` stays listened to: a terminal that went away tells of it late, and nobody is there to be told.
    stdout.off('error', onGone).on('error', ignore);
    stdin.off('error', onGone).on('error', ignore);
  };
  const closed = ink.waitUntilExit().then(
    () => release(),
    (error: unknown) => {
      release();
      throw error;
    },
  );
  return { closed, close: () => ink.unmount() };
}

/** Shows why a command could not be carried out, as long as `signal` lets it. */
async function tellRefusals(chat: Chat, screen: Screen, signal: AbortSignal): Promise<void> {
  try {
    for await (const event of chat.events(signal)) if (event.type === 'refused') screen.warn(event.why);
  } catch (error) {
    if (!signal.aborted) screen.warn(error instanceof Error ? error.message : String(error));
  }
}

function ignore(): void {}
