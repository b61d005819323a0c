import { describe, expect, it } from 'vitest';
import { isPeerId, keyFromPeerId, keyTag, peerIdFromKey } from '../../../pkg/identity/peer-id.ts';

const KEY = Uint8Array.from({ length: 32 }, (_, place) => place * 7);

describe('a peer id', () => {
  it('is the key in lower-case base32 without padding', () => {
    expect(peerIdFromKey(new Uint8Array(32))).toBe('a'.repeat(52));
    expect(peerIdFromKey(new Uint8Array(32).fill(255))).toBe(`${'7'.repeat(51)}q`);
  });

  it('brings the key back', () => {
    const peer = peerIdFromKey(KEY);
    expect(peer).toBeDefined();
    if (peer !== undefined) expect(keyFromPeerId(peer)).toEqual(KEY);
  });

  it('needs 32 bytes', () => {
    expect(peerIdFromKey(new Uint8Array(31))).toBeUndefined();
    expect(peerIdFromKey(new Uint8Array(33))).toBeUndefined();
    expect(peerIdFromKey(new Uint8Array(0))).toBeUndefined();
  });

  it('has one spelling', () => {
    const stem = 'a'.repeat(51);
    expect(isPeerId(`${stem}a`)).toBe(true);
    expect(isPeerId(`${stem}q`)).toBe(true);
    for (const wrong of [
      `${stem}b`,
      `${stem}A`,
      stem,
      `${stem}aa`,
      `${stem}1`,
      `${stem}a\n`,
      ` ${stem}a`,
      `${stem}=`,
      '',
    ]) {
      expect(isPeerId(wrong), JSON.stringify(wrong)).toBe(false);
    }
  });

  it('shows its first letters as a tag', () => {
    const peer = peerIdFromKey(KEY);
    expect(peer?.startsWith(peer === undefined ? '?' : keyTag(peer))).toBe(true);
    if (peer !== undefined) expect(keyTag(peer)).toHaveLength(4);
  });
});
