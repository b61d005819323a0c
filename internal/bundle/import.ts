import { addAbortSignal, type Readable } from 'node:stream';
import { failureCode } from '../../pkg/base/machine-error.ts';
import type { RoomName } from '../../pkg/identity/room-name.ts';
import { BundleError } from './bundle-error.ts';
import { BundleLines } from './bundle-lines.ts';
import { type BundleRun, BundleRuns, type Unreadable } from './bundle-runs.ts';
import { type Imported, ImportReport } from './import-report.ts';
import { Merge, type MergeHistory } from './merge.ts';

interface ImportOptions {
  /** The bytes of the bundle; closed in the end. */
  readonly source: Readable;
  /** What the person calls the source, for messages. */
  readonly sourceName: string;
  /** Of a profile that this process has locked. */
  readonly history: MergeHistory;
  /** The rooms one is in; what was said in others is passed over. */
  readonly rooms: readonly RoomName[];
  /** Stops reading. What was read until then is merged. */
  readonly signal: AbortSignal;
  /** Told now and then how many lines are done. */
  readonly onProgress: (lines: number) => void;
}

/**
 * Verifies a bundle and merges what is new of it. A line that breaks a rule is refused and the rest goes on; bytes of
 * any kind cost bounded memory. Rejects with a `BundleError` or `StoreError` where the bundle cannot be read to its end
 * or the history cannot be written; what was merged before stays.
 */
export async function importBundle(options: ImportOptions): Promise<Imported> {
  const { source, history, rooms, signal, onProgress } = options;
  const report = new ImportReport();
  const merge = new Merge(history, rooms, report);
  const lines = new BundleLines();
  const runs = new BundleRuns();
  const take = async (found: BundleRun | Unreadable): Promise<void> => {
    if (found.type === 'run') return await merge.offer(found);
    report.refuse(found.lines, found);
  };
  for await (const chunk of chunksOf(options)) {
    for (const line of lines.push(chunk)) {
      for (const found of runs.push(line)) await take(found);
    }
    onProgress(report.lines);
  }
  if (!signal.aborted && source.errored === null) {
    for (const line of lines.end()) for (const found of runs.push(line)) await take(found);
    for (const found of runs.end()) await take(found);
  }
  await merge.rest();
  if (source.errored !== null && !signal.aborted) throw unreadable(options.sourceName, source.errored);
  return report.done();
}

/** The bytes up to the end, the first failure, or the signal; which of them it was, the source tells. */
async function* chunksOf({ source, signal }: ImportOptions): AsyncGenerator<Uint8Array> {
  addAbortSignal(signal, source);
  try {
    for await (const chunk of source) yield chunk;
  } catch (error) {
    if (error !== source.errored) throw error;
  }
}

function unreadable(name: string, cause: Error): BundleError {
  const reason = failureCode(cause);
  if (reason === 'ENOENT' || reason === 'ENOTDIR') {
    return new BundleError('no-file', `there is no file ${name}`, cause);
  }
  if (reason === 'EISDIR') return new BundleError('unreadable', `${name} is a folder and no bundle`, cause);
  const text = `cannot read ${name}: the system says ${reason}; what was read before is merged`;
  return new BundleError('unreadable', text, cause);
}
