import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { assert } from '../../pkg/base/assert.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { SigningContext } from '../../pkg/peer/effect.ts';
import { isOpenToOthers, PRIVATE_FILE_MODE, writePrivateFile } from '../store/private-file.ts';
import { selfSignedCertificate } from './certificate.ts';
import { KeyFileError } from './key-file-error.ts';
import { peerIdOf } from './public-key.ts';

/** The bytes that a signature covers: a line that names its purpose, so that it serves for no other, then the text. */
export function signingBytes(context: SigningContext, text: string): Buffer {
  return Buffer.from(`p2pchat ${context} 1\n${text}`);
}

/** The own Ed25519 key pair: whoever holds it is this peer. The private key leaves it only into its file and into TLS. */
export class Identity {
  readonly peer: PeerId;
  readonly #key: KeyObject;

  private constructor(key: KeyObject, peer: PeerId) {
    this.#key = key;
    this.peer = peer;
  }

  static generate(): Identity {
    const { privateKey } = generateKeyPairSync('ed25519');
    const peer = peerIdOf(privateKey);
    assert(peer !== undefined, 'a generated key is no Ed25519 key');
    return new Identity(privateKey, peer);
  }

  /**
   * Reads the key file; undefined when there is none. Permissions that let others read it are taken back.
   * Throws a `KeyFileError` for anything else that is not a key of ours.
   */
  static load(path: string): Identity | undefined {
    const text = readKeyFile(path);
    if (text === undefined) return undefined;
    const key = parseKey(path, text);
    const peer = peerIdOf(key);
    if (peer === undefined) throw damaged(path, `it holds a ${key.asymmetricKeyType ?? key.type} key`);
    return new Identity(key, peer);
  }

  /** The identity of the key file, which is made on the first start. */
  static open(path: string): Identity {
    const kept = Identity.load(path);
    if (kept !== undefined) return kept;
    const fresh = Identity.generate();
    fresh.save(path);
    return fresh;
  }

  /** Writes the key file (PKCS#8 PEM, for the owner only), whole or not at all. An existing file is never overwritten. */
  save(path: string): void {
    try {
      writePrivateFile(path, this.#pem(), 'keep');
    } catch (cause) {
      const what = `cannot write the identity key to ${path}: ${reasonOf(cause)}`;
      const advice = 'check the folder and the free space, or set P2PCHAT_HOME to a folder of your own';
      throw new KeyFileError('key-unwritable', `${what}; ${advice}`, cause);
    }
  }

  /** The signature of `text` for this purpose, in base64url (86 characters). Takes about 60 µs. */
  sign(context: SigningContext, text: string): string {
    return sign(null, signingBytes(context, text), this.#key).toString('base64url');
  }

  /** What TLS proves this identity with: the key and a certificate of it, both in PEM. */
  credentials(): { readonly key: string; readonly cert: string } {
    const body = selfSignedCertificate(this.peer, this.#key).toString('base64');
    return { key: this.#pem(), cert: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n` };
  }

  #pem(): string {
    return this.#key.export({ format: 'pem', type: 'pkcs8' }).toString();
  }
}

function readKeyFile(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    if (isOpenToOthers(path)) chmodSync(path, PRIVATE_FILE_MODE);
    return text;
  } catch (cause) {
    const reason = reasonOf(cause);
    if (reason === 'ENOENT') return undefined;
    const advice = 'it must be a file that you may read and nobody else';
    throw new KeyFileError('key-unreadable', `cannot read the identity key ${path}: ${reason}; ${advice}`, cause);
  }
}

function parseKey(path: string, text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw damaged(path, 'it holds no private key', cause);
  }
}

function damaged(path: string, reason: string, cause?: unknown): KeyFileError {
  const advice = 'restore it from a backup, or move it away to begin as a new person';
  return new KeyFileError('key-damaged', `the identity key ${path} is damaged: ${reason}; ${advice}`, cause);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}
