import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { History } from '../../internal/store/history.ts';
import { Author } from '../contract/author.ts';
import { linesOf } from '../contract/bundles.ts';
import { builtProgram, type ChatProcess } from '../process.ts';
import { Stage } from '../stage.ts';

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

afterEach(async () => {
  await stage.close();
});

/** What a run of the program printed and ended with. */
interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly talk: string;
}

async function outcome(chat: ChatProcess): Promise<Outcome> {
  const { code } = await chat.exit;
  return { code, out: chat.raw('stdout'), talk: chat.raw('stderr') };
}

function history(home: string, ...words: readonly string[]): Promise<Outcome> {
  return outcome(stage.run(['history', ...words], { home }));
}

/** Somebody says these lines where nobody else is, and leaves. */
async function speaks(name: string, home: string, ...lines: readonly string[]): Promise<void> {
  const island = new Stage();
  try {
    const alone = island.start({ name, home });
    await alone.here();
    alone.say(...lines);
    alone.end();
    await alone.exit;
  } finally {
    await island.close();
  }
}

/** A profile that holds one feed of `count` runs. */
function withHistory(home: string, name: string, count: number, text = 'hello'): Author {
  const author = new Author();
  const { history: kept } = History.open(join(home, 'profiles', name, 'history.db'));
  kept.store([Array.from({ length: count }, () => author.say([text]))]);
  kept.close();
  return author;
}

describe('a USB stick', () => {
  it('joins two islands: both end up with the same, and read it', async () => {
    const [left, right] = [stage.home(), stage.home()];
    await Promise.all([speaks('alice', left, 'on the left', 'and more'), speaks('bob', right, 'on the right')]);
    const stick = join(stage.home(), '..', 'stick.jsonl');
    expect(await history(left, 'export', '-username', 'alice', stick)).toEqual({
      code: 0,
      out: '',
      talk: '-- 2 entries by 1 author exported\n',
    });
    expect(await history(right, 'import', '-username', 'bob', stick)).toEqual({
      code: 0,
      out: '',
      talk: '-- 2 entries new by 1 author, 0 known, 0 lines refused\n',
    });
    const both = await history(right, 'export', '-username=bob');
    const back = stage.run(['history', 'import', '-u', 'alice'], { home: left });
    back.say(...both.out.split('\n').slice(0, -1));
    back.end();
    expect((await outcome(back)).talk).toBe('-- 1 entry new by 1 author, 2 known, 0 lines refused\n');
    expect((await history(left, 'export', '-username', 'alice')).out).toBe(both.out);
    const alice = stage.start({ name: 'alice', home: left, args: ['-plain'] });
    await alice.hears('on the right');
  }, 60_000);

  it('brings back an own history that was lost, and what is said next goes on behind it', async () => {
    const home = stage.home();
    await speaks('alice', home, 'one', 'two');
    const bundle = await history(home, 'export', '-username', 'alice');
    const profile = join(home, 'profiles', 'alice');
    for (const file of readdirSync(profile)) {
      if (file.startsWith('history')) rmSync(join(profile, file));
    }
    const back = stage.run(['history', 'import', '-username', 'alice'], { home });
    back.say(...bundle.out.split('\n').slice(0, -1));
    back.end();
    expect(await outcome(back)).toMatchObject({ code: 0 });
    await speaks('alice', home, 'three');
    const after = await history(home, 'export', '-username', 'alice');
    expect(after.out.startsWith(bundle.out)).toBe(true);
    expect([...after.out.matchAll(/"sequence":(\d+)/g)].map(([, sequence]) => sequence)).toEqual(['1', '2', '3']);
  }, 60_000);
});

