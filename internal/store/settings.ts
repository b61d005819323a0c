import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { failureCode } from '../../pkg/base/machine-error.ts';
import { isNick } from '../../pkg/identity/nick.ts';
import { isRoomName } from '../../pkg/identity/room-name.ts';
import { folderUnusable } from './folders.ts';
import { writePrivateFile } from './private-file.ts';
import { StoreError } from './store-error.ts';

/** What is kept of a room at most; what exceeds any of it is deleted. */
const keepSchema = z.strictObject({
  /** Since it was stored here. */
  days: z.number().positive().optional(),
  entries: z.int().min(1).optional(),
  /** Millions of bytes of what was said, as it travelled. */
  megabytes: z.number().positive().optional(),
});

/** What `config.json` may say. What we do not know is kept as it is: a later version may have written it. */
const settingsSchema = z.looseObject({
  /** The name to start with when none is given. */
  username: z.string().refine(isNick, 'is no name that can be used').optional(),
  /** By room, `*` for those that are not named. Everything is kept where it says nothing. */
  retention: z.record(z.string().refine(isRoomOrAll, 'is no room'), keepSchema).optional(),
});

export type Keep = z.infer<typeof keepSchema>;
export type Retention = Readonly<Record<string, Keep>>;
export type Settings = z.infer<typeof settingsSchema>;

/**
 * The settings of a config file; none when there is no such file. Throws `bad-config` rather than guess, and
 * `folder-unusable` where its folder is none.
 */
export function readSettings(path: string): Settings {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (failureCode(cause) === 'ENOENT') return {};
    if (failureCode(cause) === 'ENOTDIR') throw folderUnusable(dirname(path), cause);
    throw badConfig(path, `it cannot be read (${failureCode(cause)})`, cause);
  }
  let value: unknown;
  try {
    // Windows editors put a byte order mark in front.
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw badConfig(path, 'it is not JSON', cause);
  }
  const parsed = settingsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw badConfig(path, `${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'wrong'}`, parsed.error);
}

/** Writes the whole file at once: what was read with what has changed in it, so that unknown settings survive. */
export function writeSettings(path: string, settings: Settings): void {
  try {
    writePrivateFile(path, `${JSON.stringify(settings, undefined, 2)}\n`, 'replace');
  } catch (cause) {
    const text = `cannot write ${path}: ${failureCode(cause)}; check the folder and the free space`;
    throw new StoreError('config-unwritable', text, cause);
  }
}

function isRoomOrAll(name: string): boolean {
  return name === '*' || isRoomName(name);
}

function badConfig(path: string, reason: string, cause: unknown): StoreError {
  return new StoreError('bad-config', `cannot use ${path}: ${reason}; correct the file or move it away`, cause);
}
