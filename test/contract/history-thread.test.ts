import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../../internal/store/schema.ts';
import { StoreError } from '../../internal/store/store-error.ts';
import { STORE_BYTES_MAX } from '../../pkg/base/limits.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import { Author } from './author.ts';
import { open } from './open-history.ts';
import { AskedThread } from './open-thread.ts';
import { scratchFolder } from './scratch.ts';

const EVER = Number.MAX_SAFE_INTEGER;

async function failureOf(work: Promise<unknown>): Promise<StoreError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe("a history's thread", () => {
  it('gives back what it was told is stored, in the order of asking', async () => {
    const path = join(scratchFolder(), 'history.db');
    const asked = new AskedThread();
    expect(await asked.thread.open(path)).toEqual({ heads: [], setAside: undefined });
    const alice = new Author();
    const runs = ['one', 'two', 'three'].map((text) => alice.say([text]));
    const stores = runs.map((run) => ({ type: 'store' as const, ticket: asked.ticket(), runs: [run] }));
    asked.thread.post(stores);
    const feed = { room: GENERAL, author: alice.identity.peer };
    const loaded = await asked.ask({ type: 'load', ticket: asked.ticket(), ...feed, from: 1, to: 9 });
    const texts = runs.map(({ run }) => run.text);
    expect(loaded).toMatchObject({ type: 'loaded', runs: texts.map((text) => ({ text })), more: false });
    expect(asked.answers.map(({ type, ticket }) => [type, ticket])).toEqual([
      ...stores.map(({ ticket }) => ['stored', ticket]),
      ['loaded', 4],
    ]);
    const page = await asked.ask({ type: 'page', ticket: asked.ticket(), room: GENERAL, before: EVER });
    expect(page).toMatchObject({ runs: texts.map((text) => ({ text })) });
  });

  it('has stored everything that it was asked to when it has closed', async () => {
    const path = join(scratchFolder(), 'history.db');
    const asked = new AskedThread();
    const alice = new Author();
    void asked.thread.open(path);
    for (let count = 0; count < 50; count += 1) {
      asked.thread.post([{ type: 'store', ticket: asked.ticket(), runs: [alice.say(['x'.repeat(4_000)])] }]);
    }
    await asked.thread.close();
    await asked.thread.close();
    expect(open(path).heads()).toMatchObject([{ sequence: 50, hash: alice.end.hash }]);
  });

  it('lets what a person waits for in between the transactions of a bulk', async () => {
    const asked = new AskedThread();
    await asked.thread.open(join(scratchFolder(), 'history.db'));
    const alice = new Author();
    const long = Array.from({ length: 7 }, () => 'x'.repeat(8_000));
    const count = Math.ceil((4 * STORE_BYTES_MAX) / 56_000);
    const stores = Array.from({ length: count }, () => {
      return { type: 'store' as const, ticket: asked.ticket(), runs: [alice.say(long)] };
    });
    const page = { type: 'page' as const, ticket: asked.ticket(), room: GENERAL, before: EVER };
    asked.thread.post([...stores, page]);
    const last = stores.at(-1)?.ticket ?? page.ticket;
    await asked.answerTo(last);
    const order = asked.answers.map(({ ticket }) => ticket);
    expect(order.indexOf(page.ticket)).toBeGreaterThan(-1);
    expect(order.indexOf(page.ticket)).toBeLessThan(order.length / 2);
    expect(asked.answers.filter(({ type }) => type === 'stored')).toHaveLength(count);
  });

  it('ends though it was never asked to open anything', async () => {
    await new AskedThread().thread.close();
  });
});

describe('opening on a thread', () => {
  it('fails with the words and the code of the history', async () => {
    const path = join(scratchFolder(), 'history.db');
    const newer = new DatabaseSync(path);
    newer.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    newer.close();
    const failure = await failureOf(new AskedThread().thread.open(path));
    expect(failure.code).toBe('history-newer');
    expect(failure.message).toContain('newer p2pchat');
  });

  it('fails where the thread ends before', async () => {
    const asked = new AskedThread();
    const opening = asked.thread.open(join(scratchFolder(), 'history.db'));
    const killing = asked.thread.kill();
    const failure = await failureOf(opening);
    expect(failure.code).toBe('history-unavailable');
    expect(failure.message).toContain('start p2pchat again');
    await killing;
  });
});
