import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PRESENCE_REST_MS } from '../../pkg/base/limits.ts';
import { allHear, nth, speech } from '../crowd.ts';
import { GROWTH_BYTES_MAX } from '../memory.ts';
import { type ChatProcess, joined, left } from '../process.ts';
import { allStoreTheSame, textsOf } from '../stored.ts';
import type { Trunk } from './bridge.ts';
import { lanSupport } from './support.ts';
import { Village } from './village.ts';

const lan = await lanSupport();
if (lan.type === 'no') process.stderr.write(`skipped, no hosts here: ${lan.why}\n`);

const HALVES = [
  ['alice', 'bob'],
  ['carol', 'dave', 'erin'],
] as const;
const MESSAGES = 50;
const ROUNDS = 3;
/** A dead peer is noticed within 6 s; what is above that is for two busy cores. */
const GONE_MS_MAX = 8_000;
/** Far above what it takes: a test is no stopwatch. */
const HEALED_MS_MAX = 20_000;

describe.skipIf(lan.type === 'no')('two halves of a network', () => {
  let village: Village;
  let trunk: Trunk;

  beforeEach(async () => {
    village = await Village.empty();
    const left = await village.island.bridge('left');
    const right = await village.island.bridge('right');
    trunk = await village.island.trunk('trunk', [left, right]);
    await village.settle(left, HALVES[0]);
    await village.settle(right, HALVES[1]);
  });

  afterEach(async () => {
    await village.close();
  });

  it('talk on while they are apart, and have the same history soon after they meet again', async () => {
    const chats = await village.startAll();
    const halves = [chats.slice(0, HALVES[0].length), chats.slice(HALVES[0].length)];
    const said: string[] = [];
    const healedMs: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      await trunk.cut();
      await missEachOther(halves);
      for (const half of halves) said.push(...(await talk(half, `apart ${round}`)));
      const mendedAt = performance.now();
      await trunk.mend();
      const heard = await Promise.all(
        chats.flatMap((chat) =>
          chats.map((author) => chat.hears(`${author.name} apart ${round} ${MESSAGES}`, HEALED_MS_MAX)),
        ),
      );
      healedMs.push(Math.max(...heard.map(({ at }) => at)) - mendedAt);
      await allStoreTheSame(chats, said);
    }
    said.push(...(await talk(chats, 'together')));
    const stored = await allStoreTheSame(chats, said);

    for (const { name } of chats) {
      expect(textsOf(stored, name), name).toEqual(said.filter((text) => text.startsWith(`${name} `)));
    }
    expect(village.complaints()).toEqual([]);
    expect(village.memory.greatest().bytes, `${village.memory}`).toBeLessThan(GROWTH_BYTES_MAX);
    const figures = healedMs.map((ms) => ms.toFixed(0)).join(', ');
    process.stderr.write(`halves had everything ${figures} ms after the cable was mended; ${village.memory}\n`);
  }, 100_000);
});

/** Waits until, for everybody, the last that was told of each of the other half is that they left. */
async function missEachOther(halves: readonly (readonly ChatProcess[])[]): Promise<void> {
  const pairs = halves.flatMap((half) => {
    const others = halves.filter((other) => other !== half).flat();
    return half.flatMap((chat) => others.map((other) => ({ chat, other })));
  });
  await Promise.all(
    pairs.map(async ({ chat, other }) => {
      const isNews = (text: string) => joined(other.name).test(text) || left(other.name).test(text);
      const news = () => chat.stderr.map(({ text }) => text).findLast(isNews);
      // Whoever left a moment ago already is told of once that rests.
      const within = GONE_MS_MAX + PRESENCE_REST_MS;
      await chat.until(`the parting of ${other.name}`, () => left(other.name).test(news() ?? ''), within);
    }),
  );
}

/** Each says its lines; returns them when all of these have heard all. */
async function talk(chats: readonly ChatProcess[], about: string): Promise<string[]> {
  const lines = chats.map((chat) => speech(`${chat.name} ${about}`, MESSAGES));
  for (const [place, chat] of chats.entries()) chat.say(...nth(lines, place));
  const last = lines.map((texts) => texts.at(-1) ?? '');
  await allHear(chats, last);
  return lines.flat();
}
