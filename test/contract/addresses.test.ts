import { isIPv6 as isReallyIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  broadcastOf,
  ipv6GroupOf,
  isLinkLocal,
  plainAddress,
  prefixOf,
  scopeOf,
} from '../../internal/net/addresses.ts';

describe('addresses', () => {
  it('that are good on one cable bear their scope', () => {
    expect(['fe80::1%eth0', 'febf::1', 'fec0::1', '2001:db8::1', 'fe80.example'].map(isLinkLocal)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(['fe80::1%eth0', 'fe80::1%12', 'fe80::1'].map(scopeOf)).toEqual(['eth0', '12', undefined]);
  });

  it('of IPv4 are IPv4 addresses, whatever they came through', () => {
    expect(plainAddress('::ffff:10.0.0.1')).toBe('10.0.0.1');
    expect(plainAddress('::FFFF:10.0.0.1')).toBe('10.0.0.1');
    expect(plainAddress('fe80::1%eth0')).toBe('fe80::1%eth0');
    expect(plainAddress('10.0.0.1')).toBe('10.0.0.1');
  });

  it.each([
    ['192.168.1.5', '255.255.255.0', '192.168.1.255'],
    ['10.77.0.9', '255.255.240.0', '10.77.15.255'],
    ['172.17.0.1', '255.255.0.0', '172.17.255.255'],
    ['10.0.0.1', '255.255.255.252', '10.0.0.3'],
    ['10.8.0.6', '255.255.255.255', undefined],
    ['10.8.0.6', '255.255.255.254', undefined],
    ['10.8.0.6', '0.0.0.0', undefined],
    ['127.0.0.1', '255.0.0.0', undefined],
    ['fe80::1%eth0', 'ffff:ffff:ffff:ffff::', undefined],
  ])('%s, mask %s, are broadcast to at %s', (address, netmask, broadcast) => {
    expect(broadcastOf(address, netmask)).toBe(broadcast);
  });

  it('have prefixes', () => {
    expect(['255.255.255.255', '255.255.255.0', '128.0.0.0', '0.0.0.0'].map(prefixOf)).toEqual([32, 24, 1, 0]);
  });
});

describe('the IPv6 group of an IPv4 one', () => {
  it('is all nodes for all hosts, and bears the bits of any other', () => {
    expect(ipv6GroupOf('224.0.0.1')).toBe('ff02::1');
    expect(ipv6GroupOf('239.1.2.3')).toBe('ff12::ef01:203');
    expect(ipv6GroupOf('239.255.0.1')).toBe('ff12::efff:1');
  });

  it('is an address of its own for each', () => {
    const part = fc.integer({ min: 0, max: 255 });
    const group = fc.tuple(fc.integer({ min: 224, max: 239 }), part, part, part).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(group, group, (one, other) => {
        expect(isReallyIPv6(ipv6GroupOf(one))).toBe(true);
        expect(ipv6GroupOf(one) === ipv6GroupOf(other)).toBe(one === other);
      }),
    );
  });
});
