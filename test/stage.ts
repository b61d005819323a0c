import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from './lan/host.ts';
import { builtProgram, ChatProcess } from './process.ts';

export interface Start {
  /** Passed as `-username`; without it the name must stand in `args`. */
  readonly name?: string;
  /** A folder for everything that it keeps; a fresh one without it. */
  readonly home?: string;
  /** Passed as `-port`; without it the program looks for one itself. */
  readonly port?: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Namespaces to be traced on stderr, `p2pchat:*` for all. */
  readonly debug?: string;
  /** A host of an island, where the program finds its network by itself; or loopback, which it is told to use. */
  readonly where?: Host | 'loopback';
}

/**
 * Where the processes of a test play: they share a multicast group and a port that nobody else uses, so that tests
 * running at the same time do not meet. Whatever was started here ends with `close()`, as do its folders.
 */
export class Stage {
  /** `address:port`, for processes on loopback. */
  readonly group: string;
  readonly groupAddress: string;
  readonly groupPort: number;
  readonly #folder: string;
  readonly #cast = new Set<ChildProcessWithoutNullStreams>();
  #homes = 0;

  constructor() {
    this.groupAddress = `239.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
    this.groupPort = randomInt(20_000, 32_000);
    this.group = `${this.groupAddress}:${this.groupPort}`;
    this.#folder = mkdtempSync(join(tmpdir(), 'p2pchat-test-'));
  }

  /** A fresh folder, gone after the test. */
  home(): string {
    this.#homes += 1;
    return join(this.#folder, `${this.#homes}`);
  }

  /** Starts the program; `here()` tells when it is up. */
  start({ name, home = this.home(), port, args = [], env = {}, debug, where = 'loopback' }: Start): ChatProcess {
    const network = where === 'loopback' ? ['-interface', '127.0.0.1', '-multicast', this.group] : [];
    const words = [
      ...(name === undefined ? [] : ['-username', name]),
      ...(port === undefined ? [] : ['-port', `${port}`]),
      ...network,
      ...args,
    ];
    return this.run(words, {
      name: name ?? 'nobody',
      home,
      where,
      env: debug === undefined ? env : { ...env, DEBUG: debug },
    });
  }

  /** Starts the program with exactly these words. */
  run(
    words: readonly string[],
    { name = 'nobody', home = this.home(), where = 'loopback', env = {} }: Start = {},
  ): ChatProcess {
    const argv = [process.execPath, builtProgram(), ...words];
    const child = this.#spawn(argv, where, { HOME: home, P2PCHAT_HOME: home, ...env });
    this.#cast.add(child);
    child.once('close', () => this.#cast.delete(child));
    return new ChatProcess(child, { name, home });
  }

  /** Starts one process for each name, with the same words, and waits until all are up. */
  async startAll(names: readonly string[], start: Start = {}): Promise<ChatProcess[]> {
    const chats = names.map((name) => this.start({ ...start, name }));
    await Promise.all(chats.map((chat) => chat.here()));
    return chats;
  }

  /** Ends everything that was started here, by pid, and removes its folders. */
  async close(): Promise<void> {
    const ends = [...this.#cast].map(async (child) => {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      await ended;
    });
    await Promise.all(ends);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(
    argv: readonly string[],
    where: Host | 'loopback',
    env: Record<string, string>,
  ): ChildProcessWithoutNullStreams {
    if (where !== 'loopback') return where.run(argv, { env });
    const [program = '', ...words] = argv;
    return spawn(program, words, { env: { PATH: process.env['PATH'] ?? '', ...env } });
  }
}
