/** How long a history takes out of a profile and into another. */
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BundleFile } from '../../internal/bundle/bundle-file.ts';
import { exportHistory } from '../../internal/bundle/export.ts';
import { importBundle } from '../../internal/bundle/import.ts';
import { History } from '../../internal/store/history.ts';
import { HistoryReader } from '../../internal/store/history-reader.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import { Author } from '../contract/author.ts';

const AUTHORS = 20;
const ENTRIES = 100_000;
const TEXT = 'as long as what people type, more or less: about eighty characters of it, so';

/** One run an entry is what people type, many entries a run what scripts pour in. */
export async function benchBundle(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'p2pchat-bench-'));
  const rows: Record<string, number | string>[] = [];
  try {
    for (const perRun of [1, 100]) rows.push(...(await measure(join(folder, `${perRun}`), perRun)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.table(rows);
}

async function measure(folder: string, perRun: number): Promise<Record<string, number | string>[]> {
  const bundle = join(folder, 'bundle.jsonl');
  const there = History.open(join(folder, 'there', 'history.db')).history;
  for (let count = 0; count < AUTHORS; count += 1) {
    const author = new Author();
    const texts = Array.from({ length: perRun }, () => TEXT);
    there.store([Array.from({ length: ENTRIES / AUTHORS / perRun }, () => author.say(texts))]);
  }
  const exporting = await timed(() => exported(join(folder, 'there', 'history.db'), bundle));
  const here = History.open(join(folder, 'here', 'history.db')).history;
  const importing = await timed(() => imported(bundle, here));
  const again = await timed(() => imported(bundle, here));
  there.close();
  here.close();
  const facts = { 'entries a run': perRun, MiB: Math.round(statSync(bundle).size / 1024 ** 2) };
  return [
    { ...facts, what: 'export', ...exporting },
    { ...facts, what: 'import', ...importing },
    { ...facts, what: 'import again', ...again },
  ];
}

async function exported(from: string, to: string): Promise<void> {
  const history = HistoryReader.open(from);
  const sink = new BundleFile(to, { force: false });
  if (history === undefined) throw new Error('there is no history');
  await exportHistory({ history, sink, signal: new AbortController().signal, onProgress: () => undefined });
  sink.publish();
  history.close();
}

async function imported(from: string, history: History): Promise<void> {
  const found = await importBundle({
    source: createReadStream(from, { highWaterMark: 262_144 }),
    sourceName: from,
    history,
    rooms: [GENERAL],
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  if (found.added + found.known !== ENTRIES) throw new Error(JSON.stringify(found));
}

async function timed(work: () => Promise<void>): Promise<{ readonly seconds: number; readonly 'CPU seconds': number }> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  const seconds = Math.round((performance.now() - startedAt) / 10) / 100;
  return { seconds, 'CPU seconds': Math.round((user + system) / 10_000) / 100 };
}
