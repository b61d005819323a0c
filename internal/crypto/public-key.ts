import { createPublicKey, type KeyObject } from 'node:crypto';
import { PEER_ID_BYTES } from '../../pkg/base/limits.ts';
import { keyFromPeerId, type PeerId, peerIdFromKey } from '../../pkg/identity/peer-id.ts';

/** SubjectPublicKeyInfo of an Ed25519 key up to the 32 bytes of the key itself (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** SubjectPublicKeyInfo in DER: what certificates carry and `node:crypto` reads. */
export function spkiFromPeerId(peer: PeerId): Buffer {
  return Buffer.concat([SPKI_PREFIX, keyFromPeerId(peer)]);
}

/** The key to verify with. It takes about 100 µs, so keep it. Bytes that are no point of the curve verify nothing. */
export function publicKeyOf(peer: PeerId): KeyObject {
  return createPublicKey({ key: spkiFromPeerId(peer), format: 'der', type: 'spki' });
}

/** The peer behind a public or private key, or undefined when it is no Ed25519 key. */
export function peerIdOf(key: KeyObject): PeerId | undefined {
  if (key.asymmetricKeyType !== 'ed25519') return undefined;
  const open = key.type === 'private' ? createPublicKey(key) : key;
  return peerIdFromKey(open.export({ format: 'der', type: 'spki' }).subarray(-PEER_ID_BYTES));
}
