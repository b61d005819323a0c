/**
 * The line that comes most by far, read without the schema: a mesh of a hundred at rest hears fifty beats a second. It
 * accepts less than the schema and never more; whatever it does not know is left to it.
 */
import { DIGESTS_PER_BEAT_MAX } from '../base/limits.ts';
import { isRoomName } from '../identity/room-name.ts';
import type { Beat } from './message.ts';

/** Characters of a digest in a line. */
export const DIGEST_CHARS_MAX = 32;

/** The beat that `value` is, or undefined where the schema is to be asked. */
export function beatOf(value: unknown): Beat | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value) || value.type !== 'beat') return undefined;
  if (!('sent' in value) || !('circle' in value) || !('digests' in value)) return undefined;
  const { sent, circle, digests } = value;
  const echo = 'echo' in value ? value.echo : undefined;
  const held = 'held' in value ? value.held : undefined;
  if (!isTicks(sent) || !isDigest(circle) || !isDigests(digests)) return undefined;
  if (echo === undefined && held === undefined) return { type: 'beat', sent, circle, digests };
  return isTicks(echo) && isTicks(held) ? { type: 'beat', sent, echo, held, circle, digests } : undefined;
}

function isTicks(value: unknown): value is number {
  return Number.isSafeInteger(value) && typeof value === 'number' && value >= 0;
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && value.length <= DIGEST_CHARS_MAX;
}

function isDigests(value: unknown): value is Beat['digests'] {
  return Array.isArray(value) && value.length <= DIGESTS_PER_BEAT_MAX && value.every(isRoomDigest);
}

function isRoomDigest(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [room, digest]: unknown[] = value;
  return typeof room === 'string' && isRoomName(room) && isDigest(digest);
}