describe('while the chat runs', () => {
  it('its history can be exported, and nothing imported', async () => {
    const alice = stage.start({ name: 'alice' });
    await alice.here();
    alice.say('hello');
    await alice.hears('hello');
    const exported = await history(alice.home, 'export', '-username', 'alice');
    expect(exported).toMatchObject({ code: 0, talk: '-- 1 entry by 1 author exported\n' });
    const imported = await history(alice.home, 'import', '-username', 'alice', 'none');
    expect(imported.code).toBe(8);
    expect(imported.talk).toMatch(/^p2pchat: alice is already running here, .*leave there first.*\n$/);
  }, 30_000);
});

describe('wrong use', () => {
  it.each([
    { words: ['histroy'], says: /'histroy'; did you mean history\?/ },
    { words: ['histroy', 'export'], says: /'histroy'; did you mean history\?/ },
    { words: ['history', 'exprot'], says: /'exprot'.*export/ },
    { words: ['history', 'export', 'a', 'b'], says: /too many/ },
    { words: ['history', 'import', 'a', 'b'], says: /too many/ },
    { words: ['history', 'export', ''], says: /a file has a name/i },
    { words: ['history', 'export', '-forse', 'a'], says: /'-forse'.*-force/ },
    { words: ['history', 'export', '-username', 'al ice'], says: /space/ },
    { words: ['history', 'export', 'a'], says: /whose history/ },
    { words: ['history', 'import', 'a'], says: /whose history/ },
  ])('ends with one clear line: $words', async ({ words, says }) => {
    const { code, out, talk } = await outcome(stage.run(words));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(talk).toMatch(says);
    expect(talk.split('\n')).toHaveLength(2);
  });

  it('of no command at all shows what there is', async () => {
    const { code, out, talk } = await outcome(stage.run(['history']));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(talk).toContain('history export [FILE]');
  });

  it.each(['export', 'import'])('%s tells its use where it is asked for', async (command) => {
    for (const flag of ['-h', '-help', '--help']) {
      const { code, out, talk } = await outcome(stage.run(['history', command, flag]));
      expect({ code, talk }).toEqual({ code: 0, talk: '' });
      expect(out).toMatch(
        /Examples:[\s\S]*Flags[\s\S]*-username[\s\S]*Environment:[\s\S]*P2PCHAT_HOME[\s\S]*Exit codes:/,
      );
    }
  });
});

describe('the profile', () => {
  it('that is not there is told, and not made', async () => {
    const home = stage.home();
    for (const command of ['export', 'import']) {
      const { code, out, talk } = await history(home, command, '-username', 'nobody', 'file');
      expect({ code, out }).toEqual({ code: 7, out: '' });
      expect(talk).toMatch(/no profile nobody/);
    }
    expect(existsSync(join(home, 'profiles'))).toBe(false);
  });

  it('is named by flag, before or behind the command, then by variable, then by what is remembered', async () => {
    const home = stage.home();
    for (const [place, name] of ['flag', 'variable', 'remembered'].entries()) withHistory(home, name, place + 1);
    writeFileSync(join(home, 'config.json'), '{"username":"remembered"}');
    const env = { P2PCHAT_USERNAME: 'variable' };
    const entries = async (words: readonly string[], options: object) =>
      Number((await outcome(stage.run(words, { home, ...options }))).talk.split(' ')[1]);
    expect(await entries(['history', 'export'], {})).toBe(3);
    expect(await entries(['history', 'export'], { env })).toBe(2);
    expect(await entries(['history', 'export', '--username=flag'], { env })).toBe(1);
    expect(await entries(['-username', 'flag', 'history', 'export'], { env })).toBe(1);
    expect(await entries(['history', 'export', '-profile', 'flag', '-username', 'x'], { env })).toBe(1);
  });
});

