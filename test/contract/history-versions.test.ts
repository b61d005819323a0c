import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../../internal/store/schema.ts';
import { wallTime } from '../../pkg/base/units.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import { Author } from './author.ts';
import { closed, open } from './open-history.ts';
import { scratchFolder } from './scratch.ts';
import { writeVersionOne } from './version-one.ts';

const EVER = Number.MAX_SAFE_INTEGER;
const DAY_MS = 86_400_000;

describe('a history of the first version', () => {
  it('is brought up to date and loses nothing', () => {
    const path = join(scratchFolder(), 'history.db');
    const [alice, bob] = [new Author(), new Author()];
    const runs = [alice.say(['hello', 'grüß euch']), alice.say(['again'])];
    writeVersionOne(path, [runs, [bob.say(['hi'], 7)]]);
    const history = open(path);
    expect(history.heads()).toEqual([
      { room: GENERAL, author: alice.identity.peer, ...alice.end, base: 1 },
      { room: GENERAL, author: bob.identity.peer, ...bob.end, base: 1 },
    ]);
    const feed = { room: GENERAL, author: alice.identity.peer };
    expect(history.load({ ...feed, from: 1, to: 9 }).runs.map(({ text }) => text)).toEqual(
      runs.map(({ run }) => run.text),
    );
    expect(history.store([[alice.say(['and on'])]])).toEqual([{ type: 'stored' }]);
    expect(history.page({ room: GENERAL, before: EVER }).runs).toHaveLength(4);
    while (history.index());
    expect(history.search({ room: GENERAL, text: 'gruss', limit: 9 })).toMatchObject([{ sequence: 2 }]);
    closed(history);
    const version = new DatabaseSync(path);
    expect(version.prepare('PRAGMA user_version').get()).toEqual({ user_version: SCHEMA_VERSION });
    version.close();
    expect(open(path).heads()).toMatchObject([{ sequence: 4 }, { sequence: 1 }]);
  });

  it('counts as stored on the day of the change, and is measured when that is asked for', () => {
    const path = join(scratchFolder(), 'history.db');
    const alice = new Author();
    writeVersionOne(path, [[alice.say(['x'.repeat(5_000)]), alice.say(['y'.repeat(5_000)])]]);
    const history = open(path);
    const now = Date.now();
    expect(history.prune({ '*': { days: 1 } }, wallTime(now))).toBe(false);
    expect(history.prune({ '*': { megabytes: 0.02 } }, wallTime(now))).toBe(false);
    expect(history.prune({ '*': { megabytes: 0.01 } }, wallTime(now))).toBe(true);
    expect(history.heads()).toMatchObject([{ sequence: 2, base: 2 }]);
    expect(history.prune({ '*': { days: 1 } }, wallTime(now + 2 * DAY_MS))).toBe(true);
    expect(history.heads()).toMatchObject([{ sequence: 2, base: 3 }]);
  });

  it('stays as it was where the change cannot be made', () => {
    const path = join(scratchFolder(), 'history.db');
    writeVersionOne(path, [[new Author().say(['hello'])]]);
    const holder = new DatabaseSync(path);
    holder.exec('BEGIN EXCLUSIVE');
    expect(() => open(path)).toThrow(/close that program/);
    holder.exec('ROLLBACK');
    expect(holder.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
    holder.close();
    expect(open(path).heads()).toHaveLength(1);
  });
});
