import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allMeet } from '../crowd.ts';
import { builtProgram, type ChatProcess, left } from '../process.ts';
import { Stage } from '../stage.ts';

const FAILED = 1;
/** More than the pipe and both its ends hold. */
const LINES = 400;
const LINE_CHARS = 4_000;
/** Half a second and what two busy cores take. */
const GONE_MS_MAX = 1_500;

let stage: Stage;
let alice: ChatProcess;
let bob: ChatProcess;

beforeEach(() => {
  stage = new Stage();
});

afterEach(async () => {
  await stage.close();
});

async function aliceAndBob(): Promise<void> {
  alice = stage.start({ name: 'alice' });
  bob = stage.start({ name: 'bob' });
  await allMeet([alice, bob]);
}

/** Bob says more than alice can print unread, and is gone when she has stored it. */
async function flood(): Promise<void> {
  bob.say(...Array.from({ length: LINES }, (_, place) => `${place} `.padEnd(LINE_CHARS, '.')));
  bob.end();
  expect((await bob.exit).code).toBe(0);
}

describe('output that nobody reads', () => {
  it('is kept until it is read, all of it', async () => {
    await aliceAndBob();
    alice.stall('stdout');
    await flood();
    alice.read('stdout');
    await alice.until('the last line', () => alice.stdout.length === LINES);
    expect(alice.heard.map(({ text }) => Number(text.split(' ')[0]))).toEqual(
      Array.from({ length: LINES }, (_, place) => place),
    );
  }, 30_000);

  it.each(['stdout', 'stderr'] as const)(
    'on %s does not keep it from leaving on a signal',
    async (stream) => {
      await aliceAndBob();
      alice.stall(stream);
      if (stream === 'stderr') alice.say(...Array.from({ length: 4_000 }, () => '/help'));
      await flood();
      const startedAt = performance.now();
      alice.signal('SIGTERM');
      expect(await alice.gone).toEqual({ code: 143, signal: null });
      expect(performance.now() - startedAt).toBeLessThan(GONE_MS_MAX);
    },
    30_000,
  );
});

describe('a closed standard error', () => {
  it('ends nothing but what would have been told there', async () => {
    await aliceAndBob();
    alice.hangUp('stderr');
    const carol = stage.start({ name: 'carol' });
    await carol.meets(['alice', 'bob']);
    for (const count of [1, 2, 3]) {
      alice.say('/who', '/help', `still here ${count}`);
      await bob.hears(`still here ${count}`);
      bob.say(`so am I ${count}`);
      await alice.hears(`so am I ${count}`);
    }
    alice.say('/quit tea');
    expect(await alice.exit).toEqual({ code: 0, signal: null });
    expect((await bob.waitForLine('stderr', left('alice'))).text).toContain('tea');
  }, 30_000);
});

describe('a disk that fails', () => {
  it.each([[[]], [['-debug']]])(
    'with a file for a home says so in one line: %j',
    async (args) => {
      const home = stage.home();
      writeFileSync(home, '');
      for (const words of [['-username', 'alice'], []]) {
        const chat = stage.run([...words, ...args], { home });
        expect(await chat.exit, chat.transcript()).toEqual({ code: FAILED, signal: null });
        expect(chat.raw('stderr')).toMatch(
          /^p2pchat: cannot use the folder .*: a file is where a folder should be; .*, or set P2PCHAT_HOME .*\n$/,
        );
        expect(chat.raw('stderr')).toContain(home);
      }
    },
    20_000,
  );

  it.runIf(process.platform === 'linux')(
    'does not end a chat whose trace it has no room for',
    async () => {
      bob = stage.start({ name: 'bob' });
      await bob.here();
      const home = stage.home();
      mkdirSync(join(home, 'state'), { recursive: true });
      // The name of the trace holds the pid, which stays that of the shell.
      const start = 'ln -s /dev/full "$P2PCHAT_HOME/state/trace-$$.log" && exec "$@"';
      const words = ['-debug', '-username', 'alice', '-interface', '127.0.0.1', '-multicast', stage.group];
      const { status, stdout, stderr } = spawnSync(
        'sh',
        ['-c', start, 'sh', process.execPath, builtProgram(), ...words],
        {
          env: { PATH: process.env['PATH'] ?? '', HOME: home, P2PCHAT_HOME: home },
          input: 'hello\n',
          encoding: 'utf8',
        },
      );
      expect(status, stderr).toBe(0);
      expect(stdout).toMatch(/^\d\d:\d\d alice: hello\n$/);
      await bob.hears('hello');
      expect(stderr).toMatch(/\np2pchat: the trace is in .*, incomplete: writing it failed \(ENOSPC\)\n$/);
    },
    20_000,
  );
});
