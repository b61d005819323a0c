/** The real program as other programs start it: built, headless, its streams being pipes. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type Stream = 'stdout' | 'stderr';

/** `at` is when the line came in, on the clock of `performance.now()` in this process. */
export interface Line {
  readonly text: string;
  readonly at: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A message as plain mode prints it. */
export interface Heard {
  readonly nick: string;
  readonly text: string;
  readonly action: boolean;
  readonly at: number;
}

/** Long enough for two busy cores; a test that passes never waits for it. */
const WAIT_MS = 15_000;

const PROGRAM = fileURLToPath(new URL('../dist/p2pchat.js', import.meta.url));
const MESSAGE = /^\d\d:\d\d (?:late )?(?:\* (?<actor>\S+) (?<deed>.*)|(?<nick>\S+): (?<text>.*))$/u;

/** The path of the built program; throws when it has not been built. */
export function builtProgram(): string {
  if (!existsSync(PROGRAM)) throw new Error('dist/p2pchat.js is not there: run `npm run build` first');
  return PROGRAM;
}

/** A running chat and everything it has printed. */
export class ChatProcess {
  readonly name: string;
  readonly pid: number;
  /** The folder in which it keeps everything. */
  readonly home: string;
  /** Settles when it has ended and all its output has been read. */
  readonly exit: Promise<Exit>;
  /** Settles when it has ended, though its output may not have been read. */
  readonly gone: Promise<Exit>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: { readonly [stream in Stream]: Line[] } = { stdout: [], stderr: [] };
  readonly #heard: Heard[] = [];
  readonly #raw = { stdout: '', stderr: '' };
  readonly #waiting = new Set<() => void>();
  #ended: Exit | undefined;

