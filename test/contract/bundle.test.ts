import { chmodSync, createReadStream, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BundleFile } from '../../internal/bundle/bundle-file.ts';
import { BundleStream } from '../../internal/bundle/bundle-stream.ts';
import { exportHistory } from '../../internal/bundle/export.ts';
import { importBundle } from '../../internal/bundle/import.ts';
import type { History } from '../../internal/store/history.ts';
import { HistoryReader } from '../../internal/store/history-reader.ts';
import { LOAD_BYTES_MAX, PENDING_BYTES_MAX } from '../../pkg/base/limits.ts';
import { GENERAL, isRoomName } from '../../pkg/identity/room-name.ts';
import { Author } from './author.ts';
import { bundleOf, linesOf, merge } from './bundles.ts';
import { Child } from './child.ts';
import { fresh, open } from './open-history.ts';
import { scratchFolder } from './scratch.ts';

const posix = process.platform !== 'win32';
const NEVER = new AbortController().signal;
const LONG = 'x'.repeat(4_000);

interface Island {
  readonly path: string;
  readonly history: History;
}

function island(): Island {
  const path = join(scratchFolder(), 'history.db');
  return { path, history: open(path) };
}

function tell(history: History, author: Author, ...said: readonly (readonly string[])[]): void {
  expect(history.store([said.map((texts) => author.say(texts))])).toEqual([{ type: 'stored' }]);
}

describe('a bundle', () => {
  it('holds each feed as it travelled, by room and author, in the order of the chain', async () => {
    const { path, history } = island();
    const authors = [new Author(), new Author()].sort((a, b) => (a.identity.peer < b.identity.peer ? -1 : 1));
    const runs = authors.map((author) => [author.say(['hello', 'grüß euch 👋']), author.say(['"quoted"\u2028'])]);
    history.store([...runs].reverse());
    expect(await bundleOf(path)).toBe(linesOf(...runs.flat()));
  });

  it('of a history taken in by an empty one is the same again, byte by byte', async () => {
    const there = island();
    for (const words of [['one'], ['two', 'three']]) tell(there.history, new Author(), words, [LONG], words);
    const here = island();
    const bundle = await bundleOf(there.path);
    expect(await merge(here.history, bundle)).toMatchObject({ added: 8, authors: 2, known: 0, refused: 0 });
    expect(await bundleOf(here.path)).toBe(bundle);
    const heads = (from: History) => from.heads().sort((a, b) => (a.author < b.author ? -1 : 1));
    expect(heads(here.history)).toEqual(heads(there.history));
  });

  it('of each of two islands joins them', async () => {
    const [left, right] = [island(), island()];
    const common = new Author();
    const start = common.say(['before the cable was cut']);
    for (const { history } of [left, right]) history.store([[start]]);
    tell(left.history, common, ['on the left']);
    tell(left.history, new Author(), ['here too']);
    tell(right.history, new Author(), ['on the right'], ['and on']);
    expect(await merge(right.history, await bundleOf(left.path))).toMatchObject({ added: 2, known: 1, refused: 0 });
    expect(await merge(left.history, await bundleOf(right.path))).toMatchObject({ added: 2, known: 3, refused: 0 });
    expect(await bundleOf(left.path)).toBe(await bundleOf(right.path));
    expect(await merge(left.history, await bundleOf(right.path))).toMatchObject({ added: 0, known: 5 });
  });

  it.each([1, 7, 65_536])('is the same whether it comes in pieces of %i bytes', async (bytes) => {
    const author = new Author();
    const bundle = linesOf(author.say(['grüß euch 👋', 'two']), author.say(['three']));
    expect(await merge(fresh(), bundle, bytes)).toMatchObject({ added: 3, refused: 0 });
    expect(await merge(fresh(), bundle.slice(0, -1), bytes)).toMatchObject({ added: 3, refused: 0 });
  });

  it('larger than what may wait at once comes in whole', async () => {
    const there = island();
    const authors = [new Author(), new Author(), new Author()];
    const runs = Math.ceil((1.5 * PENDING_BYTES_MAX) / LONG.length);
    for (const author of authors) tell(there.history, author, ...Array.from({ length: runs }, () => [LONG]));
    const here = island();
    const bundle = await bundleOf(there.path);
    expect(await merge(here.history, bundle)).toMatchObject({ added: 3 * runs, refused: 0 });
    expect(await bundleOf(here.path)).toBe(bundle);
  });

  it('brings an own history back, which goes on where it ended', async () => {
    const me = new Author();
    const bundle = linesOf(me.say(['what I said']), me.say(['and then']));
    const here = island();
    expect(await merge(here.history, bundle)).toMatchObject({ added: 2, refused: 0, forks: [] });
    const again = new Author({ identity: me.identity, end: me.end });
    expect(here.history.store([[again.say(['after the loss'])]])).toEqual([{ type: 'stored' }]);
    expect(await merge(here.history, bundle)).toMatchObject({ added: 0, known: 2, refused: 0, forks: [] });
  });

  it('leaves out rooms that one is not in', async () => {
    const room = '#dev';
    if (!isRoomName(room)) throw new Error('no room');
    const bundle = linesOf(new Author({ room }).say(['a', 'b']), new Author().say(['c']));
    const found = await merge(fresh(), bundle);
    expect(found).toMatchObject({ added: 1, elsewhere: 2, refused: 0, problems: [] });
  });
});

