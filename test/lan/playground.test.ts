import { type ExecFileException, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { ChatProcess } from '../process.ts';
import { lanSupport } from './support.ts';

const lan = await lanSupport();
if (lan.type === 'no') process.stderr.write(`skipped, no hosts here: ${lan.why}\n`);
const hasTmux = (await said('tmux', ['-V'])).startsWith('tmux');
if (!hasTmux) process.stderr.write('skipped in part: no tmux here\n');

const PLAYGROUND = fileURLToPath(new URL('./playground.ts', import.meta.url));

describe.skipIf(lan.type === 'no')('the playground', () => {
  let playground: ChatProcess | undefined;

  afterEach(async () => {
    await playground?.stop();
  });

  function open(words: readonly string[], path = process.env['PATH'] ?? ''): ChatProcess {
    const child = spawn(process.execPath, [PLAYGROUND, ...words], { env: { PATH: path } });
    playground = new ChatProcess(child, { name: 'playground', home: '' });
    return playground;
  }

  it('refuses what is no number of hosts', async () => {
    const { code } = await open(['many']).exit;
    expect(code).toBe(2);
    expect(playground?.stderr[0]?.text).toMatch(/^usage/);
  });

  it.skipIf(!hasTmux)('has a window of tmux for each host, named after it, and leaves nothing', async () => {
    const ground = open(['2', 'hosts']);
    const { text } = await ground.waitForLine('stdout', /attach$/);
    const socket = /-S (\S+)/.exec(text)?.[1] ?? '';
    const tmux = ['-S', socket];
    expect(await said('tmux', [...tmux, 'list-windows', '-F', '#W'])).toBe('h1\nh2');
    await said('tmux', [...tmux, 'send-keys', '-t', 'lan:h2', 'echo "<$P2PCHAT_HOME>" $(p2pchat -version)', 'Enter']);
    await expect
      .poll(async () => await said('tmux', [...tmux, 'capture-pane', '-p', '-t', 'lan:h2']), { timeout: 15_000 })
      .toMatch(/^h2 10\.77\.0\.2 .*\n<\S*\/h2> \d+\.\d+\.\d+/);
    expect((await ground.stop()).code).toBe(0);
    expect(await said('tmux', [...tmux, 'list-windows'])).not.toContain('h1');
    expect(existsSync(dirname(socket))).toBe(false);
  });

  it('prints the words that open the shells where there is no tmux', async () => {
    const ground = open(['1'], '/nonexistent');
    const { text } = await ground.waitForLine('stdout', /^h1 10\.77\.0\.1: /);
    const [, words = ''] = text.split(': ');
    const printed = await said('sh', ['-c', `echo 'p2pchat -version; ip -brief address show dev eth0' | ${words}`]);
    expect(printed).toMatch(/^\d+\.\d+\.\d+\neth0@\S+ +UP +10\.77\.0\.1\/24/m);
    expect((await ground.stop()).code).toBe(0);
  });
});

/** What a program prints on either stream, whether it ends well or not. */
async function said(program: string, words: readonly string[]): Promise<string> {
  return await new Promise((resolve) => {
    const done = (error: ExecFileException | null, stdout: string, stderr: string) =>
      resolve(`${stdout}${stderr}${stdout === '' && error !== null ? error.message : ''}`.trim());
    execFile(program, words, { encoding: 'utf8' }, done);
  });
}