  /** Takes over a child that was started with pipes. */
  constructor(child: ChildProcessWithoutNullStreams, { name, home }: { name: string; home: string }) {
    if (child.pid === undefined) throw new Error(`${name} has no pid: it could not be started`);
    this.name = name;
    this.pid = child.pid;
    this.home = home;
    this.#child = child;
    this.#collect('stdout');
    this.#collect('stderr');
    child.stdin.on('error', () => undefined);
    this.gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    this.exit = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#ended = { code, signal };
        this.#changed();
        resolve(this.#ended);
      });
    });
  }

  get stdout(): readonly Line[] {
    return this.#lines.stdout;
  }

  get stderr(): readonly Line[] {
    return this.#lines.stderr;
  }

  get isRunning(): boolean {
    return this.#ended === undefined;
  }

  /** Every byte so far, as text. */
  raw(stream: Stream): string {
    return this.#raw[stream];
  }

  /** The messages printed so far, in the order in which they were printed. */
  get heard(): readonly Heard[] {
    return this.#heard;
  }

  /** Types a line: a message, or a command that begins with `/`. */
  say(...lines: readonly string[]): void {
    this.#child.stdin.write(lines.map((line) => `${line}\n`).join(''));
  }

  /** Closes its input, as the end of a pipe does. */
  end(): void {
    this.#child.stdin.end();
  }

  /** Stops reading what it prints and closes the pipe, as `| head -1` does. */
  hangUp(stream: Stream): void {
    this.#child[stream].destroy();
  }

  /** Stops reading what it prints and leaves the pipe open, until `read`. */
  stall(stream: Stream): void {
    this.#child[stream].pause();
  }

  read(stream: Stream): void {
    this.#child[stream].resume();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it as a person would. */
  async stop(): Promise<Exit> {
    this.signal('SIGTERM');
    return await this.exit;
  }

  /** Ends it without a chance to say goodbye. */
  async kill(): Promise<Exit> {
    this.signal('SIGKILL');
    return await this.exit;
  }

  /** The first line that fits, of those from number `from` on. Rejects with all that was printed when none comes in time. */
  async waitForLine(stream: Stream, fits: RegExp, { timeoutMs = WAIT_MS, from = 0 } = {}): Promise<Line> {
    const find = () => this.#lines[stream].slice(from).find((line) => fits.test(line.text));
    return await this.until(`a line ${fits} on ${stream}`, find, timeoutMs);
  }

  /**
   * Asks `condition` again after everything that is printed until it answers with something else than undefined or
   * false. Rejects with all that was printed when that takes too long or when the process ends first.
   */
  async until<T>(what: string, condition: () => T | undefined | false, timeoutMs = WAIT_MS): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const fail = (why: string) => reject(new Error(`${this.name} ${why} before ${what}\n${this.transcript()}`));
    const look = () => {
      const found = condition();
      if (found !== undefined && found !== false) resolve(found);
      else if (this.#ended !== undefined) fail(`ended with ${this.#ended.code ?? this.#ended.signal}`);
    };
    const timer = setTimeout(() => fail(`let ${timeoutMs} ms pass`), timeoutMs);
    this.#waiting.add(look);
    try {
      look();
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
    }
  }

  /** Waits until it is up; the TCP port on which it listens and the line that says so. */
  async here(timeoutMs = WAIT_MS): Promise<{ readonly port: number; readonly line: Line }> {
    const line = await this.waitForLine('stderr', /^-- \S+ here, port \d+/, { timeoutMs });
    return { port: Number(/port (\d+)/.exec(line.text)?.[1]), line };
  }

  /** Waits until it has seen all of these come. */
  async meets(names: readonly string[], timeoutMs = WAIT_MS): Promise<void> {
    for (const name of names) {
      if (name !== this.name) await this.waitForLine('stderr', joined(name), { timeoutMs });
    }
  }

  /** Waits until it has printed a message with this text. */
  async hears(text: string, timeoutMs = WAIT_MS): Promise<Heard> {
    return await this.until(`"${text}"`, () => this.#heard.find((heard) => heard.text === text), timeoutMs);
  }

  /** Resident memory, in bytes, as the system counts it. */
  rssBytes(): number {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  }

  /** All that it printed, for people; of long output the ends. */
  transcript(): string {
    return `--- ${this.name} (pid ${this.pid}), stdout:\n${ends(this.stdout)}\n--- stderr:\n${ends(this.stderr)}`;
  }

  #collect(stream: Stream): void {
    let held = '';
    this.#child[stream].setEncoding('utf8').on('data', (text: string) => {
      const at = performance.now();
      this.#raw[stream] += text;
      const lines = `${held}${text}`.split('\n');
      held = lines.pop() ?? '';
      for (const line of lines) this.#take(stream, { text: line, at });
      this.#changed();
    });
    this.#child[stream].on('end', () => {
      if (held !== '') this.#take(stream, { text: held, at: performance.now() });
    });
  }

  #take(stream: Stream, line: Line): void {
    this.#lines[stream].push(line);
    const heard = stream === 'stdout' ? parseMessage(line) : undefined;
    if (heard !== undefined) this.#heard.push(heard);
  }

  #changed(): void {
    for (const look of [...this.#waiting]) look();
  }
}

/** The line that says that `name` has come, alone or with others; a namesake's tag may follow a name. */
export function joined(name: string): RegExp {
  return told(name, 'joined$|(?:was|were) away for|came and went(?: \\d+ times)?, (?:is|are) here$');
}

/** The line that says that `name` is gone, alone or with others, whatever the reason. */
export function left(name: string): RegExp {
  return told(name, 'left(?: \\(|$)|came and left|came and went(?: \\d+ times)?, (?:is|are) gone');
}

/** `-- alice, bob~k7fq and carol …`, with `name` among the names. */
function told(name: string, what: string): RegExp {
  return new RegExp(`^-- (?:\\S+, )*(?:\\S+ and )?${name}(?:~\\w+)?(?:, \\S+)*(?: and \\S+)? (?:${what})`);
}

function parseMessage({ text, at }: Line): Heard | undefined {
  const parts = MESSAGE.exec(text)?.groups;
  const nick = parts?.['nick'] ?? parts?.['actor'];
  if (nick === undefined) return undefined;
  return { nick, text: parts?.['text'] ?? parts?.['deed'] ?? '', action: parts?.['actor'] !== undefined, at };
}

const LINES_SHOWN_MAX = 60;

function ends(lines: readonly Line[]): string {
  const texts = lines.map((line) => `${(line.at / 1000).toFixed(3)} ${line.text}`);
  if (texts.length <= LINES_SHOWN_MAX) return texts.join('\n');
  const half = LINES_SHOWN_MAX / 2;
  return [...texts.slice(0, half), `… ${texts.length - LINES_SHOWN_MAX} lines …`, ...texts.slice(-half)].join('\n');
}
