/** Does what `p2pchat history …` asks for, and says on standard error what came of it. */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { BundleFile } from '../../internal/bundle/bundle-file.ts';
import { BundleStream } from '../../internal/bundle/bundle-stream.ts';
import { type Exported, exportHistory, type Sink } from '../../internal/bundle/export.ts';
import { importBundle } from '../../internal/bundle/import.ts';
import type { Imported } from '../../internal/bundle/import-report.ts';
import { type Folders, findFolders } from '../../internal/store/folders.ts';
import { History } from '../../internal/store/history.ts';
import { HistoryReader } from '../../internal/store/history-reader.ts';
import { lockProfile } from '../../internal/store/lock.ts';
import { readSettings } from '../../internal/store/settings.ts';
import { BUNDLE_PROBLEMS_NAMED_MAX, LOAD_BYTES_MAX } from '../../pkg/base/limits.ts';
import { shownLine } from '../../pkg/chat/shown.ts';
import type { Nick } from '../../pkg/identity/nick.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import { forkedText } from '../../pkg/room/words.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { HistoryRequest } from './history-flags.ts';
import { Progress } from './progress.ts';
import { Signals } from './signals.ts';
import { note, tell } from './talk.ts';

type ExportRequest = Extract<HistoryRequest, { readonly type: 'export' }>;

/** Throws what `exitCodeOf` knows. */
export async function runHistory(request: HistoryRequest): Promise<ExitCode> {
  const onTerminal = request.type === 'export' ? process.stdout.isTTY : process.stdin.isTTY;
  if (request.file === undefined && onTerminal) {
    request.showHelp();
    return EXIT.usage;
  }
  const name = request.profile ?? request.username ?? rememberedName();
  if (name === undefined) {
    tell('whose history? Name it with -username NAME.');
    return EXIT.usage;
  }
  const folders = findFolders(name);
  if (!isBegun(folders)) {
    tell(`there is no profile ${name} in ${folders.profile}; name another, or begin it: p2pchat -username ${name}`);
    return EXIT.missing;
  }
  const signals = new Signals();
  try {
    if (request.type === 'export') return await runExport(request, folders, signals);
    return await runImport(request.file, { folders, name }, signals);
  } finally {
    signals.stop();
  }
}

async function runExport({ file, force }: ExportRequest, folders: Folders, signals: Signals): Promise<ExitCode> {
  const history = HistoryReader.open(historyPath(folders));
  try {
    if (file === undefined) {
      const exported = await exportTo(new BundleStream(process.stdout, signals.aborted), history, signals);
      if (exported.whole) tellExported(exported);
      // Whoever stopped reading knows that it is not all.
      return signals.caught?.code ?? EXIT.done;
    }
    const draft = new BundleFile(file, { force });
    try {
      const exported = await exportTo(draft, history, signals);
      if (signals.caught !== undefined) return signals.caught.code;
      draft.publish();
      tellExported(exported);
      return EXIT.done;
    } finally {
      draft.discard();
    }
  } finally {
    history?.close();
  }
}

async function exportTo(sink: Sink, history: HistoryReader | undefined, signals: Signals): Promise<Exported> {
  if (history === undefined) return { entries: 0, authors: 0, whole: true };
  const progress = new Progress('entries written');
  try {
    return await exportHistory({ history, sink, signal: signals.aborted, onProgress: progress.show });
  } finally {
    progress.clear();
  }
}

async function runImport(
  file: string | undefined,
  { folders, name }: { readonly folders: Folders; readonly name: Nick },
  signals: Signals,
): Promise<ExitCode> {
  const lock = lockProfile(folders.profile, name);
  try {
    const { history, setAside } = History.open(historyPath(folders));
    if (setAside !== undefined) note(`the history was damaged and is set aside as ${shownLine(setAside)}`);
    const progress = new Progress('lines done');
    try {
      const imported = await importBundle({
        source: file === undefined ? process.stdin : createReadStream(file, { highWaterMark: LOAD_BYTES_MAX }),
        sourceName: file ?? 'standard input',
        history,
        rooms: [GENERAL],
        signal: signals.aborted,
        onProgress: progress.show,
      });
      progress.clear();
      tellImported(imported);
      if (signals.caught === undefined) return imported.refused > 0 ? EXIT.identity : EXIT.done;
      note('stopped before the end; import it again for the rest');
      return signals.caught.code;
    } finally {
      progress.clear();
      history.close();
    }
  } finally {
    lock.release();
  }
}

function tellExported({ entries, authors }: Exported): void {
  note(`${counted(entries, 'entry', 'entries')} by ${counted(authors, 'author', 'authors')} exported`);
}

function tellImported({ added, authors, known, elsewhere, refused, problems, forks }: Imported): void {
  for (const { line, why } of problems) note(shownLine(`line ${line}: ${why}`));
  if (problems.length === BUNDLE_PROBLEMS_NAMED_MAX) note(`of what is wrong no more than these are named`);
  for (const { author } of forks) note(forkedText(author, undefined));
  if (elsewhere > 0) note(`${counted(elsewhere, 'entry', 'entries')} of rooms that you are not in passed over`);
  const by = added === 0 ? '' : ` by ${counted(authors, 'author', 'authors')}`;
  note(`${counted(added, 'entry', 'entries')} new${by}, ${known} known, ${counted(refused, 'line', 'lines')} refused`);
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function rememberedName(): Nick | undefined {
  return readSettings(join(findFolders('any').config, 'config.json')).username;
}

/** Whether anybody has ever been here under this name. */
function isBegun(folders: Folders): boolean {
  return existsSync(join(folders.profile, 'identity.key')) || existsSync(historyPath(folders));
}

function historyPath(folders: Folders): string {
  return join(folders.profile, 'history.db');
}
