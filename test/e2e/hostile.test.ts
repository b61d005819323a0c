import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Identity } from '../../internal/crypto/identity.ts';
import { allHear, allMeet } from '../crowd.ts';
import { type ChatProcess, left } from '../process.ts';
import { Stage } from '../stage.ts';
import * as attacker from './attacker.ts';

const RSS_CHANGE_BYTES_MAX = 50_000_000;
const HUNDRED_MB = 100_000_000;
const MEGABYTE_OF_A = Buffer.alloc(1_000_000, 'a');
/** The honest ones say something so often, so that an attack of half a second is met by several rounds. */
const ROUND_MS = 40;
const ROUNDS_MIN = 5;
const WARM_UP_ROUNDS = 50;

const NOT_THE_PROTOCOL = [
  '{}',
  '[]',
  'null',
  'hello',
  '{"type":"hello"}',
  '{"type":"nonsense"}',
  '{"type":"hello","__proto__":{"version":1}}',
  '['.repeat(60_000),
];

interface Attack {
  readonly what: string;
  /** Resolves when the attacked has cut every connection that broke the rules. */
  readonly run: (target: attacker.Target) => Promise<void>;
  /** The faults that the attacked must name. */
  readonly faults: readonly string[];
}

const ATTACKS: readonly Attack[] = [
  {
    what: 'random bytes',
    run: async (target) => {
      await repeat(20, async () => {
        const socket = await attacker.knock(target);
        socket.write(randomBytes(10_000));
        await attacker.isCut(socket);
      });
    },
    faults: ['handshake-failed'],
  },
  {
    what: 'random bytes on a link that is authenticated',
    run: async (target) => {
      await repeat(20, async () => {
        const socket = await attacker.link(target);
        socket.write(randomBytes(10_000));
        await attacker.isCut(socket);
      });
    },
    faults: ['bad-line'],
  },
  {
    what: 'half a hello',
    run: async (target) => {
      const socket = await attacker.link(target);
      socket.write(attacker.hello(target).slice(0, 40));
      await attacker.isCut(socket);
    },
    faults: ['hello-timeout'],
  },
  {
    what: 'half a line after a good hello',
    run: async (target) => {
      const socket = await attacker.greetedLink(target);
      socket.write('{"type":"be');
      await attacker.isCut(socket);
    },
    faults: ['silence'],
  },
  {
    what: 'a line of 100 MB instead of a hello',
    run: async (target) => {
      const socket = await attacker.link(target);
      await attacker.pour(socket, MEGABYTE_OF_A, HUNDRED_MB);
      await attacker.isCut(socket);
    },
    faults: ['line-too-long'],
  },
  {
    what: 'a line of 100 MB after a good hello',
    run: async (target) => {
      const socket = await attacker.greetedLink(target);
      await attacker.pour(socket, MEGABYTE_OF_A, HUNDRED_MB);
      await attacker.isCut(socket);
    },
    faults: ['line-too-long'],
  },
  {
    what: '100 MB without TLS',
    run: async (target) => {
      const socket = await attacker.knock(target);
      await attacker.pour(socket, MEGABYTE_OF_A, HUNDRED_MB);
      await attacker.isCut(socket);
    },
    faults: ['handshake-failed'],
  },
  {
    what: 'wrong JSON',
    run: async (target) => {
      for (const line of NOT_THE_PROTOCOL) {
        const socket = await attacker.link(target);
        socket.write(`${line}\n`);
        await attacker.isCut(socket);
      }
    },
    faults: ['bad-line'],
  },
  {
    what: 'wrong JSON after a good hello',
    run: async (target) => {
      const hello = attacker.hello(target);
      const bad = [hello.replace('mallory', '\\u001b[2J'), hello.replace('"port":9', '"port":99999')];
      for (const line of [...NOT_THE_PROTOCOL, ...bad, hello]) {
        const socket = await attacker.greetedLink(target);
        socket.write(`${line}\n`);
        await attacker.isCut(socket);
      }
    },
    faults: ['bad-line', 'hello-expected'],
  },
  {
    what: 'a wrong key behind an announce',
    run: async (target) => await attacker.lure(target, 3),
    faults: ['wrong-key'],
  },
  {
    what: 'a link without a key',
    run: async (target) => {
      const socket = await attacker.link(target, 'nobody');
      await attacker.isCut(socket);
    },
    faults: ['no-identity'],
  },
  {
    what: "words in somebody else's mouth",
    run: async (target) => {
      const mallory = Identity.generate();
      const socket = await attacker.greetedLink(target, mallory);
      socket.write(attacker.forgedRun(Identity.generate(), mallory));
      await attacker.isCut(socket);
    },
    faults: ['unasked'],
  },
  {
    what: 'words without a true signature',
    run: async (target) => {
      const mallory = Identity.generate();
      const socket = await attacker.greetedLink(target, mallory);
      socket.write(attacker.forgedRun(mallory, Identity.generate()));
      await attacker.isCut(socket);
    },
    faults: ['bad-signature'],
  },
  {
    what: 'a flood of small lines',
    run: async (target) => {
      const socket = await attacker.greetedLink(target);
      const beats = Buffer.from('{"type":"beat","sent":1,"circle":"","digests":[]}\n'.repeat(1_000));
      await attacker.pour(socket, beats, 100 * beats.length);
      await attacker.isCut(socket);
    },
    faults: ['flood'],
  },
  {
    what: 'a thousand silent connections',
    run: async (target) => {
      const sockets = await Promise.all(Array.from({ length: 1_000 }, async () => await attacker.knock(target)));
      await Promise.all(sockets.map(attacker.isCut));
    },
    faults: ['handshake-crowded', 'handshake-timeout'],
  },
  {
    what: 'thousands of datagrams that are no announces',
    run: async (target) => {
      const someone = Identity.generate();
      const good = attacker.announce(target, someone, 9);
      const forged = Array.from({ length: 2_000 }, (_, place) => good.replace('"port":9', `"port":${place + 10}`));
      const noise = Array.from({ length: 2_000 }, (_, place) => randomBytes(place));
      await attacker.shout(target, [...forged, ...noise]);
    },
    faults: ['not signed by the peer it names'],
  },
];

