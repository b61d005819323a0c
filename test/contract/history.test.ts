import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Identity } from '../../internal/crypto/identity.ts';
import { LOAD_BYTES_MAX, TIMELINE_PAGE_RUNS } from '../../pkg/base/limits.ts';
import type { HashedRun } from '../../pkg/feed/feed.ts';
import { GENERAL, isRoomName, type RoomName } from '../../pkg/identity/room-name.ts';
import type { StoredRun } from '../../pkg/peer/input.ts';
import { Author } from './author.ts';
import { closed, fresh, open } from './open-history.ts';
import { scratchFolder } from './scratch.ts';

const posix = process.platform !== 'win32';
const STORED = { type: 'stored' } as const;
const EVER = Number.MAX_SAFE_INTEGER;

function room(name: string): RoomName {
  if (!isRoomName(name)) throw new Error(`${name} is no room`);
  return name;
}

function stored(run: HashedRun): StoredRun {
  const { first, last, text } = run.run;
  return { first, last, text };
}

describe('a history', () => {
  it('begins empty', () => {
    const history = fresh();
    expect(history.heads()).toEqual([]);
    expect(history.page({ room: GENERAL, before: EVER })).toEqual({ runs: [], floor: 0 });
    const nobody = Identity.generate().peer;
    expect(history.load({ room: GENERAL, author: nobody, from: 1, to: EVER })).toEqual({ runs: [], more: false });
    expect(history.store([])).toEqual([]);
    expect(history.store([[]])).toEqual([STORED]);
  });

  it('gives back every byte after a restart, and goes on from there', () => {
    const path = join(scratchFolder(), 'alice', 'history.db');
    const alice = new Author();
    const runs = [alice.say(['hello', 'grüß euch 👋']), alice.say(['"quoted"\u2028\u0000'])];
    const before = open(path);
    expect(before.store([runs])).toEqual([STORED]);
    const heads = before.heads();
    closed(before);
    const after = open(path);
    expect(after.heads()).toEqual(heads);
    expect(heads).toEqual([{ room: GENERAL, author: alice.identity.peer, ...alice.end, base: 1 }]);
    const feed = { room: GENERAL, author: alice.identity.peer };
    expect(after.load({ ...feed, from: 1, to: 3 })).toEqual({ runs: runs.map(stored), more: false });
    expect(after.store([[alice.say(['again'])]])).toEqual([STORED]);
    expect(after.heads()).toMatchObject([{ sequence: 4 }]);
  });

  it('keeps feeds apart by room and author', () => {
    const history = fresh();
    const identity = Identity.generate();
    const authors = [new Author({ identity }), new Author({ identity, room: room('#dev') }), new Author()];
    const runs = authors.map((author, place) => author.say([`hello ${place}`]));
    expect(history.store(runs.map((run) => [run]))).toEqual([STORED, STORED, STORED]);
    for (const [place, author] of authors.entries()) {
      const range = { room: author.room, author: author.identity.peer, from: 1, to: 9 };
      expect(history.load(range).runs).toEqual(runs.slice(place, place + 1).map(stored));
    }
    expect(history.page({ room: room('#dev'), before: EVER }).runs).toEqual(runs.slice(1, 2).map(stored));
    expect(history.heads()).toHaveLength(3);
  });

  it.runIf(posix)('is for its owner only', () => {
    const folder = join(scratchFolder(), 'alice');
    const history = open(join(folder, 'history.db'));
    history.store([[new Author().say(['secret'])]]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder))
      expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
    expect(readdirSync(folder)).toContain('history.db-wal');
  });
});

