import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import type { Interface } from '../../pkg/peer/input.ts';
import { bitsOf, isIPv6, isLinkLocal, isLoopback, prefixOf, scopeOf } from './addresses.ts';
import { NetworkError } from './network-error.ts';

/**
 * One address of a network card: an IPv4 one, or the IPv6 one that is good on its cable alone and bears its scope
 * (`fe80::1%eth0`). A card with several addresses counts once for each.
 */
export interface Card extends Interface {
  readonly netmask: string;
  /** Tells a card from another one that has taken its name and address. */
  readonly hardware?: string;
}

/** What the system tells of its network, all at one moment. */
export interface Machine {
  /** IPv4 first, the loopback last: two people on one machine find each other with no network at all. */
  readonly cards: readonly Card[];
  /** Every address of this machine, also those that no card stands for; link-local ones with their scope. */
  readonly addresses: ReadonlySet<string>;
}

/** Looks at the cards that are up and running. Nothing is there where the system tells nothing. */
export function readMachine(): Machine {
  const cards: Card[] = [];
  const addresses = new Set<string>();
  for (const [name, known] of Object.entries(systemInterfaces())) {
    for (const info of known ?? []) {
      const address = scoped(name, info);
      addresses.add(address);
      if (!carries(info)) continue;
      cards.push({ name, address, netmask: info.netmask, hardware: `${info.mac} ${info.scopeid ?? ''}` });
    }
  }
  return { cards: cards.sort((left, right) => rank(left) - rank(right)), addresses };
}

export function listCards(): readonly Card[] {
  return readMachine().cards;
}

/**
 * The cards a person asked for, each by name (`eth0`) or address (`127.0.0.1`); all when none is named. One that is not
 * there may come later. Throws `unknown-interface` when none of those named is there.
 */
export function chooseInterfaces(wanted: readonly string[], cards: readonly Card[] = listCards()): readonly Card[] {
  const chosen = cardsMeant(wanted, cards);
  if (chosen.length > 0 || wanted.length === 0) return chosen;
  const known = namesOf(cards).map((name) => `${name} (${addressesOf(name, cards)})`);
  const text = `there is no network interface "${wanted.join('" or "')}"`;
  throw new NetworkError(
    'unknown-interface',
    `${text}; this machine has ${known.join(', ') || 'none with an address'}`,
  );
}

/** As `chooseInterfaces`, but none may be there. */
export function cardsMeant(wanted: readonly string[], cards: readonly Card[]): readonly Card[] {
  return wanted.length === 0 ? cards : cards.filter((card) => wanted.some((want) => isMeant(card, want)));
}

/** Those of the names and addresses asked for that no card has. */
export function missingOf(wanted: readonly string[], cards: readonly Card[]): readonly string[] {
  return wanted.filter((want) => !cards.some((card) => isMeant(card, want)));
}

/**
 * The cards as people think of them: by IPv4 address, and by the other where there is no such. The loopback is no network,
 * unless it is `wanted`.
 */
export function shownInterfaces(all: readonly Card[], wanted: readonly string[]): readonly Interface[] {
  const cards = wanted.length > 0 ? all : all.filter(({ address }) => !isLoopback(address));
  const named = new Set(cards.filter(({ address }) => !isIPv6(address)).map(({ name }) => name));
  return cards
    .filter(({ name, address }) => !isIPv6(address) || !named.has(name))
    .map(({ name, address }) => ({ name, address }));
}

/** For traces: `eth0 10.0.0.1`. */
export function cardText({ name, address }: Interface): string {
  return `${name} ${address}`;
}

export function sameCards(left: readonly Card[], right: readonly Card[]): boolean {
  if (left.length !== right.length) return false;
  return left.every((card, place) => {
    const { name, address, netmask, hardware } = card;
    const other = right[place];
    return (
      name === other?.name && address === other.address && netmask === other.netmask && hardware === other.hardware
    );
  });
}

/**
 * How many leading bits of `address` the card's network shares with it, or 0 when it lies in another network. A
 * link-local address lies in the network of its own card.
 */
export function closeness(card: Card, address: string): number {
  if (isIPv6(card.address) || isIPv6(address)) return sameScope(card, address) ? 64 : 0;
  const mask = bitsOf(card.netmask);
  if (((bitsOf(card.address) ^ bitsOf(address)) & mask) !== 0) return 0;
  return prefixOf(card.netmask);
}

/**
 * Whether a datagram from `address` may have come in through one of `cards`. Point-to-point cards (a mask of 31 or 32
 * bits) say nothing about who is behind them, so every IPv4 address but the loopback fits them.
 */
export function reaches(cards: readonly Card[], address: string): boolean {
  return cards.some((card) => {
    if (closeness(card, address) > 0) return true;
    if (isIPv6(card.address) || isIPv6(address)) return false;
    return prefixOf(card.netmask) >= 31 && !isLoopback(address);
  });
}

function systemInterfaces(): ReturnType<typeof networkInterfaces> {
  try {
    return networkInterfaces();
  } catch {
    return {};
  }
}

/** Whether announces go by this address. */
function carries({ family, address, internal }: NetworkInterfaceInfo): boolean {
  if (family === 'IPv4') return address !== '0.0.0.0';
  return isLinkLocal(address) && !internal;
}

function scoped(name: string, info: NetworkInterfaceInfo): string {
  if (info.family === 'IPv4' || !isLinkLocal(info.address)) return info.address;
  return `${info.address}%${process.platform === 'win32' ? info.scopeid : name}`;
}

function rank({ address }: Card): number {
  if (isLoopback(address)) return 2;
  return isIPv6(address) ? 1 : 0;
}

function isMeant({ name, address }: Card, want: string): boolean {
  return name === want || address === want || address.split('%')[0] === want;
}

function sameScope(card: Card, address: string): boolean {
  const scope = scopeOf(address);
  return scope !== undefined && scope === scopeOf(card.address);
}

function namesOf(cards: readonly Card[]): readonly string[] {
  return [...new Set(cards.map(({ name }) => name))];
}

function addressesOf(wanted: string, cards: readonly Card[]): string {
  return cards.flatMap(({ name, address }) => (name === wanted ? [address.split('%')[0]] : [])).join(', ');
}
