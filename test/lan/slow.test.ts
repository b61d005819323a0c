import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allHear, nth, speech } from '../crowd.ts';
import { GROWTH_BYTES_MAX } from '../memory.ts';
import { type ChatProcess, left } from '../process.ts';
import { allStoreTheSame, textsOf } from '../stored.ts';
import { rateSupport } from './support.ts';
import { Village } from './village.ts';

const rate = await rateSupport();
if (rate.type === 'no') process.stderr.write(`skipped: ${rate.why}\n`);

const QUICK = ['alice', 'bob', 'carol'];
const SLOW = 'snail';
const SLOW_BYTES_PER_SECOND = 1_000;
const MESSAGES = 700;
/** Each message takes the slow cable half a second, all of them half an hour. */
const LONG = 'x'.repeat(300);
/** The cable is slow for so long, which is enough for links to be given up and tried again. */
const SLOW_MS = 12_000;
const ROUND_MS = 200;
const BACK_MS_MAX = 40_000;

describe.skipIf(rate.type === 'no')('a neighbour whose cable carries 1 kB/s', () => {
  let village: Village;

  beforeEach(async () => {
    village = await Village.open([...QUICK, SLOW]);
  });

  afterEach(async () => {
    await village.close();
  });

  it('does not hold up the others, and catches up when its cable is well again', async () => {
    const chats = await village.startAll();
    const quick = chats.slice(0, QUICK.length);
    const slow = nth(chats, QUICK.length);
    const said: string[] = [];

    const unhinderedMs = await pour(chats, quick, 'before', said);
    const seen = quick.map((chat) => chat.stderr.length);
    await village.host(SLOW).cable().limitDownload(SLOW_BYTES_PER_SECOND);
    const hinderedMs = await pour(quick, quick, 'meanwhile', said);
    const slowest = await talkOn(quick, hinderedMs, said);
    const partings = quick.map((chat, place) =>
      chat.stderr.slice(nth(seen, place)).filter(({ text }) => QUICK.some((name) => left(name).test(text))),
    );
    expect(partings.flat(), 'whom the quick lost of each other').toEqual([]);
    const had = slow.heard.length;
    const lostMs = quick.map(
      (chat, place) => chat.stderr.slice(nth(seen, place)).filter(({ text }) => left(SLOW).test(text)).length,
    );

    const liftedAt = performance.now();
    await village.host(SLOW).cable().limitDownload(undefined);
    const stored = await allStoreTheSame(chats, said, BACK_MS_MAX);
    const caughtUpMs = performance.now() - liftedAt;
    expect(had, 'what the slow one had when its cable was well again').toBeLessThan(said.length);
    for (const name of QUICK) {
      expect(textsOf(stored, name), name).toEqual(said.filter((text) => text.startsWith(`${name} `)));
    }
    expect(village.complaints()).toEqual([]);
    expect(village.memory.greatest().bytes, `${village.memory}`).toBeLessThan(GROWTH_BYTES_MAX);
    process.stderr.write(
      `${quick.length * MESSAGES} messages took ${unhinderedMs.toFixed(0)} ms, with a slow neighbour ` +
        `${hinderedMs.toFixed(0)} ms, and then a round ${slowest.toFixed(0)} ms at most; it was lost ${lostMs} times, had ${had} of ${said.length} and caught up in ${caughtUpMs.toFixed(0)} ms; ${village.memory}\n`,
    );
  }, 120_000);
});

/** Chats until the cable was slow for long enough; how long the slowest round took. */
async function talkOn(chats: readonly ChatProcess[], alreadyMs: number, said: string[]): Promise<number> {
  const until = performance.now() + SLOW_MS - alreadyMs;
  let slowest = 0;
  for (let round = 1; performance.now() < until; round += 1) {
    const [roundMs] = await Promise.all([pour(chats, chats, `round ${round}`, said, 1), pause(ROUND_MS)]);
    slowest = Math.max(slowest, roundMs);
  }
  return slowest;
}

/** Everybody of `speakers` says much at once; how long it takes until all `readers` have heard all of it. */
async function pour(
  readers: readonly ChatProcess[],
  speakers: readonly ChatProcess[],
  about: string,
  said: string[],
  count = MESSAGES,
): Promise<number> {
  const startedAt = performance.now();
  const lines = speakers.map(({ name }) => speech(`${name} ${about} ${LONG}`, count));
  for (const [place, chat] of speakers.entries()) chat.say(...nth(lines, place));
  said.push(...lines.flat());
  await allHear(
    readers,
    lines.map((texts) => texts.at(-1) ?? ''),
  );
  return performance.now() - startedAt;
}
