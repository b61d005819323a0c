/**
 * Traces through the `debug` package, by namespace (`p2pchat:mesh`). With a screen they go to a file, never over it; in
 * headless runs to stderr. Nothing that somebody said is traced.
 */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import { failureCode } from '../../pkg/base/machine-error.ts';
import { shownLine } from '../../pkg/chat/shown.ts';
import type { TraceScope } from '../../pkg/peer/effect.ts';
import { folderUnusable, makeFolder } from '../store/folders.ts';
import { PRIVATE_FILE_MODE } from '../store/private-file.ts';

export interface Trace {
  /** Whether anything is traced; where not, nothing need be said. */
  readonly on: boolean;
  /** The file that holds the trace, to be told at exit. */
  readonly file: string | undefined;
  /** Why the file lacks the end of the trace; undefined when it does not. */
  readonly failure: string | undefined;
  write(scope: TraceScope | 'net' | 'store', text: string): void;
  close(): void;
}

export interface TraceOptions {
  /** `-debug`: all namespaces, whatever the environment says. */
  readonly everything: boolean;
  /** `DEBUG` of the environment. */
  readonly namespaces: string | undefined;
  /** Where the trace file goes; undefined for stderr. */
  readonly folder: string | undefined;
}

const SILENT: Trace = { on: false, file: undefined, failure: undefined, write: () => {}, close: () => {} };
const EVERYTHING = 'p2pchat:*';

/**
 * Opens the trace; loads the tracing library only where something is traced. Throws `folder-unusable`; a file that cannot
 * be written later ends the trace and nothing else.
 */
export async function openTrace({ everything, namespaces, folder }: TraceOptions): Promise<Trace> {
  if (!everything && !namespaces?.includes('p2pchat')) return SILENT;
  const { default: createDebug } = await import('debug');
  if (everything) createDebug.enable(EVERYTHING);
  const file = folder === undefined ? undefined : new TraceFile(folder);
  if (file !== undefined) {
    Object.assign(createDebug, { useColors: () => false });
    createDebug.log = (...parts: unknown[]) => file.write(`${format(...parts)}\n`);
  }
  const tracers = new Map<string, (text: string) => void>();
  return {
    on: true,
    file: file?.path,
    get failure() {
      return file?.failure;
    },
    write: (scope, text) => {
      const tracer = tracers.get(scope) ?? tracerOf(createDebug(`p2pchat:${scope}`));
      tracers.set(scope, tracer);
      tracer(text);
    },
    close: () => {
      createDebug.disable();
      file?.close();
    },
  };
}

class TraceFile {
  readonly path: string;
  readonly #descriptor: number;
  #failure: string | undefined;

  constructor(folder: string) {
    makeFolder(folder);
    this.path = join(folder, `trace-${process.pid}.log`);
    try {
      this.#descriptor = openSync(this.path, 'a', PRIVATE_FILE_MODE);
    } catch (cause) {
      throw folderUnusable(folder, cause);
    }
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  write(text: string): void {
    if (this.#failure === undefined) this.#attempt(() => writeFileSync(this.#descriptor, text));
  }

  close(): void {
    this.#attempt(() => closeSync(this.#descriptor));
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (cause) {
      this.#failure ??= failureCode(cause);
    }
  }
}

/** Texts come from the network in part: no format of theirs is obeyed, and none of their bytes drives a terminal. */
function tracerOf(tracer: (format: string, text: string) => void): (text: string) => void {
  return (text) => tracer('%s', shownLine(text));
}
