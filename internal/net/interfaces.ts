import { networkInterfaces } from 'node:os';
import type { Interface } from '../../pkg/peer/input.ts';
import { NetworkError } from './network-error.ts';

/** One IPv4 address of a network card. A card with several addresses counts once for each. */
export interface Card extends Interface {
  readonly netmask: string;
}

/**
 * The IPv4 addresses of this machine, those of real cards first. The loopback is among them: two people on one
 * machine find each other with no network at all. Empty where the system tells nothing.
 */
export function listCards(): Card[] {
  const cards: Card[] = [];
  for (const [name, addresses] of Object.entries(systemInterfaces())) {
    for (const { family, address, netmask } of addresses ?? []) {
      if (family === 'IPv4' && address !== '0.0.0.0') cards.push({ name, address, netmask });
    }
  }
  return cards.sort((left, right) => Number(isLoopback(left.address)) - Number(isLoopback(right.address)));
}

/**
 * The cards a person asked for, each by name (`eth0`) or address (`127.0.0.1`); all when none is named. Throws
 * `unknown-interface` for one that is not there.
 */
export function chooseInterfaces(wanted: readonly string[], cards: readonly Card[] = listCards()): readonly Card[] {
  const unknown = wanted.find((want) => !cards.some((card) => isMeant(card, want)));
  if (unknown !== undefined) {
    const known = cards.map(({ name, address }) => `${name} (${address})`).join(', ') || 'none with an IPv4 address';
    const text = `there is no network interface "${unknown}"; this machine has ${known}`;
    throw new NetworkError('unknown-interface', text);
  }
  return wanted.length === 0 ? cards : cards.filter((card) => wanted.some((want) => isMeant(card, want)));
}

/** How many leading bits of `address` the card's network shares with it, or 0 when it lies in another network. */
export function closeness(card: Card, address: string): number {
  const mask = bitsOf(card.netmask);
  if (((bitsOf(card.address) ^ bitsOf(address)) & mask) !== 0) return 0;
  return Math.clz32(~mask);
}

/**
 * Whether a datagram from `address` may have come in through one of `cards`. Point-to-point cards (a mask of 31 or 32
 * bits) say nothing about who is behind them, so everything but the loopback fits them.
 */
export function reaches(cards: readonly Card[], address: string): boolean {
  return cards.some((card) => {
    if (closeness(card, address) > 0) return true;
    return Math.clz32(~bitsOf(card.netmask)) >= 31 && !isLoopback(address);
  });
}

function systemInterfaces(): ReturnType<typeof networkInterfaces> {
  try {
    return networkInterfaces();
  } catch {
    return {};
  }
}

function isMeant({ name, address }: Card, want: string): boolean {
  return name === want || address === want;
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.');
}

/** An IPv4 address or mask as 32 bits; what is none counts as 0. */
function bitsOf(address: string): number {
  let bits = 0;
  for (const part of address.split('.')) bits = (bits << 8) | (Number(part) & 255);
  return bits;
}
