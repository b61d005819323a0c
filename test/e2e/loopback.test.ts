import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allHear, allMeet, nth, saidBy, speech, who } from '../crowd.ts';
import { type ChatProcess, type Exit, joined, left } from '../process.ts';
import { Stage } from '../stage.ts';

const TEN = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy'];
const MESSAGES = 100;
/** A goodbye is seen at once. Silence would be noticed after 5.5 s, so that this tells the two apart. */
const AT_ONCE_MS_MAX = 2_000;
/** Faults that a restart must never cause. */
const REFUSED = /fork|bad-chain|bad-signature|bad-run/;

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

afterEach(async () => {
  await stage.close();
});

describe('ten processes on one machine', () => {
  it('hear every message once, in the order of its author, and outlive kill -9 of one', async () => {
    const home = stage.home();
    const chats = await stage.startAll(TEN, { home, debug: 'p2pchat:feed,p2pchat:session' });
    await allMeet(chats);
    await tenSpeeches(chats);
    await killedAndBack(chats, home);
  }, 120_000);
});

async function tenSpeeches(chats: readonly ChatProcess[]): Promise<void> {
  for (const chat of chats) chat.say(...speech(chat.name, MESSAGES), `${chat.name} rests`);
  await allHear(
    chats,
    TEN.map((name) => `${name} rests`),
  );
  for (const chat of chats) {
    for (const name of TEN) {
      expect(saidBy(chat, name), `${name} at ${chat.name}`).toEqual([...speech(name, MESSAGES), `${name} rests`]);
    }
  }
}

async function killedAndBack(chats: readonly ChatProcess[], home: string): Promise<void> {
  const victim = nth(chats, 3);
  const others = chats.filter((chat) => chat !== victim);
  const traced = others.map((chat) => chat.stderr.length);
  await victim.kill();
  const back = stage.start({ name: victim.name, home, args: ['-plain'] });
  await back.here();
  await back.meets(others.map((chat) => chat.name));
  expect(saidBy(back, victim.name), 'its own history').toContain(`${victim.name} rests`);
  expect(saidBy(back, 'alice'), "the others' history").toContain('alice rests');

  back.say(`${victim.name} again`);
  nth(others, 0).say('alice again');
  await allHear([...others, back], [`${victim.name} again`, 'alice again']);
  for (const [place, chat] of others.entries()) {
    const rows = (await who(chat)).filter((row) => new RegExp(`\\b${victim.name}\\b`).test(row));
    expect(rows, `rows of ${victim.name} at ${chat.name}`).toHaveLength(1);
    expect(saidBy(chat, victim.name).slice(-2)).toEqual([`${victim.name} rests`, `${victim.name} again`]);
    const trace = chat.stderr.slice(traced[place]).map(({ text }) => text);
    expect(trace.filter((line) => REFUSED.test(line))).toEqual([]);
  }
}

describe('leaving', () => {
  let watchers: ChatProcess[];
  let leaver: ChatProcess;

  beforeEach(async () => {
    watchers = await stage.startAll(['alice', 'bob']);
    leaver = stage.start({ name: 'zoe' });
    await allMeet([...watchers, leaver]);
  });

  it.each<{ way: string; leave: () => void; exit: Exit | undefined; reason?: string }>([
    { way: '/quit', leave: () => leaver.say('/quit'), exit: { code: 0, signal: null } },
    {
      way: '/quit with a reason',
      leave: () => leaver.say('/quit tea'),
      exit: { code: 0, signal: null },
      reason: 'tea',
    },
    { way: 'the end of its input', leave: () => leaver.end(), exit: { code: 0, signal: null } },
    { way: 'SIGTERM', leave: () => leaver.signal('SIGTERM'), exit: { code: 143, signal: null } },
    { way: 'SIGINT', leave: () => leaver.signal('SIGINT'), exit: { code: 130, signal: null } },
    { way: 'SIGHUP, a closed terminal', leave: () => leaver.signal('SIGHUP'), exit: undefined },
    { way: 'kill -9', leave: () => leaver.signal('SIGKILL'), exit: { code: null, signal: 'SIGKILL' } },
  ])(
    'by $way is seen by the others at once',
    async ({ leave, exit, reason = '' }) => {
      const startedAt = performance.now();
      leave();
      const lines = await Promise.all(watchers.map((chat) => chat.waitForLine('stderr', left('zoe'))));
      for (const line of lines) {
        expect(line.at - startedAt).toBeLessThan(AT_ONCE_MS_MAX);
        expect(line.text).toContain(reason);
      }
      const ended = await leaver.exit;
      if (exit !== undefined) expect(ended).toEqual(exit);
      for (const chat of watchers) expect((await who(chat)).filter((row) => /\bzoe\b/.test(row))).toEqual([]);
    },
    30_000,
  );
});

