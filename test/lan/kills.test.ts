import { randomInt } from 'node:crypto';
import { setInterval as every, setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allMeet, nth, saidBy } from '../crowd.ts';
import { GROWTH_BYTES_MAX } from '../memory.ts';
import type { ChatProcess } from '../process.ts';
import { allStoreTheSame, textsOf } from '../stored.ts';
import { lanSupport } from './support.ts';
import { Village } from './village.ts';

const lan = await lanSupport();
if (lan.type === 'no') process.stderr.write(`skipped, no hosts here: ${lan.why}\n`);

/** Nobody kills this one: what it prints was stored by somebody else before. */
const WITNESS = 'alice';
const VICTIMS = ['bob', 'carol', 'dave'] as const;
const NAMES = [WITNESS, ...VICTIMS];
/** Of each victim; 102 in all. */
const KILLS = 34;
/** A victim says so many lines every so often as long as it lives. */
const LINES_A_TIME = 2;
const POUR_MS = 8;
/** The witness says so many whenever a life begins: what it takes in and keeps does not depend on how long that takes. */
const LINES_A_LIFE = 30;
/** A victim is killed while it starts, soon after it is up, or with so many of its lines on the screen. */
const START_MS_MAX = 400;
const UP_MS_MAX = 150;
const SHOWN_MAX = 40;

describe.skipIf(lan.type === 'no')('a burst', () => {
  let village: Village;

  beforeEach(async () => {
    village = await Village.open(NAMES);
  });

  afterEach(async () => {
    await village.close();
  });

  it(`loses nothing that was shown, by ${KILLS * VICTIMS.length} times kill -9`, async () => {
    const started = await village.startAll();
    const witness = nth(started, 0);
    let spoken = 0;
    const speak = () => {
      witness.say(...numbered(WITNESS, spoken, LINES_A_LIFE));
      spoken += LINES_A_LIFE;
    };
    const lives = await Promise.all(started.slice(1).map((chat) => manyLives(village, chat, speak)));

    const survivors = [witness, ...(await Promise.all(VICTIMS.map(async (name) => await back(village, name))))];
    await allMeet(survivors);
    for (const chat of survivors) chat.say(`${chat.name} rests`);
    const all = [...survivors, ...lives.flat()];
    const shown = new Set(all.flatMap((chat) => chat.heard.map(({ text }) => text)));
    const stored = await allStoreTheSame(survivors, [...shown, ...NAMES.map((name) => `${name} rests`)]);

    for (const name of NAMES) {
      const numbers = textsOf(stored, name).map(placeIn);
      expect(numbers, `${name} in order`).toEqual(numbers.toSorted((left, right) => left - right));
      expect(new Set(numbers).size, `${name} once`).toBe(numbers.length);
    }
    expect(village.complaints()).toEqual([]);
    expect(village.memory.greatest().bytes, `${village.memory}`).toBeLessThan(GROWTH_BYTES_MAX);
    const cutShort = lives.flat().filter((chat) => saidBy(chat, chat.name).length > 0).length;
    expect(cutShort, 'lives that ended while they spoke').toBeGreaterThan(KILLS);
    const { name, bytes } = village.memory.greatest();
    process.stderr.write(
      `${lives.flat().length} kills, ${cutShort} of them amid speech; ${stored.length} messages stored; ` +
        `memory: ${name} + ${(bytes / 1024 / 1024).toFixed(0)} MB\n`,
    );
  }, 120_000);
});

/** Kills somebody and lets it come back, again and again; its lives, of which the last has ended too. */
async function manyLives(village: Village, first: ChatProcess, begins: () => void): Promise<ChatProcess[]> {
  const lives: ChatProcess[] = [];
  for (let life = 1; life <= KILLS; life += 1) {
    const chat = life === 1 ? first : village.start(first.name);
    const over = new AbortController();
    begins();
    const pouring = pour(chat, life, over.signal);
    await someMoment(chat, life, village);
    await chat.kill();
    over.abort();
    await pouring;
    lives.push(chat);
  }
  return lives;
}

/** Every fourth life ends while it starts, every fourth soon after it is up, and the others while they speak. */
async function someMoment(chat: ChatProcess, life: number, village: Village): Promise<void> {
  if (life % 4 === 0) return await pause(randomInt(START_MS_MAX));
  await chat.here();
  village.memory.watch(chat);
  if (life % 4 === 1) return await pause(randomInt(UP_MS_MAX));
  const count = randomInt(1, SHOWN_MAX);
  await chat.until(`${count} lines of its own`, () => saidBy(chat, chat.name).length >= count);
}

/** Says numbered lines, which rise through all lives, until `signal` aborts. */
async function pour(chat: ChatProcess, life: number, signal: AbortSignal): Promise<void> {
  let count = life * 1_000_000;
  try {
    for await (const _ of every(POUR_MS, undefined, { signal })) {
      chat.say(...numbered(chat.name, count, LINES_A_TIME));
      count += LINES_A_TIME;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function numbered(name: string, first: number, count: number): string[] {
  return Array.from({ length: count }, (_, place) => `${name} ${first + place}`);
}

async function back(village: Village, name: string): Promise<ChatProcess> {
  const chat = village.start(name);
  await chat.here();
  return chat;
}

/** The last words come after everything. */
function placeIn(text: string): number {
  const word = text.split(' ')[1];
  return word === 'rests' ? Number.POSITIVE_INFINITY : Number(word);
}
