import { Readable } from 'node:stream';
import { exportHistory } from '../../internal/bundle/export.ts';
import { importBundle } from '../../internal/bundle/import.ts';
import type { Imported } from '../../internal/bundle/import-report.ts';
import type { MergeHistory } from '../../internal/bundle/merge.ts';
import { HistoryReader } from '../../internal/store/history-reader.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';

/** The bundle of a history file, which may be open. */
export async function bundleOf(path: string): Promise<string> {
  const history = HistoryReader.open(path);
  if (history === undefined) throw new Error(`${path} is no history`);
  let text = '';
  const sink = {
    write: (page: string) => {
      text += page;
      return Promise.resolve(true);
    },
  };
  try {
    await exportHistory({ history, sink, signal: new AbortController().signal, onProgress: () => undefined });
    return text;
  } finally {
    history.close();
  }
}

/** Merges a bundle, whose bytes come in pieces of `chunkBytes`. */
export async function merge(history: MergeHistory, bundle: string | Buffer, chunkBytes = 65_536): Promise<Imported> {
  const bytes = Buffer.from(bundle);
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, place) =>
    bytes.subarray(place * chunkBytes, (place + 1) * chunkBytes),
  );
  return await importBundle({
    source: Readable.from(chunks, { objectMode: false }),
    sourceName: 'the bundle',
    history,
    rooms: [GENERAL],
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
}

/** As a bundle holds them. */
export function linesOf(...runs: readonly { readonly run: { readonly text: string } }[]): string {
  return runs.map(({ run }) => `${run.text}\n`).join('');
}
