/** Wires the parts and answers for the process: arguments in, exit code out, and the terminal as it was. */
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { type ChatSession, startChat } from '../../internal/runtime/chat-session.ts';
import { openTrace, type Trace } from '../../internal/runtime/trace.ts';
import { findFolders } from '../../internal/store/folders.ts';
import { readSettings, writeSettings } from '../../internal/store/settings.ts';
import { type EarlyKeys, keepEarlyKeys } from '../../internal/terminal/early-keys.ts';
import manifest from '../../package.json' with { type: 'json' };
import { LISTEN_PORT_DEFAULT } from '../../pkg/base/limits.ts';
import { shownLine } from '../../pkg/chat/shown.ts';
import type { Nick } from '../../pkg/identity/nick.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-code.ts';
import { commandLine, type Flags, type Request } from './flags.ts';
import { Signals } from './signals.ts';
import { note, tell } from './talk.ts';

/** Output that nobody reads keeps a process alive; one that was told to go does not wait for it longer than this. */
const UNREAD_OUTPUT_MS = 200;

/** Runs the program and sets the process's exit code. */
export async function main(args: readonly string[]): Promise<void> {
  // Whoever closes them gets no more output, which is no failure; what else follows from it is up to `Signals`.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  try {
    const code = await run(args);
    process.exitCode = code;
    if (code >= EXIT.hangup) endSoon();
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === undefined) throw error;
    tell(error instanceof Error ? error.message : String(error));
    process.exitCode = code;
    endSoon();
  }
}

function endSoon(): void {
  setTimeout(() => process.exit(), UNREAD_OUTPUT_MS).unref();
}

async function run(args: readonly string[]): Promise<ExitCode> {
  const request = readRequest(args);
  if (typeof request === 'number') return request;
  if (request.type === 'chat') return await runChat(request.flags);
  if (request.type === 'doctor') {
    const { runDoctor } = await import('./doctor-run.ts');
    const code = await runDoctor(request);
    // A name that the system still looks up keeps nobody waiting.
    endSoon();
    return code;
  }
  const { runHistory } = await import('./history-run.ts');
  return await runHistory(request);
}

async function runChat(flags: Flags): Promise<ExitCode> {
  const full = !flags.plain && process.stdin.isTTY && process.stdout.isTTY && process.env['TERM'] !== 'dumb';
  const nick = await chooseName(flags);
  if (typeof nick === 'number') return nick;
  const profile = flags.profile ?? nick;
  const folders = findFolders(profile);
  const traceFolder = full || flags.debug ? folders.state : undefined;
  const trace = await openTrace({
    everything: flags.debug,
    namespaces: process.env['DEBUG'],
    folder: traceFolder,
  });
  const keys = full ? keepEarlyKeys(process.stdin) : undefined;
  try {
    const session = await startChat({
      nick,
      profile,
      folders,
      port: flags.port ?? LISTEN_PORT_DEFAULT,
      portNamed: flags.port !== undefined,
      group: flags.multicast,
      interfaces: flags.interface,
      targets: flags.connect,
      linksMax: flags.links,
      software: `p2pchat/${manifest.version}`,
      trace,
    });
    return await (keys === undefined ? runLines(session, flags.plain) : runScreen(session, keys));
  } finally {
    if (full) process.stdin.setRawMode(false);
    // Whoever still listens to it would keep the process alive.
    process.stdin.destroy();
    closeTrace(trace);
  }
}

/** What is asked for, or the exit code of a run that ends with that: help, version, wrong use. */
function readRequest(args: readonly string[]): Request | ExitCode {
  let request: Request | undefined;
  try {
    commandLine(manifest.version, (parsed) => {
      request = parsed;
    }).parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  return request ?? EXIT.usage;
}

/** The name of this run: named, else remembered, else asked for on a terminal and remembered. Or the exit code without one. */
async function chooseName(flags: Flags): Promise<Nick | ExitCode> {
  if (flags.username !== undefined) return flags.username;
  const path = join(findFolders('any').config, 'config.json');
  const settings = readSettings(path);
  const known = flags.profile ?? settings.username;
  if (known !== undefined) return known;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    tell('who are you? Start with -username NAME, or once on a terminal, where you are asked.');
    return EXIT.usage;
  }
  const { askName } = await import('../../internal/terminal/ask-name.ts');
  const nick = await askName(process.stdin, process.stderr);
  if (nick === undefined) return EXIT.interrupt;
  writeSettings(path, { ...settings, username: nick });
  return nick;
}

async function runScreen(session: ChatSession, keys: EarlyKeys): Promise<ExitCode> {
  const { openScreen } = await import('../../internal/terminal/screen.tsx');
  const { wantsColour } = await import('../../internal/terminal/colour.ts');
  const signals = new Signals();
  const leaving = Promise.withResolvers<string>();
  let quitting = false;
  keys.release();
  const screen = openScreen({
    chat: session.chat,
    stdin: process.stdin,
    stdout: process.stdout,
    colour: wantsColour(process.env),
    onQuit: (reason) => {
      // Asked twice, it does not wait for the goodbye; the terminal is restored by the screen's own exit hook.
      if (quitting) process.exit(EXIT.done);
      quitting = true;
      leaving.resolve(reason);
    },
  });
  for (const text of session.warnings) {
    session.chat.do({ type: 'note', room: session.chat.snapshot().room.name, lines: [text] });
  }
  try {
    const reason = await Promise.race([leaving.promise, signals.first, screen.closed.then(() => '')]);
    await session.leave(typeof reason === 'string' ? reason : reason.reason);
    return typeof reason === 'string' ? EXIT.done : reason.code;
  } finally {
    screen.close();
    await screen.closed.finally(() => session.stop());
    signals.stop();
  }
}

async function runLines(session: ChatSession, history: boolean): Promise<ExitCode> {
  const { runPlain } = await import('../../internal/headless/plain.ts');
  const { localDay, localTime } = await import('../../internal/terminal/local-time.ts');
  const signals = new Signals();
  const { me, network } = session.chat.snapshot();
  const cards = network.interfaces.map(({ name, address }) => `${name} ${address}`).join(', ') || 'no network';
  note(`${shownLine(me.nick)} here, port ${network.port}, on ${cards}; waiting for others`);
  session.warnings.forEach(note);
  try {
    const { end, refused } = await runPlain({
      chat: session.chat,
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      timeOf: localTime,
      dayOf: localDay,
      history,
      interactive: process.stdin.isTTY,
      signal: signals.aborted,
    });
    await session.leave(end.type === 'quit' ? end.reason : (signals.caught?.reason ?? ''));
    if (end.type === 'aborted') return signals.caught?.code ?? EXIT.done;
    if (end.type === 'nobody') note('nobody else was found; what you said is kept and goes out when you start again');
    if (end.type === 'undelivered')
      note(`not delivered in time to ${end.missing.join(', ')}; they get it when you meet`);
    if (end.type === 'nobody') return EXIT.noPeer;
    if (end.type === 'undelivered') return EXIT.notDelivered;
    return refused > 0 ? EXIT.failed : EXIT.done;
  } finally {
    await session.stop();
    signals.stop();
  }
}

function closeTrace(trace: Trace): void {
  trace.close();
  if (trace.file === undefined) return;
  const fate = trace.failure === undefined ? '' : `, incomplete: writing it failed (${trace.failure})`;
  tell(`the trace is in ${trace.file}${fate}`);
}
