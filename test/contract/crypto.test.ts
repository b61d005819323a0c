import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peerFromCertificate } from '../../internal/crypto/certificate.ts';
import { Identity, signingBytes } from '../../internal/crypto/identity.ts';
import { KeyFileError } from '../../internal/crypto/key-file-error.ts';
import { hashText, Verifier } from '../../internal/crypto/verifier.ts';
import { keyFromPeerId, type PeerId, peerIdFromKey } from '../../pkg/identity/peer-id.ts';
import { scratchFolder } from './scratch.ts';
import { P256_CREDENTIALS } from './stranger.ts';

const posix = process.platform !== 'win32';

function peerOf(bytes: Uint8Array): PeerId {
  const peer = peerIdFromKey(bytes);
  if (peer === undefined) throw new Error('not 32 bytes');
  return peer;
}

function failureOf(work: () => unknown): KeyFileError {
  try {
    work();
  } catch (error) {
    if (error instanceof KeyFileError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('signatures', () => {
  const alice = Identity.generate();
  const bob = Identity.generate();
  const verifier = new Verifier();

  it('hold for the author, the purpose and the text they were made for, and for nothing else', async () => {
    const signature = alice.sign('run', 'hello');
    expect(signature).toMatch(/^[A-Za-z0-9_-]{86}$/);
    expect(await verifier.verify(alice.peer, 'run', 'hello', signature)).toBe(true);
    expect(await verifier.verify(bob.peer, 'run', 'hello', signature)).toBe(false);
    expect(await verifier.verify(alice.peer, 'announce', 'hello', signature)).toBe(false);
    expect(await verifier.verify(alice.peer, 'run', 'hello!', signature)).toBe(false);
  });

  it('cover a line that names the purpose, then the text in UTF-8', () => {
    expect(signingBytes('run', 'grüß')).toEqual(Buffer.from('p2pchat run 1\ngrüß'));
  });

  it('have one spelling: whoever passes a run on cannot give it another hash', async () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const signature = alice.sign('run', 'hello');
    const last = letters.indexOf(signature.slice(-1));
    const spellings = Array.from({ length: 16 }, (_, low) => signature.slice(0, -1) + letters[(last & 48) | low]);
    const bytes = new Set(spellings.map((spelling) => Buffer.from(spelling, 'base64url').toString('hex')));
    expect(bytes.size).toBe(1);
    const verdicts = await Promise.all(spellings.map((text) => verifier.verify(alice.peer, 'run', 'hello', text)));
    expect(verdicts.filter((valid) => valid)).toHaveLength(1);
  });

  it('of anything by any key are judged without an error', async () => {
    const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });
    await fc.assert(
      fc.asyncProperty(keys, fc.string(), fc.string(), async (key, signed, signature) => {
        expect(await verifier.verify(peerOf(key), 'run', signed, signature)).toBe(false);
      }),
    );
  });

  it('need a bounded number of keys in memory, and forgotten ones still verify', async () => {
    const small = new Verifier(3);
    const people = Array.from({ length: 10 }, () => Identity.generate());
    for (const person of [...people, ...people]) {
      expect(await small.verify(person.peer, 'run', 'x', person.sign('run', 'x'))).toBe(true);
      expect(small.keysReady).toBeLessThanOrEqual(3);
    }
    expect(small.keysReady).toBe(3);
  });
});