describe('two honest neighbours and one who is attacked', () => {
  let stage: Stage;
  let alice: ChatProcess;
  let honest: ChatProcess[];
  let target: attacker.Target;
  let rounds = 0;

  beforeAll(async () => {
    stage = new Stage();
    alice = stage.start({ name: 'alice', debug: 'p2pchat:*' });
    honest = [alice, ...(await stage.startAll(['bob', 'carol']))];
    target = { port: (await alice.here()).port, stage };
    await allMeet(honest);
    for (let count = 0; count < WARM_UP_ROUNDS; count += 1) await round();
    await attacker.isCut((await attacker.link(target)).end());
  }, 60_000);

  afterAll(async () => {
    await stage.close();
  });

  /** Each of the three says something and hears what the others say. */
  async function round(): Promise<void> {
    rounds += 1;
    for (const chat of honest) chat.say(`${chat.name} ${rounds}`);
    await allHear(
      honest,
      honest.map((chat) => `${chat.name} ${rounds}`),
    );
  }

  it.each(ATTACKS)(
    'go on chatting under $what',
    async ({ run, faults }) => {
      const lines = honest.map((chat) => chat.stderr.length);
      const rssBefore = alice.rssBytes();
      const rss: number[] = [];
      let isOver = false;
      const attack = run(target).finally(() => {
        isOver = true;
      });
      for (let count = 0; count < ROUNDS_MIN || !isOver; count += 1) {
        await Promise.all([round(), pause(ROUND_MS)]);
        rss.push(alice.rssBytes());
      }
      await attack;

      for (const code of faults) {
        await alice.waitForLine('stderr', new RegExp(`\\b${code}\\b`), { from: lines[0] ?? 0 });
      }
      for (const [place, chat] of honest.entries()) {
        const gone = chat.stderr
          .slice(lines[place])
          .filter(({ text }) => honest.some(({ name }) => left(name).test(text)));
        expect(gone, `whom ${chat.name} lost`).toEqual([]);
        expect(chat.raw('stdout')).not.toMatch(/forged|mallory/);
      }
      expect(Math.max(...rss) - rssBefore).toBeLessThan(RSS_CHANGE_BYTES_MAX);
      expect(rssBefore - Math.min(...rss)).toBeLessThan(RSS_CHANGE_BYTES_MAX);
    },
    45_000,
  );
});

/** Does something so often, all at once. */
async function repeat(times: number, act: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: times }, act));
}
