import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { allHear, nth, speech } from '../crowd.ts';
import { allStoreTheSame } from '../stored.ts';
import { lanSupport } from './support.ts';
import { Village } from './village.ts';

const lan = await lanSupport();
if (lan.type === 'no') process.stderr.write(`skipped, no hosts here: ${lan.why}\n`);

const NEIGHBOURS = Array.from({ length: 10 }, (_, number) => `neighbour${number}`);
const NEWCOMER = 'newcomer';
const MESSAGES_EACH = 600;
const LONG = ' and so on'.repeat(20);
/** What is said, sealed and told of, and what TLS, TCP and IP put around it. */
const BYTES_SHARE_MAX = 1.25;

const cardsSchema = z.tuple([z.object({ stats64: z.object({ rx: z.object({ bytes: z.number() }) }) })]);

describe.skipIf(lan.type === 'no')('a newcomer with ten neighbours', () => {
  let village: Village;

  beforeEach(async () => {
    village = await Village.open([...NEIGHBOURS, NEWCOMER]);
  });

  afterEach(async () => {
    await village.close();
  });

  it('gets the history from all of them together, and hardly more bytes than it has', async () => {
    const chats = NEIGHBOURS.map((name) => village.start(name));
    for (const chat of chats) await chat.meets(NEIGHBOURS.filter((name) => name !== chat.name));
    const lines = chats.map(({ name }) => speech(`${name}${LONG}`, MESSAGES_EACH));
    for (const [place, chat] of chats.entries()) chat.say(...nth(lines, place));
    await allHear(
      chats,
      lines.map((texts) => texts.at(-1) ?? ''),
    );
    const said = lines.flat();
    const stored = await allStoreTheSame(chats, said);
    const historyBytes = stored.reduce((sum, entry) => sum + Buffer.byteLength(JSON.stringify(entry)) + 1, 0);

    const before = await receivedBytes();
    const newcomer = village.start(NEWCOMER);
    await newcomer.here();
    await allStoreTheSame([newcomer, nth(chats, 0)], said);
    const share = ((await receivedBytes()) - before) / historyBytes;
    process.stderr.write(`a newcomer received ${share.toFixed(3)} of the history's ${historyBytes} bytes\n`);
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThan(BYTES_SHARE_MAX);
    expect(village.complaints()).toEqual([]);
  }, 120_000);

  async function receivedBytes(): Promise<number> {
    const told = await village.host(NEWCOMER).exec(['ip', '-s', '-j', 'link', 'show', 'dev', 'eth0']);
    return cardsSchema.parse(JSON.parse(told))[0].stats64.rx.bytes;
  }
});
