import { networkInterfaces } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Card,
  cardsMeant,
  chooseInterfaces,
  closeness,
  listCards,
  missingOf,
  reaches,
  readMachine,
  sameCards,
  shownInterfaces,
} from '../../internal/net/interfaces.ts';
import { NetworkError } from '../../internal/net/network-error.ts';

const LO: Card = { name: 'lo', address: '127.0.0.1', netmask: '255.0.0.0' };
const ETH: Card = { name: 'eth0', address: '192.168.1.5', netmask: '255.255.255.0' };
const ALIAS: Card = { name: 'eth0', address: '10.0.0.5', netmask: '255.0.0.0' };
const TUNNEL: Card = { name: 'tun0', address: '10.8.0.6', netmask: '255.255.255.255' };
const SIX: Card = { name: 'eth0', address: 'fe80::5%eth0', netmask: 'ffff:ffff:ffff:ffff::' };
const ONLY_SIX: Card = { name: 'wlan0', address: 'fe80::6%wlan0', netmask: 'ffff:ffff:ffff:ffff::' };
const CARDS = [ETH, ALIAS, TUNNEL, SIX, ONLY_SIX, LO];

describe('the cards of this machine', () => {
  it('are its IPv4 addresses and those of IPv6 that are good on the cable, the loopback last', () => {
    const known = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    const meant = known.filter(({ family, address }) => family === 'IPv4' || address.startsWith('fe80:'));
    const cards = listCards();
    const bare = cards.map(({ address }) => address.split('%')[0]);
    expect(bare.sort()).toEqual(meant.map(({ address }) => address).sort());
    expect(cards.at(-1)?.address).toMatch(/^127\./);
    for (const { address } of cards) if (address.startsWith('fe80:')) expect(address).toMatch(/%.+/);
  });

  it('are told along with every address of it', () => {
    const { cards, addresses } = readMachine();
    expect(addresses.has('127.0.0.1')).toBe(true);
    for (const { address } of cards) expect(addresses.has(address)).toBe(true);
  });

  it('are the same as before, or are not', () => {
    expect(sameCards(CARDS, [...CARDS])).toBe(true);
    expect(sameCards(CARDS, CARDS.slice(1))).toBe(false);
    expect(sameCards([ETH], [{ ...ETH, netmask: '255.255.0.0' }])).toBe(false);
    expect(sameCards([ETH], [{ ...ETH, hardware: 'another one' }])).toBe(false);
  });

  it('are shown to people by their IPv4 addresses, and by the other where there is none', () => {
    const names = [ETH, ALIAS, TUNNEL, ONLY_SIX].map(({ name, address }) => ({ name, address }));
    expect(shownInterfaces(CARDS, [])).toEqual(names);
  });

  it('are none where there is the loopback alone, unless that was asked for', () => {
    expect(shownInterfaces([LO], [])).toEqual([]);
    expect(shownInterfaces([LO], ['lo'])).toEqual([{ name: LO.name, address: LO.address }]);
  });
});

describe('choosing', () => {
  it('takes all when none is named', () => {
    expect(chooseInterfaces([], CARDS)).toEqual(CARDS);
  });

  it('takes those named by name or address, each once', () => {
    expect(chooseInterfaces(['127.0.0.1'], CARDS)).toEqual([LO]);
    expect(chooseInterfaces(['eth0'], CARDS)).toEqual([ETH, ALIAS, SIX]);
    expect(chooseInterfaces(['fe80::6', 'fe80::5%eth0'], CARDS)).toEqual([SIX, ONLY_SIX]);
    expect(chooseInterfaces(['lo', '192.168.1.5', 'lo'], CARDS)).toEqual([ETH, LO]);
    expect(chooseInterfaces(['127.0.0.1'])).toMatchObject([{ address: '127.0.0.1' }]);
  });

  it('refuses those of which none is there, and says which are', () => {
    const choose = (): unknown => chooseInterfaces(['wlan9', 'tun7'], CARDS);
    expect(choose).toThrow(NetworkError);
    expect(choose).toThrow(/"wlan9" or "tun7".*eth0 \(192\.168\.1\.5, 10\.0\.0\.5, fe80::5\), .*lo \(127\.0\.0\.1\)/);
    expect(() => chooseInterfaces(['eth0'], [])).toThrow('none with an address');
  });

  it('goes on without one that is not there, as it may come', () => {
    expect(chooseInterfaces(['wlan9', 'lo'], CARDS)).toEqual([LO]);
    expect(missingOf(['wlan9', 'lo', '10.0.0.6'], CARDS)).toEqual(['wlan9', '10.0.0.6']);
    expect(cardsMeant(['wlan9'], CARDS)).toEqual([]);
  });
});

describe('where an address lies', () => {
  it('is told by the mask, the narrower network being the closer', () => {
    expect(closeness(ETH, '192.168.1.77')).toBe(24);
    expect(closeness(ETH, '192.168.2.77')).toBe(0);
    expect(closeness(ALIAS, '10.200.3.4')).toBe(8);
    expect(closeness(LO, '127.9.9.9')).toBe(8);
    expect(closeness(TUNNEL, '10.8.0.6')).toBe(32);
    expect(closeness({ ...ETH, netmask: '0.0.0.0' }, '8.8.8.8')).toBe(0);
    expect(closeness(SIX, 'fe80::99%eth0')).toBe(64);
    expect(closeness(SIX, 'fe80::99%wlan0')).toBe(0);
    expect(closeness(SIX, 'fe80::99')).toBe(0);
    expect([closeness(SIX, '192.168.1.77'), closeness(ETH, 'fe80::99%eth0')]).toEqual([0, 0]);
  });

  it('keeps what came through another card apart, but for point-to-point cards, which say nothing', () => {
    expect(reaches([LO], '192.168.1.77')).toBe(false);
    expect(reaches([LO], '127.0.0.1')).toBe(true);
    expect(reaches([ETH, LO], '192.168.1.77')).toBe(true);
    expect(reaches([TUNNEL], '10.9.9.9')).toBe(true);
    expect(reaches([TUNNEL], '127.0.0.1')).toBe(false);
    expect(reaches([], '127.0.0.1')).toBe(false);
    expect(reaches([ETH, SIX], 'fe80::99%eth0')).toBe(true);
    expect(reaches([TUNNEL, SIX], 'fe80::99%wlan0')).toBe(false);
    expect(reaches([SIX], '10.9.9.9')).toBe(false);
  });

  it('is judged the same as by counting bits', () => {
    const bits = fc.integer({ min: 0, max: 0xffffffff });
    const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
    fc.assert(
      fc.property(bits, bits, fc.integer({ min: 1, max: 32 }), (own, other, prefix) => {
        const mask = (0xffffffff << (32 - prefix)) >>> 0;
        const same =
          own.toString(2).padStart(32, '0').slice(0, prefix) === other.toString(2).padStart(32, '0').slice(0, prefix);
        const card = { name: 'x', address: dotted(own), netmask: dotted(mask) };
        expect(closeness(card, dotted(other))).toBe(same ? prefix : 0);
        expect(closeness(card, dotted(own))).toBe(prefix);
      }),
    );
  });
});
