/**
 * Signatures for the simulator: they bind author, context and text like real ones and cost next to nothing. Whoever
 * knows the peer id can make them, which only a liar written for a test does. Hashes are the real ones.
 */
import { hash } from 'node:crypto';
import { isPeerId, type PeerId, peerIdFromKey } from '../../pkg/identity/peer-id.ts';
import type { SigningContext } from '../../pkg/peer/effect.ts';
import { isRunHash, type RunHash } from '../../pkg/wire/fields.ts';

export function toyPeerId(name: string): PeerId {
  const peer = peerIdFromKey(new Uint8Array(hash('sha256', `key of ${name}`, 'buffer')));
  if (peer === undefined || !isPeerId(peer)) throw new Error('no peer id');
  return peer;
}

/** 86 characters of base64url, as an Ed25519 signature has. */
export function toySign(author: PeerId, context: SigningContext, text: string): string {
  return hash('sha512', `${author} ${context} ${text}`, 'base64url');
}

export function hashText(text: string): RunHash {
  const value = hash('sha256', text, 'base64url');
  if (!isRunHash(value)) throw new Error('no hash');
  return value;
}
