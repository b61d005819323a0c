/** The built program on a real terminal: two people chat, and whichever way one leaves, the terminal is as it was. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { left } from '../process.ts';
import { Stage } from '../stage.ts';
import { noTerminal, RealTerminal } from './real-terminal.ts';

const missing = noTerminal();
if (missing !== undefined) console.warn(`tests on a real terminal are skipped: ${missing}`);

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 40, rows: 12 },
  { columns: 200, rows: 60 },
];

describe.skipIf(missing !== undefined)('on a real terminal', () => {
  let stage: Stage;
  let terminals: RealTerminal[];

  beforeEach(() => {
    stage = new Stage();
    terminals = [];
  });

  afterEach(async () => {
    await Promise.all(terminals.map((terminal) => terminal.close()));
    await stage.close();
  });

  function open(words: readonly string[], home = stage.home(), size = SIZES[0]): RealTerminal {
    const terminal = new RealTerminal(stage, words, home, size);
    terminals.push(terminal);
    return terminal;
  }

  it.each(SIZES)('two people see each other and read each other at $columns x $rows', async (size) => {
    const alice = open(['-username', 'alice'], stage.home(), size);
    const bob = open(['-username', 'bob'], stage.home(), size);
    await alice.shows('bob joined');
    await bob.shows('alice joined');
    alice.type('hello bob 🎉\r');
    await bob.shows('<alice> hello bob 🎉');
    bob.type('/me waves\r');
    await alice.shows('* bob waves');
    expect(alice.text()).toContain('1 linked');
  });

  it.each([
    ['/quit', (terminal: RealTerminal) => terminal.type('/quit\r'), 0],
    ['Ctrl-C twice', (terminal: RealTerminal) => terminal.type(CTRL_C + CTRL_C), 0],
    ['Ctrl-D', (terminal: RealTerminal) => terminal.type(CTRL_D), 0],
    ['SIGTERM', (terminal: RealTerminal) => terminal.signal('SIGTERM'), 143],
    ['SIGINT', (terminal: RealTerminal) => terminal.signal('SIGINT'), 130],
    ['SIGHUP', (terminal: RealTerminal) => terminal.signal('SIGHUP'), 129],
  ])('%s is seen by the others and leaves the terminal as it was', async (_how, leave, code) => {
    const bob = stage.start({ name: 'bob' });
    const alice = open(['-username', 'alice']);
    await alice.shows('bob joined');
    await bob.meets(['alice']);
    leave(alice);
    await bob.waitForLine('stderr', left('alice'));
    expect(await alice.exit).toBe(code);
    expect(await alice.disorder()).toEqual([]);
  });

  it('a window that is closed is seen by the others', async () => {
    const bob = stage.start({ name: 'bob' });
    const alice = open(['-username', 'alice']);
    await alice.shows('bob joined');
    await bob.meets(['alice']);
    alice.hangUp();
    await bob.waitForLine('stderr', left('alice'));
  });

  it('a start that fails says so on the normal screen and leaves the terminal as it was', async () => {
    const home = stage.home();
    const first = open(['-username', 'alice'], home);
    await first.shows('nobody else is here yet');
    const second = open(['-username', 'alice'], home);
    expect(await second.exit).toBe(8);
    expect(second.written).toMatch(/^p2pchat: alice is already running here.*\r\n$/);
  });

  it('asks for a name once, offers one, refuses a bad one, and remembers it', async () => {
    const home = stage.home();
    const first = open([], home);
    await first.shows('Your name [');
    first.type('two words\r');
    await first.shows('contains a space');
    first.type('zoe\r');
    await first.shows('Hello zoe');
    first.type('/quit\r');
    expect(await first.exit).toBe(0);
    const second = open([], home);
    await second.shows('Hello zoe');
    expect(second.written).not.toContain('Your name');
  });

  it('what is typed before the first frame is typed into it', async () => {
    const alice = open(['-username', 'alice']);
    alice.type('hello early bird\r');
    await alice.shows('<alice> hello early bird');
  });

  it('what was said is there after a restart', async () => {
    const home = stage.home();
    const first = open(['-username', 'alice'], home);
    first.type('remember me\r');
    await first.shows('<alice> remember me');
    first.signal('SIGKILL');
    await first.exit;
    const second = open(['-username', 'alice'], home);
    await second.shows('<alice> remember me');
    second.type('and me\r');
    await second.shows('<alice> and me');
  });

  it('-debug traces to a file whose path is printed at the end, and never over the screen', async () => {
    const home = stage.home();
    const alice = open(['-username', 'alice', '-debug'], home);
    const bob = stage.start({ name: 'bob' });
    await bob.meets(['alice']);
    await alice.shows('bob joined');
    expect(alice.text()).not.toContain('p2pchat:mesh');
    alice.type('a secret word\r');
    await bob.hears('a secret word');
    alice.type('/quit\r');
    await alice.exit;
    await alice.shows('the trace is in');
    const folder = join(home, 'state');
    const trace = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('');
    expect(trace).toContain('p2pchat:mesh linked with');
    expect(trace).not.toContain('secret word');
    expect(await alice.disorder()).toEqual([]);
  });
});