describe('echo hello | p2pchat -username bot', () => {
  it('says it to whoever is there and leaves when it is delivered', async () => {
    const people = await stage.startAll(['alice', 'bob']);
    await allMeet(people);
    const bot = stage.start({ name: 'bot' });
    bot.say('hello');
    bot.end();
    expect(await bot.exit, bot.transcript()).toEqual({ code: 0, signal: null });
    await allHear(people, ['hello']);
    for (const chat of people) expect(saidBy(chat, 'bot')).toEqual(['hello']);
  }, 30_000);

  it('ends with 3 when nobody is there', async () => {
    const bot = stage.start({ name: 'bot' });
    bot.say('hello');
    bot.end();
    expect(await bot.exit, bot.transcript()).toEqual({ code: 3, signal: null });
    expect(bot.stderr.at(-1)?.text).toMatch(/^-- /);
  }, 30_000);

  it('ends with 4 when somebody who is there does not take it', async () => {
    const alice = stage.start({ name: 'alice' });
    const bot = stage.start({ name: 'bot' });
    await allMeet([alice, bot]);
    // What came from alice behind her hello tells bot what to send her.
    alice.say('hi');
    await bot.hears('hi');
    alice.signal('SIGSTOP');
    bot.say('hello');
    bot.end();
    expect(await bot.exit, bot.transcript()).toEqual({ code: 4, signal: null });
    alice.signal('SIGCONT');
    await alice.hears('hello');
  }, 30_000);

  it('waits for delivery at /quit as at the end of the input', async () => {
    const [alice] = await stage.startAll(['alice']);
    const bot = stage.start({ name: 'bot' });
    bot.say('hello', '/quit tea');
    expect(await bot.exit, bot.transcript()).toEqual({ code: 0, signal: null });
    await alice?.hears('hello');
    const alone = stage.start({ name: 'alone', args: ['-multicast', '239.255.91.7:21991'] });
    alone.say('hello', '/quit');
    expect(await alone.exit, alone.transcript()).toEqual({ code: 3, signal: null });
  }, 30_000);

  it('says it though nobody reads what it prints', async () => {
    const [alice] = await stage.startAll(['alice']);
    const bot = stage.start({ name: 'bot' });
    bot.hangUp('stdout');
    bot.say('hello');
    bot.end();
    expect(await bot.exit, bot.transcript()).toEqual({ code: 0, signal: null });
    await alice?.hears('hello');
  }, 30_000);

  it('answers /who when there was time to find somebody', async () => {
    await stage.startAll(['alice']);
    const bot = stage.start({ name: 'bot' });
    bot.say('/who');
    bot.end();
    expect(await bot.exit, bot.transcript()).toEqual({ code: 0, signal: null });
    expect(bot.stderr.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^-- alice /));
  }, 30_000);

  it('is not given the past as news when it comes for the first time, but what it missed when it comes again', async () => {
    const [alice] = await stage.startAll(['alice']);
    alice?.say('long ago');
    await alice?.hears('long ago');
    const home = stage.home();
    const first = stage.start({ name: 'bot', home });
    await first.meets(['alice']);
    alice?.say('now');
    await first.hears('now');
    expect(first.heard.map(({ text }) => text)).toEqual(['now']);
    await first.stop();
    alice?.say('meanwhile');
    await alice?.hears('meanwhile');
    const second = stage.start({ name: 'bot', home });
    await second.hears('meanwhile');
    expect(second.heard.map(({ text }) => text)).toEqual(['meanwhile']);
  }, 30_000);

  it('delivers what is said before anybody came to those who come in time', async () => {
    const bot = stage.start({ name: 'bot' });
    bot.say('hello');
    bot.end();
    await bot.here();
    const alice = stage.start({ name: 'alice' });
    await alice.hears('hello');
    expect(await bot.exit, bot.transcript()).toEqual({ code: 0, signal: null });
  }, 30_000);
});

