/**
 * The file of acquaintances: whom this profile was linked with on each network, and where. What it says is a rumour like
 * any address, and what is wrong with it is no matter: a file that is damaged or foreign is ignored, and replaced.
 */
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import {
  ENDPOINTS_CACHED_MAX,
  GROUPS_CACHED_MAX,
  PEER_CACHE_BYTES_MAX,
  PEERS_CACHED_MAX,
} from '../../pkg/base/limits.ts';
import { failureCode } from '../../pkg/base/machine-error.ts';
import { isPeerId } from '../../pkg/identity/peer-id.ts';
import type { Acquaintance } from '../../pkg/mesh/acquaintance.ts';
import type { Folders } from './folders.ts';
import { makePrivateFolder, PRIVATE_FILE_MODE } from './private-file.ts';
import { StoreError } from './store-error.ts';

/** An address of IPv4 or IPv6, its scope included, is never longer than the longest name of a card allows. */
const ADDRESS_CHARS_MAX = 64;

const endpointSchema = z.object({
  address: z
    .string()
    .max(ADDRESS_CHARS_MAX)
    .regex(/^[\w.:%@-]+$/),
  port: z.int().min(1).max(65_535),
});

const acquaintanceSchema = z.object({
  peer: z.string().refine(isPeerId),
  at: z.array(endpointSchema).max(ENDPOINTS_CACHED_MAX),
});

const groupSchema = z.object({ group: z.string(), peers: z.array(acquaintanceSchema).max(PEERS_CACHED_MAX) });

/** The group used last comes first. */
const cacheSchema = z.object({ version: z.literal(1), groups: z.array(groupSchema).max(GROUPS_CACHED_MAX) });

/** Where the acquaintances of a profile are kept. */
export function peerCachePath({ profile, state }: Folders): string {
  return join(state, `peers-${basename(profile)}.json`);
}

/** Whom one was linked with in a group (`224.0.0.1:9999`); nobody where the file does not say. */
export function readPeerCache(path: string, group: string): readonly Acquaintance[] {
  return readGroups(path).find((known) => known.group === group)?.peers ?? [];
}

/** Whether this profile was in other groups and never in this one, as far as the file knows. */
export function isNewGroup(path: string, group: string): boolean {
  const groups = readGroups(path);
  return groups.length > 0 && groups.every((known) => known.group !== group);
}

/**
 * Replaces what is remembered of a group, of which no more is kept than the bounds allow. There is always the old file or
 * the new one; after a power loss it may be neither, which costs nothing but a name or two. Throws a `StoreError`.
 */
export function writePeerCache(path: string, group: string, peers: readonly Acquaintance[]): void {
  const kept = peers.slice(0, PEERS_CACHED_MAX).map(({ peer, at }) => ({
    peer,
    at: at.filter((end) => endpointSchema.safeParse(end).success).slice(0, ENDPOINTS_CACHED_MAX),
  }));
  const others = readGroups(path).filter((known) => known.group !== group);
  const groups = [{ group, peers: kept }, ...others].slice(0, GROUPS_CACHED_MAX);
  const draft = `${path}.${process.pid}.new`;
  try {
    makePrivateFolder(dirname(path));
    writeFileSync(draft, `${JSON.stringify({ version: 1, groups })}\n`, { mode: PRIVATE_FILE_MODE });
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    const text = `cannot write ${path}: ${failureCode(cause)}; check the folder and the free space`;
    throw new StoreError('cache-unwritable', text, cause);
  }
}

function readGroups(path: string): z.infer<typeof cacheSchema>['groups'] {
  try {
    if (statSync(path).size > PEER_CACHE_BYTES_MAX) return [];
    return cacheSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).groups;
  } catch {
    return [];
  }
}
