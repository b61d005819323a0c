import { describe, expect, it } from 'vitest';
import { DATAGRAM_BYTES_MAX } from '../../../pkg/base/limits.ts';
import { decodeDatagram } from '../../../pkg/wire/announce.ts';
import { endpointText, sameEndpoint } from '../../../pkg/wire/endpoint.ts';
import { sealed, unsealed } from '../../../pkg/wire/entry.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { GROUP } from '../speaker.ts';

const SIGNATURE = 'A'.repeat(86);
const ANNOUNCE = {
  type: 'announce',
  version: 1,
  peer: toyPeerId('alice'),
  instance: '0123456789abcdef',
  group: GROUP,
  nick: 'alice',
  port: 8080,
};
const LEAVE = { type: 'leave', version: 1, peer: toyPeerId('alice'), instance: '0123456789abcdef' };

const PROBE = { ...LEAVE, type: 'probe', group: '224.0.0.1:9999', port: 8080, way: 'ipv6', pad: '..' };

function decode(fields: object, signature = SIGNATURE) {
  return decodeDatagram(new TextEncoder().encode(sealed(unsealed(fields), signature)));
}

describe('a datagram', () => {
  it('is an announce, a leave or a probe', () => {
    expect(decode(ANNOUNCE)).toMatchObject({
      type: 'datagram',
      body: ANNOUNCE,
      signed: unsealed(ANNOUNCE),
      signature: SIGNATURE,
    });
    expect(decode({ ...ANNOUNCE, ask: true }).type).toBe('datagram');
    expect(decode(LEAVE).type).toBe('datagram');
    expect(decode(PROBE)).toMatchObject({ type: 'datagram', body: PROBE });
  });

  it('of another version says so, whatever else it holds', () => {
    expect(decode({ ...ANNOUNCE, version: 2, something: 'new' }).type).toBe('datagram');
    expect(decode({ ...ANNOUNCE, version: 2, group: undefined })).toMatchObject({ code: 'version' });
    expect(decode({ ...ANNOUNCE, group: undefined })).toMatchObject({ code: 'bad-line' });
  });

  it('has room for the longest nick, and may be so long and not one byte longer', () => {
    expect(decode({ ...ANNOUNCE, ask: true, nick: '𝕬'.repeat(24) }).type).toBe('datagram');
    const padding = (bytes: number) => {
      const short = sealed(unsealed({ ...ANNOUNCE, pad: '' }), SIGNATURE).length;
      return decode({ ...ANNOUNCE, pad: 'x'.repeat(bytes - short) });
    };
    expect(padding(DATAGRAM_BYTES_MAX).type).toBe('datagram');
    expect(padding(DATAGRAM_BYTES_MAX + 1)).toMatchObject({ code: 'bad-line', why: 'a datagram that is too long' });
  });

  it.each<[string, object]>([
    ['port 0', { ...ANNOUNCE, port: 0 }],
    ['no instance', { ...ANNOUNCE, instance: undefined }],
    ['a nick that is none', { ...ANNOUNCE, nick: '#room' }],
    ['a peer that is none', { ...ANNOUNCE, peer: 'alice' }],
    ['a type that is none', { ...ANNOUNCE, type: 'hello' }],
    ['a way that is none', { ...PROBE, way: 'pigeon' }],
    ['a version below zero', { ...LEAVE, version: -1 }],
  ])('with %s is a fault', (_, fields) => {
    expect(decode(fields)).toMatchObject({ type: 'fault', code: 'bad-line' });
  });

  it('needs its signature as the last field, whole', () => {
    expect(decode(ANNOUNCE, 'short').type).toBe('fault');
    expect(decodeDatagram(new TextEncoder().encode(JSON.stringify(ANNOUNCE))).type).toBe('fault');
    expect(decodeDatagram(new TextEncoder().encode(`${sealed(unsealed(ANNOUNCE), SIGNATURE)}\n`)).type).toBe('fault');
  });
});

describe('an endpoint', () => {
  it('is written so that address and port can be told apart', () => {
    expect(endpointText({ address: '10.0.0.1', port: 80 })).toBe('10.0.0.1:80');
    expect(endpointText({ address: 'fe80::1', port: 80 })).toBe('[fe80::1]:80');
    expect(sameEndpoint({ address: 'a', port: 1 }, { address: 'a', port: 2 })).toBe(false);
  });
});