describe('the bundle', () => {
  it('replaces no file unless it is told to', async () => {
    const home = stage.home();
    const author = withHistory(home, 'alice', 2);
    const file = join(home, 'bundle.jsonl');
    writeFileSync(file, 'precious');
    const refused = await history(home, 'export', '-username', 'alice', file);
    expect(refused).toMatchObject({ code: 5, out: '' });
    expect(refused.talk).toMatch(/is there already/);
    expect(readFileSync(file, 'utf8')).toBe('precious');
    expect(await history(home, 'export', '-username', 'alice', '-force', file)).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toContain(author.identity.peer);
  });

  it('that is missing or none is told', async () => {
    const home = stage.home();
    withHistory(home, 'alice', 1);
    const missing = await history(home, 'import', '-username', 'alice', join(home, 'none.jsonl'));
    expect(missing).toMatchObject({
      code: 7,
      talk: expect.stringMatching(/^p2pchat: there is no file .*none\.jsonl\n$/),
    });
    expect(await history(home, 'import', '-username', 'alice', home)).toMatchObject({ code: 1 });
    const nowhere = await history(home, 'export', '-username', 'alice', join(home, 'none', 'bundle.jsonl'));
    expect(nowhere).toMatchObject({ code: 7, talk: expect.stringMatching(/no folder/) });
  });

  it('of which some is wrong is merged as far as it is right, with a word about the rest', async () => {
    const home = stage.home();
    withHistory(home, 'alice', 1);
    const [bob, carol] = [new Author(), new Author()];
    const file = join(home, 'bundle.jsonl');
    const lies = linesOf(bob.say(['true'])).replace('true', 'lies');
    writeFileSync(file, `${lies}\u001b[31mno line\n${linesOf(carol.say(['hello']))}`);
    const { code, out, talk } = await history(home, 'import', '-username', 'alice', file);
    expect({ code, out }).toEqual({ code: 6, out: '' });
    expect(talk).toMatch(/^-- line \d: .*\n-- line \d: .*\n-- 1 entry new by 1 author, 0 known, 2 lines refused\n$/);
    expect(talk).not.toContain('\u001b');
  });

  it('that nobody reads to its end ends without a word', async () => {
    const home = stage.home();
    withHistory(home, 'alice', 500, 'x'.repeat(4_000));
    const exporting = stage.run(['history', 'export', '-username', 'alice'], { home });
    await exporting.until('the first bytes', () => exporting.raw('stdout').length > 0);
    exporting.hangUp('stdout');
    expect(await exporting.gone).toEqual({ code: 0, signal: null });
    expect(exporting.raw('stderr')).toBe('');
  });

  it('stops on a signal, whether it waits to be read or to be told', async () => {
    const home = stage.home();
    withHistory(home, 'alice', 2_500, 'x'.repeat(8_000));
    const exporting = stage.run(['history', 'export', '-username', 'alice'], { home });
    await exporting.until('the first bytes', () => exporting.raw('stdout').length > 0);
    exporting.stall('stdout');
    exporting.signal('SIGINT');
    expect(await exporting.gone).toEqual({ code: 130, signal: null });
    const importing = stage.run(['history', 'import', '-username', 'alice'], { home });
    // The lock is taken once signals are listened to.
    await vi.waitFor(() => expect(existsSync(join(home, 'profiles', 'alice', 'lock.pid'))).toBe(true), 10_000);
    importing.signal('SIGTERM');
    expect(await outcome(importing)).toMatchObject({
      code: 143,
      talk: expect.stringMatching(/stopped before the end/),
    });
  });

  it.skipIf(!existsSync('/usr/bin/script'))('is neither printed on a terminal nor typed in on one', () => {
    const home = stage.home();
    withHistory(home, 'alice', 1);
    for (const command of ['export', 'import']) {
      const words = [process.execPath, builtProgram(), 'history', command, '-username', 'alice'].join(' ');
      const env = { PATH: process.env['PATH'] ?? '', SHELL: '/bin/sh', HOME: home, P2PCHAT_HOME: home };
      const { status, stdout } = spawnSync('script', ['-qec', words, '/dev/null'], { env, encoding: 'utf8' });
      expect(status).toBe(2);
      expect(stdout).toContain(`p2pchat history ${command}`);
      expect(stdout).not.toContain('"author"');
    }
  });
});
