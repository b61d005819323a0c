import { describe, expect, it } from 'vitest';
import { tellable, usable } from '../../../pkg/mesh/hearsay.ts';

const at = (address: string) => ({ address, port: 8080 });

describe('an endpoint is told', () => {
  it.each([
    ['of the network', '192.168.1.5', '10.0.0.1', '192.168.1.5'],
    ['of the world', '2001:db8::5', 'fe80::1%eth0', '2001:db8::5'],
    ['of the cable, to somebody on the same, without its scope', 'fe80::5%eth0', 'fe80::1%eth0', 'fe80::5'],
    ['of this machine, to somebody on it', '127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['of this machine by IPv6, to somebody on it', '::1', '::1', '::1'],
  ])('%s', (_, address, to, told) => {
    expect(tellable(at(address), at(to))).toEqual(at(told));
  });

  it.each([
    ['of this machine, to somebody elsewhere', '127.0.0.1', '192.168.1.7'],
    ['of another cable', 'fe80::5%eth1', 'fe80::1%eth0'],
    ['of a cable, to somebody who is reached by another kind of address', 'fe80::5%eth0', '192.168.1.7'],
    ['of a cable that is not known', 'fe80::5', '192.168.1.7'],
  ])('but not one %s', (_, address, to) => {
    expect(tellable(at(address), at(to))).toBeUndefined();
  });
});

describe('an endpoint that was told is dialled', () => {
  it.each([
    ['of the network', '192.168.1.5', '10.0.0.1', '192.168.1.5'],
    ['of the cable, by the scope of who told it', 'fe80::5', 'fe80::1%eth0', 'fe80::5%eth0'],
    ['of this machine, told on it', '127.0.0.2', '127.0.0.1', '127.0.0.2'],
  ])('%s', (_, address, from, dialled) => {
    expect(usable(at(address), at(from))).toEqual(at(dialled));
  });

  it.each([
    ['of this machine, told from elsewhere', '127.0.0.1', '192.168.1.7'],
    ['of this machine by IPv6, told from elsewhere', '::1', '192.168.1.7'],
    ['of a cable on which one is not linked with who told it', 'fe80::5', '192.168.1.7'],
    ['of nobody', '0.0.0.0', '192.168.1.7'],
    ['of nobody by IPv6', '::', '192.168.1.7'],
    ['of many', '224.0.0.1', '192.168.1.7'],
    ['of many by IPv6', 'ff02::1', 'fe80::1%eth0'],
    ['of everybody', '255.255.255.255', '192.168.1.7'],
    ['of IPv4 in disguise', '::ffff:127.0.0.1', '192.168.1.7'],
    ['of this machine, spelled at length', '0:0:0:0:0:0:0:1', '192.168.1.7'],
    ['of IPv4 in disguise, spelled at length', '0000:0:0:0:0:ffff:7f00:1', '192.168.1.7'],
  ])('but not one %s', (_, address, from) => {
    expect(usable(at(address), at(from))).toBeUndefined();
  });
});
