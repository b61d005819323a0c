import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MergeHistory } from '../../internal/bundle/merge.ts';
import { Identity } from '../../internal/crypto/identity.ts';
import type { History } from '../../internal/store/history.ts';
import { BUNDLE_PROBLEMS_NAMED_MAX, LINE_BYTES_MAX, RUN_ENTRIES_MAX } from '../../pkg/base/limits.ts';
import type { HashedRun } from '../../pkg/feed/feed.ts';
import type { FeedKey } from '../../pkg/feed/feeds-out.ts';
import type { ForkProof } from '../../pkg/feed/forks.ts';
import { Author } from './author.ts';
import { bundleOf, linesOf, merge } from './bundles.ts';
import { fresh, open } from './open-history.ts';
import { scratchFolder } from './scratch.ts';

/** A run whose last signature letter is another one. */
function forged({ run }: HashedRun): string {
  const at = run.text.length - 10;
  const letter = run.text[at] === 'A' ? 'B' : 'A';
  return `${run.text.slice(0, at)}${letter}${run.text.slice(at + 1)}\n`;
}

/** A history that keeps proofs of forks where the test can see them. */
function keepingForks(history: History): { history: MergeHistory; proofs: (FeedKey & { proof: ForkProof })[] } {
  const proofs: (FeedKey & { proof: ForkProof })[] = [];
  return {
    proofs,
    history: {
      heads: () => history.heads(),
      load: (range) => history.load(range),
      store: (batches) => history.store(batches),
      keepFork: (fork) => proofs.push(fork),
    },
  };
}

describe('a bundle with a line that is wrong', () => {
  it('that is forged: what stands before it and what others said comes in', async () => {
    const [alice, bob] = [new Author(), new Author()];
    const runs = [alice.say(['one']), alice.say(['two', 'three']), alice.say(['four']), alice.say(['five'])] as const;
    const bundle = `${linesOf(runs[0])}${forged(runs[1])}${linesOf(runs[2], runs[3], bob.say(['six']))}`;
    const history = fresh();
    const found = await merge(history, bundle);
    expect(found).toMatchObject({ added: 2, authors: 2, refused: 4, forks: [] });
    expect(found.problems).toEqual([{ line: 2, why: expect.stringMatching(/^alice~\w{4}: it is not what/) }]);
    expect(history.heads().map(({ sequence }) => sequence)).toEqual([1, 1]);
    expect(await merge(history, linesOf(...runs))).toMatchObject({ added: 4, known: 1, refused: 0 });
  });

  it('that is missing: what stands behind it waits for it, and is named once', async () => {
    const [alice, bob] = [new Author(), new Author()];
    const runs = [alice.say(['one']), alice.say(['two', 'three']), alice.say(['four']), alice.say(['five'])] as const;
    const history = fresh();
    const found = await merge(history, linesOf(runs[0], runs[2], runs[3], bob.say(['six'])));
    expect(found).toMatchObject({ added: 2, refused: 2 });
    expect(found.problems).toEqual([
      { line: 2, why: expect.stringMatching(/entries 2 to 3 of alice~\w{4} before it/) },
    ]);
    expect(await merge(history, linesOf(runs[1], runs[2]))).toMatchObject({ added: 3, refused: 0 });
  });

  it('within a run: the run is lost and the next one read', async () => {
    const lines = linesOf(new Author().say(['one', 'two', 'three'])).split('\n');
    for (const wrong of ['{"type":"chat"', '[]', '"', '{"type":"beat","sent":1,"circle":"","digests":[]}', '']) {
      const bundle = `${lines[0]}\n${wrong}\n${lines[2]}\n${linesOf(new Author().say(['four']))}`;
      const found = await merge(fresh(), bundle);
      expect(found, wrong).toMatchObject({ added: 1, refused: 3 });
      expect(found.problems[0], wrong).toMatchObject({ line: 2 });
    }
  });

  it('whose bytes are none: it is one line, however long', async () => {
    const [alice, bob] = [new Author(), new Author()];
    const bytes = Buffer.concat([
      Buffer.from(linesOf(alice.say(['one']))),
      Buffer.alloc(3 * LINE_BYTES_MAX, 'x'),
      Buffer.from('\n'),
      Buffer.from([0x22, 0xff, 0x22, 0x0a]),
      Buffer.from(linesOf(alice.say(['two']), bob.say(['three']))),
    ]);
    for (const chunkBytes of [1_000, 65_536, 1_000_000]) {
      const found = await merge(fresh(), bytes, chunkBytes);
      expect(found).toMatchObject({ added: 3, refused: 2 });
      expect(found.problems.map(({ line }) => line)).toEqual([2, 3]);
    }
  });

  it('that cuts a run off: the run behind it comes in', async () => {
    const [alice, bob] = [new Author(), new Author()];
    const [line] = linesOf(alice.say(['one', 'two'])).split('\n');
    const found = await merge(fresh(), `${line}\n${linesOf(bob.say(['three', 'four']), bob.say(['five']))}${line}\n`);
    expect(found).toMatchObject({ added: 3, refused: 2, problems: [{ line: 1 }, { line: 5 }] });
  });

  it('that never ends a run costs no more than a run', async () => {
    const author = new Author();
    const [line = ''] = linesOf(author.say(['a', 'b'])).split('\n');
    const endless = Array.from({ length: 2 * RUN_ENTRIES_MAX }, (_, place) =>
      line.replace('"sequence":1,"clock":1', `"sequence":${place + 1},"clock":${place + 1}`),
    );
    const found = await merge(fresh(), `${endless.join('\n')}\n${linesOf(new Author().say(['c']))}`);
    expect(found).toMatchObject({ added: 1, refused: 2 * RUN_ENTRIES_MAX });
  });

  it('names the first few and counts the rest', async () => {
    const found = await merge(fresh(), 'no line\n'.repeat(1_000));
    expect(found).toMatchObject({ added: 0, refused: 1_000 });
    expect(found.problems.map(({ line }) => line)).toEqual(
      Array.from({ length: BUNDLE_PROBLEMS_NAMED_MAX }, (_, place) => place + 1),
    );
  });
});

