/**
 * The process that keeps an island's namespaces alive. It waits on its input: it ends when it is closed and also when
 * the process that opened it dies, however that happens, and the namespaces go with their last process.
 */
import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Something this machine does not allow or does not have; the message says what to do. */
export class LanError extends Error {
  readonly code: 'namespaces-refused' | 'command-failed' | 'still-running' | 'needs-nft';

  constructor(code: LanError['code'], message: string) {
    super(message);
    this.name = 'LanError';
    this.code = code;
  }
}

export interface Spawned {
  /** Added to what the child needs to find its tools; nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>;
}

/** An ordinary user's search path often lacks the folders in which `ip`, `bridge` and `nft` lie. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`;

const SETUP = 'mount -t tmpfs tmpfs /run && mkdir /run/netns && ip link set lo up && echo ready && exec cat >/dev/null';
/** A killed process is gone within this; longer, and it hangs in the kernel. */
const SWEEP_MS_MAX = 5_000;

export class Keeper {
  readonly pid: number;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #namespace: string;

  private constructor(child: ChildProcessWithoutNullStreams, pid: number) {
    this.#child = child;
    this.pid = pid;
    this.#namespace = readlinkSync(`/proc/${pid}/ns/user`);
  }

  /** Makes user, network and mount namespaces of one's own. Throws `LanError` where the system does not allow it. */
  static async open(): Promise<Keeper> {
    const child = spawn('unshare', ['-Urnm', 'sh', '-c', SETUP], { env: { PATH } });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const refused = (why: string) =>
      reject(
        new LanError('namespaces-refused', `no namespaces here, the system or a container forbids them: ${why.trim()}`),
      );
    child.once('error', (error) => refused(error.message));
    child.once('close', (code) => refused(complaint || `unshare ended with ${code}`));
    child.stdout.once('data', () => resolve());
    await promise;
    if (child.pid === undefined) throw new LanError('namespaces-refused', 'no namespaces here: unshare has no pid');
    return new Keeper(child, child.pid);
  }

  /**
   * The words that run `argv` inside, in network namespace `netns` or in the one in which bridges lie. Each program on
   * the way replaces itself with the next, so that the pid one gets is the pid of `argv` itself.
   */
  enter(argv: readonly string[], netns?: string): string[] {
    const inside = ['nsenter', '-t', `${this.pid}`, '-U', '-n', '-m', '--preserve-credentials', '--wd=.'];
    return netns === undefined
      ? [...inside, '--', ...argv]
      : [...inside, '--', 'nsenter', `--net=/run/netns/${netns}`, '--', ...argv];
  }

  /** Starts `argv` inside with pipes for its three streams, in the current folder. */
  spawn(argv: readonly string[], netns?: string, { env = {} }: Spawned = {}): ChildProcessWithoutNullStreams {
    const [program = '', ...words] = this.enter(argv, netns);
    return spawn(program, words, { env: { PATH, ...env } });
  }

  /** Runs `argv` inside to its end and returns what it printed. Throws `LanError` when it fails. */
  async exec(argv: readonly string[], netns?: string): Promise<string> {
    const [program = '', ...words] = this.enter(argv, netns);
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    execFile(program, words, { env: { PATH }, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new LanError('command-failed', `${argv.join(' ')}: ${stderr.trim() || error.message}`));
    });
    return await promise;
  }

  /** The pids of all processes inside but the keeper's own, whoever started them. */
  inhabitants(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => pid !== this.pid && userNamespaceOf(pid) === this.#namespace);
  }

  /** Kills everybody inside, by pid, and ends once nobody and nothing is left. */
  async close(): Promise<void> {
    const startedAt = performance.now();
    for (let left = this.inhabitants(); left.length > 0; left = this.inhabitants()) {
      for (const pid of left) killIfThere(pid);
      if (performance.now() - startedAt > SWEEP_MS_MAX)
        throw new LanError('still-running', `processes ${left.join(', ')} do not end; look at them with ps`);
      await pause(5);
    }
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin.end();
    await ended;
  }
}

/** Undefined for a process that is gone, also when nobody has asked for its exit code yet: then it has no program. */
function userNamespaceOf(pid: number): string | undefined {
  try {
    readlinkSync(`/proc/${pid}/exe`);
    return readlinkSync(`/proc/${pid}/ns/user`);
  } catch {
    return undefined;
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended between the look and the signal.
  }
}
