import { PEER_ID_BYTES, TAG_CHARS } from '../base/limits.ts';

/** A peer: its Ed25519 public key (32 bytes) in lower-case base32 (RFC 4648, no padding), 52 characters. */
export type PeerId = string & { readonly __brand: 'PeerId' };

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const PEER_ID_CHARS = Math.ceil((PEER_ID_BYTES * 8) / 5);
/** The last character carries one bit of the key; the four below it must be zero, so that a key has one spelling. */
const PEER_ID_PATTERN = new RegExp(`^[a-z2-7]{${PEER_ID_CHARS - 1}}[aq]$`);

/** Whether `text` is a well-formed peer id. It does not say that the key is a valid point or is known. */
export function isPeerId(text: string): text is PeerId {
  return PEER_ID_PATTERN.test(text);
}

/** The peer id of a raw public key, or undefined when it has not 32 bytes. */
export function peerIdFromKey(key: Uint8Array): PeerId | undefined {
  if (key.length !== PEER_ID_BYTES) return undefined;
  let bits = 0;
  let held = 0;
  let text = '';
  for (const byte of key) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  text += ALPHABET[(held << (5 - bits)) & 31];
  return isPeerId(text) ? text : undefined;
}

/** The raw public key (32 bytes) behind a peer id. */
export function keyFromPeerId(peer: PeerId): Uint8Array {
  const key = new Uint8Array(PEER_ID_BYTES);
  let bits = 0;
  let held = 0;
  let place = 0;
  for (const letter of peer) {
    held = (held << 5) | ALPHABET.indexOf(letter);
    bits += 5;
    if (bits >= 8 && place < PEER_ID_BYTES) {
      bits -= 8;
      key[place] = (held >>> bits) & 255;
      place += 1;
    }
    held &= (1 << bits) - 1;
  }
  return key;
}

/** The first letters of a peer id, shown behind a nick where it could be mistaken: `alice~k7fq`. */
export function keyTag(peer: PeerId): string {
  return peer.slice(0, TAG_CHARS);
}
