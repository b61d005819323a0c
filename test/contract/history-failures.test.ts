import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { hashText } from '../../internal/crypto/verifier.ts';
import { History } from '../../internal/store/history.ts';
import { SCHEMA_VERSION } from '../../internal/store/schema.ts';
import { sqliteReason } from '../../internal/store/sqlite-failure.ts';
import { StoreError } from '../../internal/store/store-error.ts';
import { parseRun } from '../../pkg/wire/run.ts';
import { Author } from './author.ts';
import { Child } from './child.ts';
import { closed, keep, open } from './open-history.ts';
import { scratchFolder } from './scratch.ts';

const STORED = { type: 'stored' } as const;
const EVER = Number.MAX_SAFE_INTEGER;

function failureOf(work: () => unknown): StoreError {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('what SQLite refuses', () => {
  const database = (): DatabaseSync => {
    const path = join(scratchFolder(), 'x.db');
    const made = new DatabaseSync(path);
    made.exec('CREATE TABLE t (x TEXT)');
    return made;
  };
  const reasonOf = (work: () => unknown): string => {
    try {
      work();
    } catch (cause) {
      return sqliteReason(cause);
    }
    throw new Error('it did not fail');
  };

  it('is told with what to do', () => {
    const full = database();
    full.exec('PRAGMA max_page_count = 3');
    expect(reasonOf(() => full.exec(`INSERT INTO t VALUES ('${'x'.repeat(20_000)}')`))).toContain('free some space');
    const closedToUs = new DatabaseSync(full.location() ?? '', { readOnly: true });
    expect(reasonOf(() => closedToUs.exec(`INSERT INTO t VALUES ('x')`))).toContain('check its permissions');
    full.exec('BEGIN EXCLUSIVE');
    expect(reasonOf(() => new DatabaseSync(full.location() ?? '').exec('BEGIN EXCLUSIVE'))).toContain(
      'close that program',
    );
    expect(reasonOf(() => new DatabaseSync(scratchFolder()))).toContain('P2PCHAT_HOME');
    full.close();
    closedToUs.close();
  });
});

describe('a damaged file', () => {
  function spoiled(spoil: (path: string) => void): string {
    const path = join(scratchFolder(), 'history.db');
    const history = open(path);
    const author = new Author();
    history.store([Array.from({ length: 300 }, () => author.say(['x'.repeat(1_000)]))]);
    closed(history);
    spoil(path);
    return path;
  }

  const foreign = (path: string): void => {
    const database = new DatabaseSync(path);
    database.exec('DROP TABLE run; CREATE TABLE other (x)');
    database.close();
  };

  it.each([
    [
      'is no database',
      (path: string) => writeFileSync(path, 'not a database, but long enough to have a header'.repeat(99)),
    ],
    ['was cut off', (path: string) => truncateSync(path, 4_096 * 2)],
    ['lacks our tables', foreign],
  ])('that %s is set aside, whole, and a fresh one begun', (_what, spoil) => {
    const path = spoiled(spoil);
    const spoiledBytes = readFileSync(path);
    const { history, setAside } = History.open(path);
    keep(history);
    expect(setAside).toBe(path.replace('history.db', 'history.corrupt-1.db'));
    expect(readFileSync(setAside ?? '').equals(spoiledBytes)).toBe(true);
    expect(history.heads()).toEqual([]);
    expect(history.store([[new Author().say(['again'])]])).toEqual([STORED]);
    closed(history);
    expect(open(path).heads()).toHaveLength(1);
  });

  it('does not take the name of one set aside before', () => {
    const path = spoiled((file) => writeFileSync(file, 'x'.repeat(9_999)));
    writeFileSync(path.replace('history.db', 'history.corrupt-1.db'), 'kept');
    const { history, setAside } = History.open(path);
    keep(history);
    expect(setAside).toContain('history.corrupt-2.db');
    expect(readFileSync(path.replace('history.db', 'history.corrupt-1.db'), 'utf8')).toBe('kept');
  });

  it('in the midst of its runs is found on reading, and set aside on the next opening', () => {
    const path = spoiled((file) => {
      const bytes = readFileSync(file);
      const { length: size } = bytes;
      bytes.fill(0xff, Math.floor(size / 2 / 4_096) * 4_096, Math.floor(size / 2 / 4_096 + 8) * 4_096);
      writeFileSync(file, bytes);
    });
    const history = open(path);
    const [head] = history.heads();
    if (head === undefined) throw new Error('no head');
    const readAll = (): void => {
      for (let from = 1; from <= head.sequence; from += 1) history.load({ ...head, from, to: from });
    };
    const failure = failureOf(readAll);
    expect(failure.code).toBe('history-unreadable');
    expect(failure.message).toContain('start p2pchat again');
    closed(history);
    const again = History.open(path);
    keep(again.history);
    expect(again.setAside).toContain('history.corrupt-1.db');
    closed(again.history);
    expect(open(path).heads()).toEqual([]);
  });

  it('that turns out to be sound is kept', () => {
    const path = spoiled((file) => writeFileSync(`${file}.damaged`, ''));
    expect(open(path).heads()).toHaveLength(1);
    expect(existsSync(`${path}.damaged`)).toBe(false);
  });
});

describe('a file that cannot be used', () => {
  it('because a newer version wrote it is left alone', () => {
    const path = join(scratchFolder(), 'history.db');
    closed(open(path));
    const newer = new DatabaseSync(path);
    newer.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    newer.close();
    const failure = failureOf(() => History.open(path));
    expect(failure.code).toBe('history-newer');
    expect(failure.message).toContain('newer p2pchat');
    expect(readdirSync(join(path, '..'))).not.toContain('history.corrupt-1.db');
  });

  it('because a folder has its name says what to do', () => {
    const path = join(scratchFolder(), 'history.db');
    mkdirSync(path);
    const failure = failureOf(() => History.open(path));
    expect(failure.code).toBe('history-unavailable');
    expect(failure.message).toContain(path);
  });
});

describe('a process killed while it writes', () => {
  it('has stored everything that it was told is stored, and nothing half', async () => {
    const path = join(scratchFolder(), 'history.db');
    let sequence = 0;
    for (const count of [30, 60, 90]) {
      const child = Child.start('writing-history.ts', path);
      await child.says((line) => Number(line) >= sequence + count);
      await child.kill();
      const told = Number(child.lines.at(-1));
      const history = open(path);
      const [head] = history.heads();
      if (head === undefined) throw new Error('no head');
      expect(head.sequence).toBeGreaterThanOrEqual(told);
      const texts: string[] = [];
      for (let from = 1, more = true; more; ) {
        const loaded = history.load({ ...head, from, to: EVER });
        texts.push(...loaded.runs.map((run) => run.text));
        more = loaded.more;
        from = (loaded.runs.at(-1)?.last ?? 0) + 1;
      }
      const runs = texts.map(parseRun);
      let end = { last: 0, hash: '' };
      for (const run of runs) {
        if (run.type === 'fault') throw new Error(run.why);
        expect([run.first, run.prev]).toEqual([end.last + 1, end.hash]);
        end = { last: run.last, hash: hashText(run.text) };
      }
      expect(end).toEqual({ last: head.sequence, hash: head.hash });
      sequence = head.sequence;
      closed(history);
    }
  });
});