describe('the hash of a text', () => {
  it('is SHA-256 of its UTF-8 bytes in base64url', () => {
    expect(hashText('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
    expect(hashText('ü')).not.toBe(hashText('u'));
  });
});

describe('the key file', () => {
  it('is made on the first start and gives the same peer from then on', async () => {
    const path = join(scratchFolder(), 'alice', 'identity.pem');
    const first = Identity.open(path);
    const again = Identity.open(path);
    expect(again.peer).toBe(first.peer);
    expect(await new Verifier().verify(first.peer, 'run', 'x', again.sign('run', 'x'))).toBe(true);
    expect(readdirSync(join(path, '..'))).toEqual(['identity.pem']);
    expect(readFileSync(path, 'utf8')).toContain('-----BEGIN PRIVATE KEY-----');
  });

  it.runIf(posix)('is for its owner only, even if it was open to others', () => {
    const path = join(scratchFolder(), 'alice', 'identity.pem');
    const { peer } = Identity.open(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
    const copy = join(path, '..', 'copy.pem');
    writeFileSync(copy, readFileSync(path), { mode: 0o644 });
    expect(Identity.load(copy)?.peer).toBe(peer);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
  });

  it('is never overwritten', () => {
    const path = join(scratchFolder(), 'identity.pem');
    Identity.open(path);
    const before = readFileSync(path, 'utf8');
    expect(failureOf(() => Identity.generate().save(path)).code).toBe('key-unwritable');
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(readdirSync(join(path, '..'))).toEqual(['identity.pem']);
  });

  it('is absent without an error', () => {
    const path = join(scratchFolder(), 'identity.pem');
    expect(Identity.load(path)).toBeUndefined();
    expect(existsSync(path)).toBe(false);
  });

  const x25519 = generateKeyPairSync('x25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const publicKey = generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }).toString();
  it.each([
    ['nothing', ''],
    ['half a key', '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw'],
    ['another kind of key', P256_CREDENTIALS.key],
    ['a key that cannot sign', x25519],
    ['a public key', publicKey],
  ])('that holds %s is refused with what to do, and left as it is', (_what, text) => {
    const path = join(scratchFolder(), 'identity.pem');
    writeFileSync(path, text);
    const failure = failureOf(() => Identity.open(path));
    expect(failure.code).toBe('key-damaged');
    expect(failure.message).toContain(path);
    expect(failure.message).toContain('restore it from a backup');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('that cannot be read or written says so', () => {
    const folder = scratchFolder();
    expect(failureOf(() => Identity.open(folder)).code).toBe('key-unreadable');
    writeFileSync(join(folder, 'file'), '');
    expect(failureOf(() => Identity.generate().save(join(folder, 'file', 'identity.pem'))).code).toBe('key-unwritable');
  });
});

describe('the certificate', () => {
  const identity = Identity.generate();
  const { cert } = identity.credentials();
  const parsed = new X509Certificate(cert);

  it('is X.509 that Node reads: self-signed by the identity key and never out of date', () => {
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.checkIssued(parsed)).toBe(true);
    expect(parsed.publicKey.asymmetricKeyType).toBe('ed25519');
    expect(parsed.subject).toBe('CN=p2pchat');
    expect(parsed.issuer).toBe('CN=p2pchat');
    expect(parsed.serialNumber).toBe('01');
    expect(new Date(parsed.validFrom).toISOString()).toBe('2000-01-01T00:00:00.000Z');
    expect(new Date(parsed.validTo).toISOString()).toBe('9999-12-31T23:59:59.000Z');
  });

  it('carries the key of its peer, and is the same each time', () => {
    expect(parsed.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)).toEqual(
      Buffer.from(keyFromPeerId(identity.peer)),
    );
    expect(peerFromCertificate(parsed)).toBe(identity.peer);
    expect(peerFromCertificate(parsed.raw)).toBe(identity.peer);
    expect(identity.credentials().cert).toBe(cert);
  });

  it('with another kind of key names nobody', () => {
    expect(peerFromCertificate(new X509Certificate(P256_CREDENTIALS.cert))).toBeUndefined();
  });

  it('names somebody or nobody, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(parsed.raw.length - 1), fc.nat(255), (bytes, place, value) => {
        expect(peerFromCertificate(bytes)).toBeUndefined();
        const changed = Uint8Array.from(parsed.raw);
        changed[place] = value;
        expect(['string', 'undefined']).toContain(typeof peerFromCertificate(changed));
      }),
    );
  });
});
