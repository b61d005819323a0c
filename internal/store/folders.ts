import { hash } from 'node:crypto';
import { accessSync, chmodSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { assert } from '../../pkg/base/assert.ts';
import { failureCode } from '../../pkg/base/machine-error.ts';
import { makePrivateFolder, PRIVATE_FOLDER_MODE } from './private-file.ts';
import { StoreError } from './store-error.ts';

/** Where things live. The folders need not exist yet. */
export interface Folders {
  /** What the person may edit: `config.json`. */
  readonly config: string;
  /** Of one profile: its identity, history and lock. */
  readonly profile: string;
  /** What may get lost: input history, trace. */
  readonly state: string;
}

/** What decides where things live. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Characters of a folder name; file systems allow 255 bytes. */
const FOLDER_NAME_CHARS_MAX = 128;
/** Names that Windows keeps for devices. */
const RESERVED_NAME = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

/**
 * The folders of a profile: all under `P2PCHAT_HOME` where that is set, else where the platform wants them (XDG on
 * Linux and the BSDs; relative paths in its variables are ignored, as it demands).
 */
export function findFolders(profile: string, surroundings: Surroundings = thisMachine()): Folders {
  const { platform, home, environment } = surroundings;
  const own = environment['P2PCHAT_HOME'];
  const name = folderName(profile);
  if (own !== undefined && own !== '') return inOnePlace(resolve(own), name);
  if (platform === 'darwin') return inOnePlace(join(home, 'Library', 'Application Support', 'p2pchat'), name);
  if (platform === 'win32') {
    return inOnePlace(join(absolute(environment['LOCALAPPDATA']) ?? join(home, 'AppData', 'Local'), 'p2pchat'), name);
  }
  const base = (variable: string, otherwise: readonly string[]): string =>
    join(absolute(environment[variable]) ?? join(home, ...otherwise), 'p2pchat');
  return {
    config: base('XDG_CONFIG_HOME', ['.config']),
    profile: join(base('XDG_DATA_HOME', ['.local', 'share']), name),
    state: base('XDG_STATE_HOME', ['.local', 'state']),
  };
}

/**
 * Makes the folders that are missing, and the profile's closed to others even if it was open. Throws `folder-unusable`
 * where one cannot be made or the profile's cannot be written.
 */
export function makeFolders({ config, profile, state }: Folders): void {
  for (const folder of [config, profile, state]) makeFolder(folder);
  try {
    if (process.platform !== 'win32') chmodSync(profile, PRIVATE_FOLDER_MODE);
    accessSync(profile, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw folderUnusable(profile, cause);
  }
}

/** Makes a folder unless it is there. Throws `folder-unusable`. */
export function makeFolder(folder: string): void {
  try {
    makePrivateFolder(folder);
  } catch (cause) {
    throw folderUnusable(folder, cause);
  }
}

/** The error for a folder that the system refused. */
export function folderUnusable(folder: string, cause: unknown): StoreError {
  const text = `cannot use the folder ${folder}: ${folderReason(failureCode(cause))}`;
  return new StoreError('folder-unusable', `${text}, or set P2PCHAT_HOME to a folder of your own`, cause);
}

/**
 * The folder name of a profile, by its name without regard to case. Whatever the name is, the folder lies in its
 * parent and is no device; two names share a folder only if they differ in nothing but case.
 */
export function folderName(profile: string): string {
  assert(profile !== '', 'a profile without a name');
  const plain = profile.normalize('NFC').toLowerCase().normalize('NFC');
  const name = plain.replace(/[^a-z0-9_-]/gu, (character) => percentEncoded(Buffer.from(character)));
  if (RESERVED_NAME.test(name)) return percentEncoded(Buffer.from(name.slice(0, 1))) + name.slice(1);
  if (name.length <= FOLDER_NAME_CHARS_MAX) return name;
  // No shorter name contains a tilde.
  return `${name.slice(0, FOLDER_NAME_CHARS_MAX - 33)}~${hash('sha256', plain, 'hex').slice(0, 32)}`;
}

/** What happened and what can be done about the folder. */
function folderReason(code: string): string {
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return 'a file is where a folder should be; move that file away';
    case 'EACCES':
    case 'EPERM':
      return 'you may not write there; check the permissions';
    case 'EROFS':
      return 'the disk is read-only; make it writable';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full; free some space';
    default:
      return `the system says ${code}; check the folder`;
  }
}

function thisMachine(): Surroundings {
  return { platform: process.platform, home: homedir(), environment: process.env };
}

function inOnePlace(root: string, name: string): Folders {
  return { config: root, profile: join(root, 'profiles', name), state: join(root, 'state') };
}

function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

function percentEncoded(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
