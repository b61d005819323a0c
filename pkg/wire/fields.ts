/** The fields that datagrams and lines share, as zod knows them. */
import * as z from 'zod';
import { COUNT_MAX, REASON_CHARS_MAX, SEQUENCE_MAX } from '../base/limits.ts';
import { isNick } from '../identity/nick.ts';
import { isPeerId } from '../identity/peer-id.ts';
import { isRoomName } from '../identity/room-name.ts';

/** 16 hexadecimal digits drawn at each start: they tell a restarted peer from its ghost. */
export type InstanceId = string & { readonly __brand: 'InstanceId' };

/** SHA-256 of a run's bytes in base64url, 43 characters; the empty string stands before a feed's first run. */
export type RunHash = string & { readonly __brand: 'RunHash' };

export const NO_RUN = '' as RunHash;

const INSTANCE_PATTERN = /^[0-9a-f]{16}$/;
const RUN_HASH_PATTERN = /^(?:[A-Za-z0-9_-]{43})?$/;

export function isInstanceId(text: string): text is InstanceId {
  return INSTANCE_PATTERN.test(text);
}

export function isRunHash(text: string): text is RunHash {
  return RUN_HASH_PATTERN.test(text);
}

export const peerField = z.string().refine(isPeerId);
export const nickField = z.string().refine(isNick);
export const roomField = z.string().refine(isRoomName);
export const instanceField = z.string().refine(isInstanceId);
export const runHashField = z.string().refine(isRunHash);
export const portField = z.int().min(1).max(65_535);
/** A place in a feed. */
export const sequenceField = z.int().min(1).max(SEQUENCE_MAX);
/** A clock, or a sequence that may lie one behind the last: they start at 1. */
export const countField = z.int().min(1).max(COUNT_MAX);
/** The name of a network: the multicast group and port by which its peers find each other, `224.0.0.1:9999`. */
export const groupField = z.string().regex(/^\d{1,3}(?:\.\d{1,3}){3}:\d{1,5}$/);
/** The ways that a datagram can take to everybody, or to one alone. */
export const wayField = z.enum(['multicast', 'broadcast', 'ipv6', 'unicast']);
/** By which way a datagram was sent: to the group, to everybody of a subnet, to the IPv6 group, to one address. */
export type Way = z.infer<typeof wayField>;
export const reasonField = z.string().max(REASON_CHARS_MAX);
