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
  const folder = dirname(path);
  makePrivateFolder(folder);
  const draft = `${path}.${process.pid}.new`;
  try {
    writeDurably(draft, text);
    if (mode === 'replace') renameSync(draft, path);
    else takeFreeName(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolder(folder);
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

function writeDurably(path: string, text: string): void {
  rmSync(path, { force: true });
  const file = openSync(path, 'wx', PRIVATE_FILE_MODE);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
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