describe('an export', () => {
  it('goes on while another process writes the history, holds whole feeds, and all of it once that was killed', async () => {
    const path = join(scratchFolder(), 'history.db');
    const writer = Child.start('writing-history.ts', path);
    await writer.says((line) => Number(line) > 200);
    const bundle = await bundleOf(path);
    await writer.kill();
    const found = await merge(fresh(), bundle);
    expect(found.refused).toBe(0);
    expect(found.added).toBeGreaterThan(200);
    const stored = Number(writer.lines.at(-1));
    expect((await merge(fresh(), await bundleOf(path))).added).toBeGreaterThanOrEqual(stored);
  });

  it('reads page by page, and asks for none while one is being taken', async () => {
    const { path, history } = island();
    const count = Math.ceil((3 * LOAD_BYTES_MAX) / LONG.length);
    tell(history, new Author(), ...Array.from({ length: count }, () => [LONG]));
    const reader = HistoryReader.open(path);
    if (reader === undefined) throw new Error('no history');
    const sizes: number[] = [];
    let open = 0;
    const sink = {
      write: async (page: string) => {
        open += 1;
        expect(open).toBe(1);
        sizes.push(page.length);
        await new Promise(setImmediate);
        open -= 1;
        return true;
      },
    };
    const progress: number[] = [];
    const onProgress = (entries: number) => progress.push(entries);
    await exportHistory({ history: reader, sink, signal: NEVER, onProgress });
    reader.close();
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThan(LOAD_BYTES_MAX + 2 * LONG.length);
    expect(progress.at(-1)).toBe(count);
  });

  it('stops when it is told to, or when nobody reads any more', async () => {
    const { path, history } = island();
    tell(history, new Author(), ['hello']);
    const reader = HistoryReader.open(path);
    if (reader === undefined) throw new Error('no history');
    const stopped = { history: reader, onProgress: () => undefined };
    const gone = new PassThrough();
    gone.on('error', () => undefined);
    gone.destroy();
    const unread = new PassThrough({ highWaterMark: 1 });
    const abort = new AbortController();
    const waiting = exportHistory({ ...stopped, sink: new BundleStream(unread, abort.signal), signal: abort.signal });
    unread.write('full');
    abort.abort();
    expect(await waiting).toMatchObject({ whole: false });
    const closed = exportHistory({ ...stopped, sink: new BundleStream(gone, NEVER), signal: NEVER });
    expect(await closed).toMatchObject({ entries: 0, whole: false });
    reader.close();
  });

  it('neither begins a history nor mends a damaged one', () => {
    const folder = scratchFolder();
    expect(HistoryReader.open(join(folder, 'history.db'))).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(join(folder, 'history.db'), 'no database, whatever it may be '.repeat(100));
    expect(() => HistoryReader.open(join(folder, 'history.db'))).toThrow(/cannot open/);
    expect(readdirSync(folder)).toEqual(['history.db']);
  });
});