describe('a second network under one name', () => {
  it('is warned of once: a history travels with its name', async () => {
    const elsewhere = new Stage();
    const home = stage.home();
    const start = { name: 'alice', home, args: ['-plain'] };
    const talk = async (where: Stage): Promise<string> => {
      const alice = where.start(start);
      await alice.here();
      alice.say('hello');
      await alice.hears('hello');
      await alice.stop();
      return alice.raw('stderr');
    };
    try {
      const warning = /-profile keeps them apart/;
      expect(await talk(stage)).not.toMatch(warning);
      expect(await talk(elsewhere)).toMatch(warning);
      expect(await talk(elsewhere)).not.toMatch(warning);
      expect(await talk(stage)).not.toMatch(warning);
    } finally {
      await elsewhere.close();
    }
  });
});

describe('plain lines', () => {
  it('carry messages and actions on stdout and everything else on stderr', async () => {
    const [alice, bob] = await stage.startAll(['alice', 'bob']);
    if (alice === undefined || bob === undefined) throw new Error('two were started');
    await allMeet([alice, bob]);
    alice.say('hi there', '/me waves', '//quit is a command', '/nick alicia');
    await bob.waitForLine('stderr', /^-- alice is now known as alicia$/);
    await bob.hears('/quit is a command');
    expect(bob.stdout.map(({ text }) => text.slice('HH:MM '.length))).toEqual([
      'alice: hi there',
      '* alice waves',
      'alice: /quit is a command',
    ]);
    expect(alice.stdout.map(({ text }) => text)).toEqual(bob.stdout.map(({ text }) => text));
    alice.say('/nosuchcommand');
    expect((await alice.waitForLine('stderr', /nosuchcommand/)).text).toMatch(/^-- /);
    expect(bob.stderr.every(({ text }) => text.startsWith('-- '))).toBe(true);
    expect(bob.stderr.filter(({ text }) => joined('alice').test(text))).toHaveLength(1);
  }, 30_000);

  it('cannot drive the terminal, whatever is said', async () => {
    const [alice, bob] = await stage.startAll(['alice', 'bob']);
    if (alice === undefined || bob === undefined) throw new Error('two were started');
    await allMeet([alice, bob]);
    alice.say('red \u001b[31m bell \u0007 back \u009b2J \u202eturned\r over', 'done');
    await bob.hears('done');
    expect(bob.raw('stdout')).toMatch(/alice: red /);
    expect(bob.raw('stdout')).not.toMatch(/[[\p{Cc}\u202e]--[\n]]/v);
  }, 30_000);

  it('end in silence when nobody reads them any more', async () => {
    const [alice, bob] = await stage.startAll(['alice', 'bob']);
    if (alice === undefined || bob === undefined) throw new Error('two were started');
    await allMeet([alice, bob]);
    alice.hangUp('stdout');
    bob.say('one', 'two');
    await alice.exit;
    expect(alice.raw('stderr')).not.toMatch(/EPIPE|\bat .*:\d+:\d+/);
    await bob.waitForLine('stderr', left('alice'));
  }, 30_000);
});
