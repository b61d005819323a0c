/**
 * The certificate in which a link shows the identity key: X.509 v3, self-signed, without extensions. Nobody trusts it
 * for what it says; TLS proves that its sender holds the key in it, and the key is the peer. So it is valid from 2000
 * to 9999 and no clock matters, and its names say nothing about a person. The same key always gives the same bytes.
 */
import { type KeyObject, sign, X509Certificate } from 'node:crypto';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import { peerIdOf, spkiFromPeerId } from './public-key.ts';

/** The certificate of `peer` in DER, signed with its private key. */
export function selfSignedCertificate(peer: PeerId, key: KeyObject): Buffer {
  const body = sequence(VERSION_3, SERIAL_1, ED25519, NAME, sequence(VALID_FROM, VALID_TO), NAME, spkiFromPeerId(peer));
  return sequence(body, ED25519, tagged(BIT_STRING, NO_UNUSED_BITS, sign(null, body, key)));
}

/**
 * The peer whose key a certificate carries, or undefined when it is no certificate or its key is not Ed25519. The
 * certificate's own signature is not looked at: that the other end of a link holds the key is proven by TLS itself.
 */
export function peerFromCertificate(certificate: X509Certificate | Uint8Array): PeerId | undefined {
  try {
    const parsed = certificate instanceof X509Certificate ? certificate : new X509Certificate(certificate);
    return peerIdOf(parsed.publicKey);
  } catch {
    return undefined;
  }
}

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;
const CONTEXT_0 = 0xa0;

/** The count of bits to be ignored that every BIT STRING begins with. */
const NO_UNUSED_BITS = Buffer.of(0);
const VERSION_3 = tagged(CONTEXT_0, tagged(INTEGER, Buffer.of(2)));
const SERIAL_1 = tagged(INTEGER, Buffer.of(1));
/** 1.3.101.112, both the key's and the signature's algorithm (RFC 8410). */
const ED25519 = sequence(tagged(OBJECT_ID, Buffer.of(0x2b, 0x65, 0x70)));
/** CN=p2pchat; 2.5.4.3 is the common name. */
const NAME = sequence(
  tagged(SET, sequence(tagged(OBJECT_ID, Buffer.of(0x55, 0x04, 0x03)), tagged(UTF8_STRING, Buffer.from('p2pchat')))),
);
const VALID_FROM = tagged(UTC_TIME, Buffer.from('000101000000Z'));
/** The date that RFC 5280 gives to certificates that never expire. */
const VALID_TO = tagged(GENERALIZED_TIME, Buffer.from('99991231235959Z'));

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tagged(SEQUENCE, ...parts);
}

/** One DER element: its tag, the length of its parts together, the parts. */
function tagged(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), derLength(content.length), content]);
}

/** Lengths from 128 on are written as the number of their bytes, then the bytes. Ours stay below 64 KiB. */
function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  return length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
}