describe('a bundle file', () => {
  it('is there when it is whole, for its owner alone, and nothing beside it', async () => {
    const folder = scratchFolder();
    const path = join(folder, 'bundle.jsonl');
    const file = new BundleFile(path, { force: false });
    await file.write('one\n');
    expect(readdirSync(folder)).not.toContain('bundle.jsonl');
    file.publish();
    file.discard();
    expect(readdirSync(folder)).toEqual(['bundle.jsonl']);
    expect(readFileSync(path, 'utf8')).toBe('one\n');
    if (posix) expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('that is given up leaves nothing', async () => {
    const folder = scratchFolder();
    const file = new BundleFile(join(folder, 'bundle.jsonl'), { force: false });
    await file.write('one\n');
    file.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('replaces a file only with force, also one that came meanwhile, and never a folder', async () => {
    const folder = scratchFolder();
    const path = join(folder, 'bundle.jsonl');
    const late = new BundleFile(path, { force: false });
    writeFileSync(path, 'precious');
    expect(() => new BundleFile(path, { force: false })).toThrow(/is there already/);
    expect(() => late.publish()).toThrow(/is there already/);
    late.discard();
    expect(readFileSync(path, 'utf8')).toBe('precious');
    const forced = new BundleFile(path, { force: true });
    await forced.write('new');
    forced.publish();
    forced.discard();
    expect(readFileSync(path, 'utf8')).toBe('new');
    mkdirSync(join(folder, 'dir'));
    expect(() => new BundleFile(join(folder, 'dir'), { force: true })).toThrow(/is no file/);
    expect(() => new BundleFile(join(folder, 'none', 'b'), { force: true })).toThrow(/no folder/);
    expect(readdirSync(folder).sort()).toEqual(['bundle.jsonl', 'dir']);
  });
});

describe('a bundle that cannot be read', () => {
  const importing = (source: Readable, history: History) =>
    importBundle({ source, sourceName: 'it', history, rooms: [GENERAL], signal: NEVER, onProgress: () => undefined });

  it('is told by what is wrong with it', async () => {
    const folder = scratchFolder();
    const missing = importing(createReadStream(join(folder, 'none')), fresh());
    await expect(missing).rejects.toMatchObject({ code: 'no-file' });
    await expect(importing(createReadStream(folder), fresh())).rejects.toMatchObject({ code: 'unreadable' });
    if (!posix || process.getuid?.() === 0) return;
    const secret = join(folder, 'secret');
    writeFileSync(secret, '');
    chmodSync(secret, 0);
    await expect(importing(createReadStream(secret), fresh())).rejects.toMatchObject({ code: 'unreadable' });
  });

  it('to its end has what came before it merged', async () => {
    const here = island();
    const bundle = linesOf(new Author().say(['hello']), new Author().say(['there']));
    const source = Readable.from(
      (function* () {
        yield Buffer.from(bundle);
        throw new Error('the stick was pulled');
      })(),
    );
    await expect(importing(source, here.history)).rejects.toThrow(/the stick was pulled/);
    expect(here.history.heads()).toHaveLength(2);
  });

  it('ends where the signal says, with what came before it merged', async () => {
    const here = island();
    const source = new PassThrough();
    const abort = new AbortController();
    const bundle = linesOf(new Author().say(['hello']));
    const onProgress = () => abort.abort();
    const merging = importBundle({
      source,
      sourceName: 'it',
      history: here.history,
      rooms: [GENERAL],
      signal: abort.signal,
      onProgress,
    });
    source.write(`${bundle}{"half":`);
    expect(await merging).toMatchObject({ added: 1, refused: 0 });
    expect(here.history.heads()).toHaveLength(1);
  });
});