describe('a bundle that contradicts what is kept', () => {
  const identity = Identity.generate();

  it('by a signed run: the first is kept, the proof too, and nothing behind it is taken', async () => {
    const [kept, other] = [new Author({ identity }), new Author({ identity })];
    const [mine, theirs] = [kept.say(['one']), other.say(['another'])];
    const history = fresh();
    history.store([[mine]]);
    const keeping = keepingForks(history);
    const found = await merge(keeping.history, linesOf(theirs, other.say(['and on']), new Author().say(['bob'])));
    expect(found).toMatchObject({ added: 1, refused: 2, forks: [{ author: identity.peer }] });
    expect(keeping.proofs).toMatchObject([{ author: identity.peer, proof: [mine.run.text, theirs.run.text] }]);
    expect(history.heads().find(({ author }) => author === identity.peer)?.sequence).toBe(1);
    expect(await merge(history, linesOf(mine))).toMatchObject({ known: 1, refused: 0 });
  });

  it('by a signed run behind it: the same', async () => {
    const kept = new Author({ identity });
    const start = kept.say(['one']);
    const other = new Author({ identity, end: { ...kept.end } });
    const mine = kept.say(['two']);
    other.say(['two, differently']);
    const history = fresh();
    history.store([[start, mine]]);
    const keeping = keepingForks(history);
    const behind = [other.say(['three']), other.say(['four'])];
    const found = await merge(keeping.history, linesOf(...behind, new Author().say(['bob'])));
    expect(found).toMatchObject({ added: 1, refused: 2, forks: [{ author: identity.peer }] });
    expect(keeping.proofs).toHaveLength(1);
  });

  it('within itself: the first is kept', async () => {
    const [one, other] = [new Author({ identity }), new Author({ identity })];
    const [first, second] = [one.say(['one']), other.say(['another'])];
    const history = fresh();
    const found = await merge(history, linesOf(first, second, one.say(['two'])));
    expect(found).toMatchObject({ added: 1, refused: 2, forks: [{ author: identity.peer }] });
    expect(history.load({ room: first.run.room, author: identity.peer, from: 1, to: 9 }).runs).toHaveLength(1);
  });

  it('by a forged run: nobody is taken for a liar', async () => {
    const author = new Author({ identity });
    const [one, two] = [author.say(['one']), author.say(['two'])];
    const history = fresh();
    history.store([[one]]);
    const found = await merge(history, `${forged(one)}${linesOf(one, two, one, two)}`);
    expect(found).toMatchObject({ added: 1, known: 3, refused: 1, forks: [] });
    expect(found.problems).toMatchObject([{ line: 1 }]);
  });
});

describe('a bundle that somebody has had in hand', () => {
  const authors = [new Author(), new Author(), new Author()];
  const feeds = authors.map((author) => [
    author.say(['a']),
    author.say(['b', 'c']),
    author.say(['d']),
    author.say(['e']),
  ]);
  const sound = Buffer.from(linesOf(...feeds.flat()));
  const lines = sound.toString().split('\n').slice(0, -1);
  const prefixes = new Set(feeds.flatMap((runs) => runs.map((_, place) => linesOf(...runs.slice(0, place + 1)))));

  const cut = fc.nat(sound.length).map((end) => sound.subarray(0, end));
  const garbled = fc.tuple(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 })).map(([place, mask]) => {
    const bytes = Buffer.from(sound);
    bytes[place] = (bytes[place] ?? 0) ^ mask;
    return bytes;
  });
  const reordered = fc
    .array(fc.constantFrom(...lines), { maxLength: 30 })
    .map((some) => Buffer.from(some.map((line) => `${line}\n`).join('')));
  const junk = fc
    .array(fc.oneof(fc.constantFrom(...lines), fc.string(), fc.json()), { maxLength: 30 })
    .map((some) => Buffer.from(some.join('\n')));

  it.each([
    ['cut', cut],
    ['garbled', garbled],
    ['reordered', reordered],
    ['mixed with other things', junk],
  ])('%s: keeps the prefix of every feed, and tells the fate of every line', async (_, bundles) => {
    await fc.assert(
      fc.asyncProperty(bundles, fc.integer({ min: 1, max: 4_000 }), async (bundle, chunkBytes) => {
        const path = join(scratchFolder(), 'history.db');
        const history = open(path);
        const { added, known, elsewhere, refused } = await merge(history, bundle, chunkBytes);
        const text = bundle.toString('latin1');
        const count = text.split('\n').length - (text === '' || text.endsWith('\n') ? 1 : 0);
        expect(added + known + elsewhere + refused).toBe(count);
        for (const { room, author } of history.heads()) {
          const { runs } = history.load({ room, author, from: 1, to: 99 });
          expect(prefixes).toContain(runs.map((run) => `${run.text}\n`).join(''));
        }
        expect(await merge(history, await bundleOf(path))).toMatchObject({ added: 0, known: added, refused: 0 });
        expect(await merge(history, sound)).toMatchObject({ added: 15 - added, known: added, refused: 0, forks: [] });
      }),
      { numRuns: 40 },
    );
  });
});
