/** Announces of other versions, signed as they should be. */
import { randomBytes } from 'node:crypto';
import type { Identity } from '../../../internal/crypto/identity.ts';
import { sealed, unsealed } from '../../../pkg/wire/entry.ts';

export const GROUP = '224.0.0.1';
export const PORT = 9999;

export function announceOf(identity: Identity, version: number): string {
  const instance = randomBytes(8).toString('hex');
  const group = `${GROUP}:${PORT}`;
  const fields = { type: 'announce', version, peer: identity.peer, instance, nick: 'future', port: 8080, group };
  const text = unsealed(fields);
  return sealed(text, identity.sign('announce', text));
}
