import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
import { HistoryThread } from '../../internal/store/history-thread.ts';
import { SCHEMA_VERSION } from '../../internal/store/schema.ts';
import { STORE_BYTES_MAX } from '../../pkg/base/limits.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import { Author } from './author.ts';
import { closed, open } from './open-history.ts';
import { AskedThread } from './open-thread.ts';
import { scratchFolder } from './scratch.ts';

const EVER = Number.MAX_SAFE_INTEGER;

describe("a history's thread", () => {
  it('gives back what it was told is stored, in the order of asking', async () => {
    const path = join(scratchFolder(), 'history.db');
    const asked = new AskedThread(path);
    expect(asked.thread).toMatchObject({ heads: [], setAside: undefined });
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
    const asked = new AskedThread(path);
    const alice = new Author();
    for (let count = 0; count < 50; count += 1) {
      asked.thread.post([{ type: 'store', ticket: asked.ticket(), runs: [alice.say(['x'.repeat(4_000)])] }]);
    }
    await asked.thread.close();
    await asked.thread.close();
    expect(open(path).heads()).toMatchObject([{ sequence: 50, hash: alice.end.hash }]);
  });

  it('lets what a person waits for in between the transactions of a bulk', async () => {
    const asked = new AskedThread(join(scratchFolder(), 'history.db'));
    const alice = new Author();
    await asked.ask({ type: 'store', ticket: asked.ticket(), runs: [alice.say(['the thread is up'])] });
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
    expect(asked.answers.filter(({ type }) => type === 'stored')).toHaveLength(count + 1);
  });

  it('ends though it was never asked anything', async () => {
    const path = join(scratchFolder(), 'history.db');
    await new AskedThread(path).thread.close();
    expect(open(path).heads()).toEqual([]);
  });

  it('reads the first pages before it is up, and those after it with what was stored meanwhile', async () => {
    const path = join(scratchFolder(), 'history.db');
    const alice = new Author();
    const before = open(path);
    before.store([[alice.say(['past'])]]);
    closed(before);
    const asked = new AskedThread(path);
    const page = () => ({ type: 'page' as const, ticket: asked.ticket(), room: GENERAL, before: EVER });
    const first = page();
    asked.thread.post([first]);
    expect(asked.answers).toMatchObject([{ type: 'paged', ticket: first.ticket, runs: [{ first: 1 }] }]);
    await asked.ask({ type: 'store', ticket: asked.ticket(), runs: [alice.say(['present'])] });
    expect(await asked.ask(page())).toMatchObject({ runs: [{ first: 1 }, { first: 2 }] });
  });

  it('that dies says so at once to whoever comes late', async () => {
    const thread = new HistoryThread(join(scratchFolder(), 'history.db'));
    await thread.kill();
    const died = vi.fn();
    thread.listen({ answered: () => undefined, trouble: () => undefined, died });
    expect(died).toHaveBeenCalledWith(expect.stringMatching(/has ended .*start p2pchat again/));
    await thread.close();
  });

  it('that cannot open what was open a moment ago says why', async () => {
    const path = join(scratchFolder(), 'history.db');
    const thread = new HistoryThread(path);
    const newer = new DatabaseSync(path);
    newer.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    newer.close();
    const died = new Promise((resolve) => {
      thread.listen({ answered: () => undefined, trouble: () => undefined, died: resolve });
    });
    thread.post([{ type: 'keep-fork', room: GENERAL, author: new Author().identity.peer, proof: ['a', 'b'] }]);
    expect(await died).toContain('newer p2pchat');
    await thread.close();
  });
});

describe('opening for a thread', () => {
  it('fails with the words and the code of the history', () => {
    const path = join(scratchFolder(), 'history.db');
    const newer = new DatabaseSync(path);
    newer.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    newer.close();
    expect(() => new HistoryThread(path)).toThrow(
      expect.objectContaining({ code: 'history-newer', message: expect.stringContaining('newer p2pchat') }),
    );
  });
});
