import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allHear, allMeet, nth, speech } from '../crowd.ts';
import { GROWTH_BYTES_MAX, MemoryWatch } from '../memory.ts';
import { type ChatProcess, left } from '../process.ts';
import { Stage } from '../stage.ts';
import { allStoreTheSame } from '../stored.ts';
import * as attacker from './attacker.ts';
import { SlowReader } from './slow-reader.ts';

const NAMES = ['alice', 'bob', 'carol'];
const BYTES_PER_SECOND = 1_000;
/** Together almost 2 MB more than Linux, left to itself, holds between two processes. */
const MESSAGES = 1_400;
const LONG = 'x'.repeat(4_000);
/** Longer than somebody who is silent is borne with. */
const SLOW_MS = 8_000;
const ROUND_MS = 200;
const CAUGHT_UP_MS_MAX = 30_000;

describe('a neighbour who keeps the rules and reads 1 kB/s', () => {
  let stage: Stage;
  let chats: ChatProcess[];
  let readers: SlowReader[];
  const said: string[] = [];

  beforeEach(async () => {
    stage = new Stage();
    said.length = 0;
    chats = await stage.startAll(NAMES);
    await allMeet(chats);
    readers = [];
  });

  afterEach(async () => {
    for (const reader of readers) reader.stop();
    await stage.close();
  });

  /** One of them says much, the others a little, and all hear it; how long that took. */
  async function talk(about: string, count: number, long = ''): Promise<number> {
    const startedAt = performance.now();
    const lines = chats.map(({ name }, place) => speech(`${name} ${about}${place === 0 ? long : ''}`, count));
    for (const [place, chat] of chats.entries()) chat.say(...nth(lines, place));
    said.push(...lines.flat());
    await allHear(
      chats,
      lines.map((texts) => texts.at(-1) ?? ''),
    );
    return performance.now() - startedAt;
  }

  it('holds up nobody, costs nobody memory, is not cut off, and gets everything once it reads', async () => {
    using memory = new MemoryWatch();
    await talk('warms up', 50);
    memory.watch(...chats);
    for (const chat of chats) {
      const { port } = await chat.here();
      readers.push(new SlowReader(await attacker.greetedLink({ port, stage })));
    }
    const reading = readers.flatMap((reader) => [reader.beat(), reader.sip(BYTES_PER_SECOND)]);

    const pouredMs = await talk('pours ', MESSAGES, LONG);
    let slowestMs = 0;
    const until = performance.now() + SLOW_MS;
    for (let round = 1; performance.now() < until; round += 1) {
      const [roundMs] = await Promise.all([talk(`goes on ${round}`, 1), pause(ROUND_MS)]);
      slowestMs = Math.max(slowestMs, roundMs);
    }
    const sipped = readers.map(({ bytes }) => bytes);
    expect(readers.map(({ isCut }) => isCut)).toEqual(chats.map(() => false));

    const gulpedAt = performance.now();
    for (const reader of readers) reader.gulp();
    const stored = await allStoreTheSame(chats, said);
    for (const [place, { name }] of chats.entries()) {
      const count = stored.filter(({ sender }) => sender === name).length;
      await nth(readers, place).has(name, count, CAUGHT_UP_MS_MAX);
    }
    const caughtUpMs = performance.now() - gulpedAt;

    for (const [place, chat] of chats.entries()) {
      const texts = nth(readers, place).textsOf(chat.name);
      expect(texts, `of ${chat.name}`).toEqual(said.filter((text) => text.startsWith(`${chat.name} `)));
      expect(chat.stderr.filter(({ text }) => NAMES.some((name) => left(name).test(text)))).toEqual([]);
    }
    expect(memory.greatest().bytes, `${memory}`).toBeLessThan(GROWTH_BYTES_MAX);
    process.stderr.write(
      `${MESSAGES} messages of 4 kB and ${2 * MESSAGES} short ones took ` +
        `${pouredMs.toFixed(0)} ms beside a slow reader, and a round after it ${slowestMs.toFixed(0)} ms at most; it had read ${sipped.join(', ')} bytes and then took ${caughtUpMs.toFixed(0)} ms for the rest; ${memory}\n`,
    );
    for (const reader of readers) reader.stop();
    await Promise.all(reading);
  }, 120_000);
});
