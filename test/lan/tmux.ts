/** Shells as windows of tmux, for the playground. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import type { Host } from './host.ts';

const run = promisify(execFile);

/** A tmux server of its own, so that nobody's sessions are touched. */
export class Session {
  readonly #words: readonly string[];
  #isOpen = false;

  constructor(socket: string) {
    // No configuration of the user's: its bindings and hooks are made for other things.
    this.#words = ['-S', socket, '-f', '/dev/null'];
  }

  /** A window for each host. Whether there is a tmux to do it. */
  async open(shells: readonly { readonly host: Host; readonly words: readonly string[] }[]): Promise<boolean> {
    for (const { host, words } of shells) {
      const make = this.#isOpen
        ? ['new-window', '-d', '-t', 'lan:']
        : ['new-session', '-d', '-s', 'lan', '-x', '100', '-y', '30'];
      try {
        await run('tmux', [...this.#words, ...make, '-n', host.name, words.map(quoted).join(' ')]);
      } catch (error) {
        if (this.#isOpen) throw error;
        return false;
      }
      this.#isOpen = true;
    }
    return true;
  }

  /** Until it is left, or told to end. */
  async show(ended: Promise<unknown>): Promise<void> {
    const attach = ['tmux', ...this.#words, 'attach'];
    if (!process.stdin.isTTY || !process.stdout.isTTY) {
      process.stdout.write(`the shells are windows of tmux: ${attach.map(quoted).join(' ')}\nCtrl-C ends them all.\n`);
      await asLongAs(ended);
      return;
    }
    process.stdout.write('Ctrl-B and a digit goes to another host; Ctrl-B d ends them all.\n');
    const [program = '', ...words] = attach;
    const client = spawn(program, words, { stdio: 'inherit', env: { ...process.env, TMUX: '' } });
    await Promise.race([once(client, 'exit'), ended]);
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    // It ends by itself with its last window.
    await run('tmux', [...this.#words, 'kill-server']).catch(() => undefined);
  }
}

/** A word as a shell reads it. */
export function quoted(word: string): string {
  return /^[\w./:=@,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Keeps this process alive until then. */
export async function asLongAs(ended: Promise<unknown>): Promise<void> {
  const asleep = setInterval(() => undefined, 60_000);
  await ended;
  clearInterval(asleep);
}
