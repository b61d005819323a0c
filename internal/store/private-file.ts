import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { assert } from '../../pkg/base/assert.ts';

/** What only its owner may read or write. */
export const PRIVATE_FILE_MODE = 0o600;
export const PRIVATE_FOLDER_MODE = 0o700;

/** Makes a folder and those above it that are missing, for the owner only. One that exists stays as it is. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER_MODE });
}

/**
 * Writes a whole file so that at every moment, power loss included, there is either the old content or the new one,
 * never a part. With `keep` an existing file is left alone and the call throws `EEXIST`.
 */
export function writePrivateFile(path: string, text: string, mode: 'replace' | 'keep'): void {
  makePrivateFolder(dirname(path));
  const draft = new PrivateDraft(path);
  try {
    draft.write(text);
    draft.publish(mode);
  } finally {
    draft.discard();
  }
}

/** A file that is written beside its place and takes it when it is whole. End it with `discard`, whatever happens. */
export class PrivateDraft {
  readonly #path: string;
  readonly #draft: string;
  #file: number | undefined;

  /** Throws what the system throws, as do the other calls. */
  constructor(path: string) {
    this.#path = path;
    this.#draft = `${path}.${process.pid}.new`;
    rmSync(this.#draft, { force: true });
    this.#file = openSync(this.#draft, 'wx', PRIVATE_FILE_MODE);
  }

  write(text: string): void {
    assert(this.#file !== undefined, 'a draft that is written after its end');
    writeFileSync(this.#file, text);
  }

  /** Puts the file into its place; with `keep` it throws `EEXIST` where the place is taken. */
  publish(mode: 'replace' | 'keep'): void {
    assert(this.#file !== undefined, 'a draft that is published after its end');
    fsyncSync(this.#file);
    this.#close();
    if (mode === 'replace') renameSync(this.#draft, this.#path);
    else takeFreeName(this.#draft, this.#path);
    syncFolder(dirname(this.#path));
  }

  /** Leaves nothing beside the file's place. */
  discard(): void {
    this.#close();
    rmSync(this.#draft, { force: true });
  }

  #close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

/**
 * Makes the file, empty, unless it is there, and takes it from the eyes of others: for what SQLite opens by name. A file
 * that is there is never opened: closing it again would drop every lock that this process holds on it.
 */
export function touchPrivateFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', PRIVATE_FILE_MODE));
  else if (isOpenToOthers(path)) chmodSync(path, PRIVATE_FILE_MODE);
}

/** Whether somebody else on this machine may read or write the file, as far as its mode says. */
export function isOpenToOthers(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0;
}

/** A link, unlike a rename, fails where the name is taken. File systems without links have no second name either. */
function takeFreeName(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (cause) {
    if (existsSync(path)) throw cause;
    renameSync(draft, path);
  }
}

/** Makes the new name itself survive a power loss; Windows knows no such call and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
