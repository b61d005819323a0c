import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Disk } from '../../internal/runtime/disk.ts';
import { HistoryThread } from '../../internal/store/history-thread.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import type { Input, Ticket } from '../../pkg/peer/input.ts';
import { Author } from './author.ts';
import { open } from './open-history.ts';
import { scratchFolder } from './scratch.ts';

interface Bench {
  readonly path: string;
  readonly thread: HistoryThread;
  readonly disk: Disk;
  readonly inputs: Input[];
  readonly troubles: string[];
}

function bench(): Bench {
  const path = join(scratchFolder(), 'history.db');
  const thread = new HistoryThread(path);
  onTestFinished(() => thread.close());
  const inputs: Input[] = [];
  const troubles: string[] = [];
  const disk = new Disk(
    thread,
    (input) => inputs.push(input),
    (text) => troubles.push(text),
  );
  return { path, thread, disk, inputs, troubles };
}

describe('the disk', () => {
  it('answers each effect once, and rests when all are answered', async () => {
    const { disk, inputs } = bench();
    await disk.rest();
    const alice = new Author();
    disk.add({ type: 'store', leaps: false, releases: 0, ticket: 1 as Ticket, runs: [alice.say(['hello'])] });
    disk.add({ type: 'search', ticket: 2 as Ticket, room: GENERAL, text: 'hello', limit: 9 });
    disk.add({ type: 'load', ticket: 3 as Ticket, room: GENERAL, author: alice.identity.peer, from: 1, to: 1 });
    await disk.rest();
    expect(inputs).toMatchObject([
      { type: 'stored', ticket: 1 },
      { type: 'found', ticket: 2, hits: [] },
      { type: 'loaded', ticket: 3, runs: [{ first: 1 }] },
    ]);
  });

  it('that is flushed has stored everything once the thread has closed', async () => {
    const { path, thread, disk } = bench();
    const alice = new Author();
    disk.add({ type: 'store', leaps: false, releases: 0, ticket: 1 as Ticket, runs: [alice.say(['last words'])] });
    disk.flush();
    await thread.close();
    expect(open(path).heads()).toMatchObject([{ sequence: 1, hash: alice.end.hash }]);
  });

  it('whose thread dies says so to all that waits and to all that comes', async () => {
    const { thread, disk, inputs, troubles } = bench();
    const alice = new Author();
    disk.add({ type: 'store', leaps: false, releases: 0, ticket: 1 as Ticket, runs: [alice.say(['one'])] });
    disk.add({ type: 'load', ticket: 2 as Ticket, room: GENERAL, author: alice.identity.peer, from: 1, to: 1 });
    await thread.kill();
    const why = expect.stringMatching(/has ended .*start p2pchat again/);
    expect(troubles).toEqual([why]);
    expect(inputs).toEqual([
      { type: 'store-failed', ticket: 1, why },
      { type: 'loaded', ticket: 2, runs: [], more: false },
    ]);
    disk.add({ type: 'store', leaps: false, releases: 0, ticket: 3 as Ticket, runs: [alice.say(['two'])] });
    await disk.rest();
    expect(inputs.at(-1)).toEqual({ type: 'store-failed', ticket: 3, why });
  });
});