describe('a batch', () => {
  const gap = (author: Author): HashedRun[] => {
    author.say(['lost']);
    return [author.say(['beyond the gap'])];
  };
  const fork = (author: Author): HashedRun[] => {
    const { end } = author;
    author.say(['one']);
    return [new Author({ identity: author.identity, end: { ...end, hash: author.end.hash } }).say(['other'])];
  };
  const stale = (author: Author): HashedRun[] => {
    const { end } = author;
    return [new Author({ identity: author.identity, end: { ...end, clock: 0 } }).say(['old clock'], 1)];
  };
  const mixed = (author: Author): HashedRun[] => [author.say(['mine']), new Author().say(['somebody else'])];
  const halfGap = (author: Author): HashedRun[] => [author.say(['fits']), ...gap(author)];

  it.each([
    ['leaves a gap', gap],
    ['does not name the run before it', fork],
    ['has a clock that does not rise', stale],
    ['holds two feeds', mixed],
    ['goes wrong in its middle', halfGap],
  ])('that %s fails alone and leaves nothing behind', (_what, spoil) => {
    const history = fresh();
    const [alice, bob, carol] = [new Author(), new Author(), new Author()];
    const first = bob.say(['first'], 7);
    const { end } = bob;
    expect(history.store([[first]])).toEqual([STORED]);
    const outcomes = history.store([[alice.say(['a'])], spoil(bob), [carol.say(['c'])]]);
    expect(outcomes).toEqual([
      STORED,
      { type: 'store-failed', why: expect.stringContaining('does not continue') },
      STORED,
    ]);
    const feed = { room: GENERAL, author: bob.identity.peer };
    expect(history.load({ ...feed, from: 1, to: 9 }).runs).toEqual([stored(first)]);
    const head = history.heads().find(({ author }) => author === bob.identity.peer);
    expect(head).toEqual({ ...feed, ...end, base: 1 });
    expect(history.heads()).toHaveLength(3);
  });

  it('may continue one before it in the same call, and fails with it', () => {
    const history = fresh();
    const alice = new Author();
    const [one, two, three] = [alice.say(['1']), alice.say(['2']), alice.say(['3'])];
    expect(history.store([[one], [three], [two], [three]])).toMatchObject([
      STORED,
      { type: 'store-failed' },
      STORED,
      STORED,
    ]);
    expect(history.heads()).toMatchObject([{ sequence: 3 }]);
  });

  it('that SQLite refuses midway fails alone and leaves nothing behind', () => {
    const path = join(scratchFolder(), 'history.db');
    const history = open(path);
    const [alice, bob, carol] = [new Author(), new Author(), new Author()];
    const sabotage = new DatabaseSync(path);
    sabotage.exec(`CREATE TRIGGER refuse BEFORE INSERT ON run WHEN new.last = 3 BEGIN SELECT RAISE(ABORT, 'no'); END`);
    sabotage.close();
    const outcomes = history.store([[alice.say(['a'])], [bob.say(['1', '2']), bob.say(['3'])], [carol.say(['c'])]]);
    expect(outcomes).toEqual([STORED, { type: 'store-failed', why: 'no' }, STORED]);
    expect(history.heads().map(({ author }) => author)).toEqual([alice.identity.peer, carol.identity.peer]);
    expect(history.page({ room: GENERAL, before: EVER }).runs).toHaveLength(2);
  });
});

describe('loading', () => {
  const author = new Author();
  const runs = [3, 1, 2, 1, 5].map((count) => author.say(Array.from({ length: count }, (_, place) => `line ${place}`)));
  const last = author.end.sequence;

  it('gives the runs that overlap the range, in order, whatever the range is', () => {
    const history = fresh();
    expect(history.store([runs])).toEqual([STORED]);
    fc.assert(
      fc.property(fc.nat(last + 3), fc.nat(last + 3), (from, to) => {
        const expected = runs.filter(({ run }) => run.first <= to && run.last >= from && from <= to).map(stored);
        const feed = { room: GENERAL, author: author.identity.peer };
        const loaded = history.load({ ...feed, from, to });
        expect(from <= to ? loaded : { runs: [], more: false }).toEqual({ runs: expected, more: false });
      }),
    );
  });

  it('gives a bounded number of bytes, at least one run, and says whether there is more', () => {
    const history = fresh();
    const writer = new Author();
    const written = Array.from({ length: 40 }, () => writer.say(Array.from({ length: 4 }, () => 'x'.repeat(8_000))));
    history.store([written]);
    const feed = { room: GENERAL, author: writer.identity.peer };
    const got: StoredRun[] = [];
    for (let more = true; more; ) {
      const loaded = history.load({ ...feed, from: (got.at(-1)?.last ?? 0) + 1, to: EVER });
      const bytes = loaded.runs.reduce((sum, run) => sum + Buffer.byteLength(run.text), 0);
      expect(bytes).toBeLessThanOrEqual(LOAD_BYTES_MAX);
      expect(loaded.runs.length).toBeGreaterThan(0);
      got.push(...loaded.runs);
      more = loaded.more;
    }
    expect(got).toEqual(written.map(stored));
  });
});

