import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { History } from '../../internal/store/history.ts';
import type { Retention } from '../../internal/store/settings.ts';
import { PRUNE_SLICE_RUNS } from '../../pkg/base/limits.ts';
import { wallTime } from '../../pkg/base/units.ts';
import { GENERAL, isRoomName } from '../../pkg/identity/room-name.ts';
import { Author } from './author.ts';
import { closed, fresh, open } from './open-history.ts';
import { AskedThread } from './open-thread.ts';
import { scratchFolder } from './scratch.ts';

const DAY_MS = 86_400_000;
const NOW = 1_000 * DAY_MS;
const EVER = Number.MAX_SAFE_INTEGER;

function pruneAll(history: History, retention: Retention, at: number = NOW): number {
  let slices = 0;
  while (history.prune(retention, wallTime(at))) slices += 1;
  return slices;
}

function kept(history: History, author: Author): number[] {
  const feed = { room: author.room, author: author.identity.peer };
  return history.load({ ...feed, from: 1, to: EVER }).runs.map(({ first }) => first);
}

describe('what is no longer to be kept', () => {
  it('by its age since it was stored is deleted, whatever its clock says', () => {
    const history = fresh();
    const [alice, bob] = [new Author(), new Author()];
    history.store([[alice.say(['a1', 'a2']), alice.say(['a3'])]], wallTime(NOW - 10 * DAY_MS));
    history.store([[bob.say(['b1'], 1)], [alice.say(['a4'])]], wallTime(NOW - 5 * DAY_MS));
    pruneAll(history, { '#general': { days: 7 } });
    expect([kept(history, alice), kept(history, bob)]).toEqual([[4], [1]]);
    expect(history.heads()).toMatchObject([
      { ...alice.end, base: 4 },
      { ...bob.end, base: 1 },
    ]);
    pruneAll(history, { '#general': { days: 3 } });
    expect([kept(history, alice), kept(history, bob)]).toEqual([[], []]);
    expect(history.heads()).toMatchObject([
      { ...alice.end, base: 5 },
      { ...bob.end, base: 2 },
    ]);
  });

  it('though a wall clock was set back, is deleted only up to the first that is to be kept', () => {
    const history = fresh();
    const alice = new Author();
    for (const days of [9, 1, 8]) history.store([[alice.say([`${days}`])]], wallTime(NOW - days * DAY_MS));
    pruneAll(history, { '*': { days: 7 } });
    expect(kept(history, alice)).toEqual([2, 3]);
  });

  it('by number is deleted from the oldest end of the room, whole runs, and never less is kept than asked for', () => {
    const history = fresh();
    const [alice, bob] = [new Author(), new Author()];
    history.store([
      [alice.say(['1', '2'], 1), alice.say(['3'], 5)],
      [bob.say(['1'], 3), bob.say(['2'], 4), bob.say(['3'], 6)],
    ]);
    pruneAll(history, { '#general': { entries: 6 } });
    expect([kept(history, alice), kept(history, bob)]).toEqual([
      [1, 3],
      [1, 2, 3],
    ]);
    pruneAll(history, { '#general': { entries: 5 } });
    expect([kept(history, alice), kept(history, bob)]).toEqual([
      [1, 3],
      [1, 2, 3],
    ]);
    pruneAll(history, { '#general': { entries: 4 } });
    expect([kept(history, alice), kept(history, bob)]).toEqual([[3], [1, 2, 3]]);
    pruneAll(history, { '#general': { entries: 2 } });
    expect([kept(history, alice), kept(history, bob)]).toEqual([[3], [3]]);
    expect(history.store([[alice.say(['4'])], [bob.say(['4'])]])).toMatchObject([
      { type: 'stored' },
      { type: 'stored' },
    ]);
  });

  it('by size is deleted, in bounded slices', () => {
    const history = fresh();
    const alice = new Author();
    const count = 2 * PRUNE_SLICE_RUNS + 50;
    history.store([Array.from({ length: count }, () => alice.say(['x'.repeat(700)]))]);
    expect(pruneAll(history, { '*': { megabytes: 0.02 } })).toBe(3);
    const left = kept(history, alice);
    const { runs } = history.load({ room: GENERAL, author: alice.identity.peer, from: 1, to: EVER });
    const bytes = runs.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    expect(bytes).toBeLessThanOrEqual(20_000);
    expect(bytes).toBeGreaterThan(18_000);
    expect(left.at(-1)).toBe(count);
    expect(history.heads()).toMatchObject([{ sequence: count, base: left[0] }]);
  });

  it('is what its own room says, or all rooms where that says nothing; nothing where nobody says anything', () => {
    const other = '#other';
    if (!isRoomName(other)) throw new Error('no room');
    const history = fresh();
    const identity = new Author().identity;
    const [here, there] = [new Author({ identity }), new Author({ identity, room: other })];
    history.store([[1, 2, 3].map((n) => here.say([`${n}`])), [1, 2, 3].map((n) => there.say([`${n}`]))]);
    pruneAll(history, {});
    pruneAll(history, { '#nobody': { entries: 1 } });
    expect([kept(history, here), kept(history, there)]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    pruneAll(history, { '*': { entries: 1 }, '#general': { entries: 2 } });
    expect([kept(history, here), kept(history, there)]).toEqual([[2, 3], [3]]);
  });

  it('cannot be found any more, and what comes after it can, also after a restart', () => {
    const path = join(scratchFolder(), 'history.db');
    const before = open(path);
    const alice = new Author();
    before.store([[alice.say(['old words']), alice.say(['newer words'])]], wallTime(NOW - 9 * DAY_MS));
    while (before.index());
    pruneAll(before, { '*': { entries: 1 } });
    const find = (history: History): number[] =>
      history.search({ room: GENERAL, text: 'words', limit: 9 }).map(({ sequence }) => sequence);
    expect(find(before)).toEqual([2]);
    pruneAll(before, { '*': { days: 1 } });
    expect(find(before)).toEqual([]);
    closed(before);
    const after = open(path);
    after.store([[alice.say(['last words'])]]);
    while (after.index());
    expect(find(after)).toEqual([3]);
  });

  it('is deleted by the thread after its start', async () => {
    const path = join(scratchFolder(), 'history.db');
    const alice = new Author();
    const history = open(path);
    history.store([Array.from({ length: 20 }, (_, place) => alice.say([`${place}`]))]);
    closed(history);
    const asked = new AskedThread(path, { '*': { entries: 5 } });
    const feed = { room: GENERAL, author: alice.identity.peer };
    for (let left = 20; left > 5; ) {
      const answer = await asked.ask({ type: 'load', ticket: asked.ticket(), ...feed, from: 1, to: EVER });
      if (answer.type !== 'loaded') throw new Error(answer.type);
      left = answer.runs.length;
    }
    expect(asked.troubles).toEqual([]);
  });
});
