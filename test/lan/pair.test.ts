import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nth } from '../crowd.ts';
import { GROWTH_BYTES_MAX } from '../memory.ts';
import { type ChatProcess, joined } from '../process.ts';
import { allStoreTheSame, textsOf } from '../stored.ts';
import { lanSupport } from './support.ts';
import { Village } from './village.ts';

const lan = await lanSupport();
if (lan.type === 'no') process.stderr.write(`skipped, no hosts here: ${lan.why}\n`);

/** Nothing goes between the first two; the third reaches both. */
const NAMES = ['alice', 'bob', 'rita'] as const;
const ROUNDS = 5;
/** From the author's pipe to the screen of the one whom it cannot reach; the first word waits for a beat. */
const RELAYED_MS_MAX = 6_000;

describe.skipIf(lan.type === 'no')('two who cannot reach each other, and one who reaches both', () => {
  let village: Village;

  beforeEach(async () => {
    village = await Village.open(NAMES);
  });

  afterEach(async () => {
    await village.close();
  });

  it.each([
    {
      by: 'isolated from each other, as guests of an access point',
      part: async () => {
        for (const name of ['alice', 'bob']) await village.host(name).cable().setIsolated(true);
      },
    },
    {
      by: 'kept apart by a firewall that lets announces through',
      part: async () => {
        await village.host('alice').loseSight(village.host('bob'));
        await village.host('bob').loseSight(village.host('alice'));
      },
    },
  ])(
    'read each other when they are $by',
    async ({ by, part }) => {
      await part();
      const [alice, bob, rita] = NAMES.map((name) => village.start(name));
      if (alice === undefined || bob === undefined || rita === undefined) throw new Error('three were started');
      await rita.meets(['alice', 'bob']);
      const chats = [alice, bob, rita];
      village.memory.watch(...chats);
      const said: string[] = [];
      const relayedMs: number[] = [];
      for (let round = 1; round <= ROUNDS; round += 1) {
        const latencies = await Promise.all([relayed(alice, bob, round), relayed(bob, alice, round)]);
        rita.say(`rita ${round}`);
        said.push(`alice ${round}`, `bob ${round}`, `rita ${round}`);
        relayedMs.push(...latencies);
      }

      const stored = await allStoreTheSame(chats, said);
      for (const { name } of chats) {
        expect(textsOf(stored, name), name).toEqual(said.filter((text) => text.startsWith(`${name} `)));
      }
      for (const [here, there] of [
        [alice, bob],
        [bob, alice],
      ] as const) {
        expect(here.stderr.filter(({ text }) => joined(there.name).test(text))).toEqual([]);
      }
      expect(village.complaints()).toEqual([]);
      expect(village.memory.greatest().bytes, `${village.memory}`).toBeLessThan(GROWTH_BYTES_MAX);
      const figures = relayedMs.map((ms) => ms.toFixed(0)).join(', ');
      relayedMs.sort((one, other) => one - other);
      const median = nth(relayedMs, Math.floor(relayedMs.length / 2)).toFixed(0);
      process.stderr.write(`${by}: relayed after ${figures} ms, median ${median} ms; ${village.memory}\n`);
    },
    90_000,
  );
});

/** How long a message takes from one to another who gets it through a third. */
async function relayed(author: ChatProcess, reader: ChatProcess, round: number): Promise<number> {
  const saidAt = performance.now();
  author.say(`${author.name} ${round}`);
  return (await reader.hears(`${author.name} ${round}`, RELAYED_MS_MAX)).at - saidAt;
}
