import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtProgram } from '../process.ts';
import { Stage } from '../stage.ts';

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

afterEach(async () => {
  await stage.close();
});

const WRONG_USAGE = 2;
const ALREADY_RUNNING = 8;

/** Words that must end in wrong usage, and what the one line about them must name. */
const WRONG: readonly { readonly words: readonly string[]; readonly names: RegExp }[] = [
  { words: ['-port', '99999'], names: /99999.*65535/ },
  { words: ['-port', '-1'], names: /-1/ },
  { words: ['-port', 'eighty'], names: /eighty/ },
  { words: ['-port', '80.5'], names: /80\.5/ },
  { words: ['-port='], names: /port/ },
  { words: ['-port'], names: /port/ },
  { words: ['-multicast', '192.168.1.5:9999'], names: /192\.168\.1\.5/ },
  { words: ['-multicast', '239.1.2.3:99999'], names: /99999/ },
  { words: ['-multicast', 'everybody'], names: /everybody/ },
  { words: ['-multicast', '239.1.2:9999'], names: /239\.1\.2/ },
  { words: ['-connect', ''], names: /connect.*192\.168\.1\.5/ },
  { words: ['-connect', 'two words'], names: /two words.*192\.168\.1\.5/ },
  { words: ['-connect', '192.168.1.5:99999'], names: /99999.*65535/ },
  { words: ['-connect', '[fe80::1%eth0'], names: /fe80::1.*\[fe80::1%eth0\]:8080/ },
  { words: ['-interface', 'nosuch0'], names: /nosuch0/ },
  { words: ['-interface', '203.0.113.77'], names: /203\.0\.113\.77/ },
  { words: ['-username', ''], names: /empty/ },
  { words: ['-username='], names: /empty/ },
  { words: ['-username', 'x'.repeat(25)], names: /24/ },
  { words: ['-username', 'al\u001b[31mice'], names: /control/ },
  { words: ['-username', 'al\u202eice'], names: /invisible|control/ },
  { words: ['-username', 'al ice'], names: /space/ },
  { words: ['-username', '#alice'], names: /#/ },
  { words: ['-username', 'alice', '-portt', '8080'], names: /portt/ },
  { words: ['-bogus'], names: /bogus/ },
  { words: ['--bogus=1'], names: /bogus/ },
  { words: ['-username', 'alice', 'general'], names: /general/ },
];

describe('a wrong value', () => {
  it.each(WRONG)(
    'ends at once with one clear line: $words',
    async ({ words, names }) => {
      const named = words.some((word) => word.startsWith('-username'));
      const chat = stage.run(named ? words : ['-username', 'alice', ...words]);
      expect(await chat.exit, chat.transcript()).toEqual({ code: WRONG_USAGE, signal: null });
      expect(chat.raw('stdout')).toBe('');
      expectOneClearLine(chat.raw('stderr'), names);
    },
    20_000,
  );

  it('is told in the spelling of the help', async () => {
    const chat = stage.run(['-username', 'alice', '-bogus']);
    await chat.exit;
    expect(chat.raw('stderr')).toContain("'-bogus'");
  });

  it.skipIf(!existsSync('/usr/bin/script'))(
    'is told before the screen is touched',
    async () => {
      const printed = await onTerminal(['-username', 'alice', '-port', '99999'], stage.home());
      expectOneClearLine(printed.text.replaceAll('\r\n', '\n'), /99999/);
      expect(printed.code).toBe(WRONG_USAGE);
    },
    20_000,
  );

  it('is told with the nearest right word', async () => {
    const chat = stage.run(['-usernam', 'alice']);
    expect((await chat.exit).code).toBe(WRONG_USAGE);
    expect(chat.raw('stderr')).toMatch(/username\b/);
  }, 20_000);
});

describe('flags', () => {
  it.each([['-username', 'zoe'], ['--username', 'zoe'], ['-username=zoe'], ['--username=zoe'], ['-u', 'zoe']])(
    'can be spelled %s %s',
    async (...spelling) => {
      const words = spelling.filter((word) => word !== undefined);
      const zoe = stage.run([...words, '--interface=127.0.0.1', '-m', stage.group], { name: 'zoe' });
      expect((await zoe.here()).line.text).toMatch(/^-- zoe here, /);
      zoe.end();
    },
    20_000,
  );

  it('are not set by a variable that is set to nothing', async () => {
    const env = { P2PCHAT_PORT: '', P2PCHAT_USERNAME: '', P2PCHAT_MULTICAST: '' };
    const zoe = stage.run(['-username', 'zoe', '-interface', '127.0.0.1', '-m', stage.group], { name: 'zoe', env });
    expect((await zoe.here()).line.text).toMatch(/^-- zoe here, /);
    zoe.end();
  }, 20_000);

  it.each(['-port', '--port', '-p'])(
    '%s names the port, with a space and with =',
    async (flag) => {
      for (const words of [(port: number) => [flag, `${port}`], (port: number) => [`${flag}=${port}`]]) {
        const port = await freePort();
        const zoe = stage.start({ name: 'zoe', args: words(port) });
        expect((await zoe.here()).port).toBe(port);
        await zoe.kill();
      }
    },
    20_000,
  );

  it.each(['-multicast', '--multicast', '-m'])(
    '%s parts those who use another group',
    async (flag) => {
      const zoe = stage.run(['-username', 'zoe', '-interface', '127.0.0.1', flag, stage.group], { name: 'zoe' });
      const yan = stage.run(['-username', 'yan', '-interface', '127.0.0.1', `${flag}=${stage.group}`], { name: 'yan' });
      await Promise.all([zoe.meets(['yan']), yan.meets(['zoe'])]);
    },
    20_000,
  );

  it.each(['-help', '--help', '-h'])(
    '%s prints what it is, flags, environment and exit codes',
    async (flag) => {
      const chat = stage.run([flag]);
      expect(await chat.exit).toEqual({ code: 0, signal: null });
      expect(chat.raw('stderr')).toBe('');
      for (const word of [
        '-username',
        '-port',
        '-multicast',
        '-interface',
        '-connect',
        '-debug',
        '-plain',
        'P2PCHAT_HOME',
        '130',
      ]) {
        expect(chat.raw('stdout')).toContain(word);
      }
      expect(chat.raw('stdout')).not.toContain('\u001b');
    },
    20_000,
  );

  it.each(['-version', '--version', '-v'])(
    '%s prints the version',
    async (flag) => {
      const chat = stage.run([flag]);
      expect(await chat.exit).toEqual({ code: 0, signal: null });
      expect(chat.raw('stdout')).toMatch(/^(p2pchat )?\d+\.\d+\.\d+\S*\n$/);
      expect(chat.raw('stderr')).toBe('');
    },
    20_000,
  );
});

describe('what is taken already', () => {
  it('a name that runs here is refused, and free again when that one has gone', async () => {
    const home = stage.home();
    const first = stage.start({ name: 'alice', home });
    await first.here();
    const second = stage.start({ name: 'alice', home });
    expect(await second.exit, second.transcript()).toEqual({ code: ALREADY_RUNNING, signal: null });
    expect(second.raw('stdout')).toBe('');
    expectOneClearLine(second.raw('stderr'), /alice/);
    await first.stop();
    const third = stage.start({ name: 'alice', home });
    await third.here();
  }, 30_000);

  it('two names run side by side in one home', async () => {
    const home = stage.home();
    const [alice, bob] = await stage.startAll(['alice', 'bob'], { home });
    await alice?.meets(['bob']);
    await bob?.meets(['alice']);
  }, 30_000);

  it('a port that was named and is taken is refused', async () => {
    await using taken = await occupy(0);
    const chat = stage.start({ name: 'alice', port: taken.port });
    expect(await chat.exit, chat.transcript()).toEqual({ code: ALREADY_RUNNING, signal: null });
    expect(chat.raw('stdout')).toBe('');
    expectOneClearLine(chat.raw('stderr'), new RegExp(`${taken.port}`));
  }, 20_000);

  it('where the usual port is taken the next free one is used', async () => {
    await using _taken = await occupy(8080);
    const chat = stage.start({ name: 'alice' });
    const { port } = await chat.here();
    expect(port).toBeGreaterThan(8080);
    expect(port).toBeLessThan(8080 + 101);
  }, 20_000);
});

/** One line that names what is wrong, at most one more that says what to do, and nothing that drives a terminal. */
function expectOneClearLine(text: string, names: RegExp): void {
  const lines = text.split('\n');
  expect(lines.at(-1), text).toBe('');
  expect(lines.length - 1, text).toBeGreaterThanOrEqual(1);
  expect(lines.length - 1, text).toBeLessThanOrEqual(2);
  expect(lines[0]).toMatch(names);
  expect(text).not.toMatch(/[[\p{Cc}\u202e]--[\n]]/v);
}

/** Runs the program on a real terminal, as a person would, and returns what came to the screen. */
async function onTerminal(words: readonly string[], home: string): Promise<{ text: string; code: number | null }> {
  const command = [process.execPath, builtProgram(), ...words].join(' ');
  const env = {
    PATH: process.env['PATH'] ?? '',
    TERM: 'xterm-256color',
    SHELL: '/bin/sh',
    HOME: home,
    P2PCHAT_HOME: home,
  };
  const child = spawn('script', ['-qec', command, '/dev/null'], { env });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await once(child, 'close');
  return { text, code: child.exitCode };
}

/** Holds a port, or leaves it to whoever holds it already. Port 0 takes any that is free. */
async function occupy(port: number): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.once('error', () => resolve());
  server.listen(port, () => resolve());
  await promise;
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : port,
    [Symbol.asyncDispose]: async () => {
      if (server.listening) await new Promise((done) => server.close(done));
    },
  };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  await using taken = await occupy(0);
  return taken.port;
}
