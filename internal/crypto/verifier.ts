import { hash, type KeyObject, verify } from 'node:crypto';
import { assert } from '../../pkg/base/assert.ts';
import { KEYS_READY_MAX } from '../../pkg/base/limits.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { SigningContext } from '../../pkg/peer/effect.ts';
import { isRunHash, type RunHash } from '../../pkg/wire/fields.ts';
import { signingBytes } from './identity.ts';
import { publicKeyOf } from './public-key.ts';

/** SHA-256 of the text's UTF-8 bytes, in base64url. */
export function hashText(text: string): RunHash {
  const digest = hash('sha256', text, 'base64url');
  assert(isRunHash(digest), 'a SHA-256 digest is no run hash');
  return digest;
}

/** Checks signatures off the main thread, several at once, and keeps the keys it has imported, up to a bound. */
export class Verifier {
  readonly #keysMax: number;
  /** In the order of last use: a `Map` keeps the order of insertion, and use inserts again. */
  readonly #keys = new Map<PeerId, KeyObject>();

  constructor(keysMax: number = KEYS_READY_MAX) {
    this.#keysMax = keysMax;
  }

  get keysReady(): number {
    return this.#keys.size;
  }

  /**
   * Whether `signature` is that of `author` over `signed` for this purpose. Never rejects: what is no key or no
   * signature is false. Answers may come in another order than they were asked for. Of the 16 spellings that base64url
   * has for 64 bytes only the proper one holds: otherwise whoever passes a run on could change its hash.
   */
  verify(author: PeerId, context: SigningContext, signed: string, signature: string): Promise<boolean> {
    const key = this.#key(author);
    if (key === undefined) return Promise.resolve(false);
    const bytes = Buffer.from(signature, 'base64url');
    if (bytes.toString('base64url') !== signature) return Promise.resolve(false);
    return new Promise((resolve) => {
      try {
        verify(null, signingBytes(context, signed), key, bytes, (error, valid) => resolve(error === null && valid));
      } catch {
        resolve(false);
      }
    });
  }

  #key(author: PeerId): KeyObject | undefined {
    const key = this.#keys.get(author) ?? importKey(author);
    if (key === undefined) return undefined;
    this.#keys.delete(author);
    this.#keys.set(author, key);
    if (this.#keys.size > this.#keysMax) {
      const oldest = this.#keys.keys().next();
      if (oldest.done !== true) this.#keys.delete(oldest.value);
    }
    return key;
  }
}

function importKey(author: PeerId): KeyObject | undefined {
  try {
    return publicKeyOf(author);
  } catch {
    return undefined;
  }
}