describe('a page', () => {
  it('holds the newest runs in the one order, and pages join without a gap', () => {
    const history = fresh();
    const authors = Array.from({ length: 7 }, () => new Author());
    const written: { readonly run: HashedRun; readonly clock: number; readonly author: string }[] = [];
    for (let clock = 1; clock <= 150; clock += 1) {
      // Everybody says something on each third tick, so that many share a clock.
      const speaking = clock % 3 === 0 ? authors : authors.slice(clock % 7, (clock % 7) + 1);
      for (const author of speaking) {
        const run = author.say([`tick ${clock}`], clock);
        written.push({ run, clock, author: author.identity.peer });
      }
    }
    history.store(written.map(({ run }) => [run]));
    written.sort((left, right) => left.clock - right.clock || (left.author < right.author ? -1 : 1));
    const texts = new Map(written.map(({ run, clock }) => [run.run.text, clock]));
    const pages: (readonly StoredRun[])[] = [];
    let before = EVER;
    for (let more = true; more; ) {
      const page = history.page({ room: GENERAL, before });
      expect(page.runs.length).toBeLessThan(TIMELINE_PAGE_RUNS + authors.length);
      if (page.floor > 0) expect(page.runs.length).toBeGreaterThanOrEqual(TIMELINE_PAGE_RUNS);
      pages.unshift(page.runs);
      before = texts.get(page.runs[0]?.text ?? '') ?? 0;
      more = page.floor > 0;
    }
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flat()).toEqual(written.map(({ run }) => stored(run)));
  });

  it('brings along a run that begins below it and reaches over, so that nothing is missing above its floor', () => {
    const history = fresh();
    const [alice, bob] = [new Author(), new Author()];
    const long = alice.say(['a', 'b', 'c', 'd', 'e'], 10);
    const below = bob.say(['below'], 11);
    const singles = Array.from({ length: TIMELINE_PAGE_RUNS }, (_, place) => bob.say([`${place}`], 13 + place));
    history.store([[long], [below, ...singles]]);
    const page = history.page({ room: GENERAL, before: EVER });
    expect(page.floor).toBe(13);
    expect(page.runs[0]).toEqual(stored(long));
    expect(page.runs).toHaveLength(TIMELINE_PAGE_RUNS + 1);
    expect(history.page({ room: GENERAL, before: page.floor })).toEqual({ runs: [long, below].map(stored), floor: 0 });
  });

  it('knows that nothing is left when it just fits', () => {
    const history = fresh();
    const author = new Author();
    history.store([Array.from({ length: TIMELINE_PAGE_RUNS }, (_, place) => author.say([`${place}`]))]);
    expect(history.page({ room: GENERAL, before: EVER })).toMatchObject({ floor: 0 });
    history.store([[author.say(['one more'])]]);
    const page = history.page({ room: GENERAL, before: EVER });
    expect(page.floor).toBeGreaterThan(0);
    expect(page.runs[0]?.first).toBe(2);
    expect(history.page({ room: GENERAL, before: 2 }).runs).toMatchObject([{ first: 1 }]);
    expect(history.page({ room: GENERAL, before: 1 })).toEqual({ runs: [], floor: 0 });
  });
});
