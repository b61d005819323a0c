/** What the system tells an ordinary user about cards, routes and neighbours. Nothing here sends anything. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { bitsOf, isIPv6, isLoopback, scopeOf } from '../net/addresses.ts';
import { type Card, cardsMeant, listCards } from '../net/interfaces.ts';
import type { CardFact } from './facts.ts';

/** A tool that takes longer is not waited for. */
const TOOL_MS_MAX = 1_000;
const PATH_ADDED = ':/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin';

/** Where programs are looked for: those of administrators are often not in an ordinary user's path. */
export function programPath(): string {
  return `${process.env['PATH'] ?? ''}${PATH_ADDED}`;
}

/** Every card, also those that are off or have no address. */
export async function listCardFacts(wanted: readonly string[]): Promise<CardFact[]> {
  const addresses: readonly Card[] = listCards();
  const states = await cardStates();
  const names = new Set([...states.keys(), ...addresses.map(({ name }) => name)]);
  return [...names].map((name) => {
    const own = addresses.filter((address) => address.name === name);
    const chosen = cardsMeant(wanted, own);
    return {
      name,
      addresses: chosen.length > 0 ? chosen : own,
      state: states.get(name) ?? (own.length > 0 ? 'on' : undefined),
      loopback: name === 'lo' || name === 'lo0' || own.some(({ address }) => isLoopback(address)),
      chosen: chosen.length > 0 || wanted.length === 0 || wanted.includes(name),
    };
  });
}

export interface Route {
  readonly card: string;
  readonly destination: number;
  readonly mask: number;
  readonly gateway: string;
}

/** The IPv4 routes; empty where the system does not tell. */
export function listRoutes(): Route[] {
  return linesOf('/proc/net/route')
    .slice(1)
    .flatMap((line) => {
      const [card, destination, gateway, flags, , , , mask] = line.trim().split(/\s+/);
      if (card === undefined || destination === undefined || gateway === undefined || mask === undefined) return [];
      if ((Number.parseInt(flags ?? '0', 16) & 1) === 0) return [];
      return [{ card, destination: wordOf(destination), mask: wordOf(mask), gateway: dotted(wordOf(gateway)) }];
    });
}

/** The card by which the system would send to an IPv4 address; undefined where it does not tell or has no way. */
export function cardTowards(address: string, routes: readonly Route[]): string | undefined {
  if (isIPv6(address)) return scopeOf(address);
  const bits = bitsOf(address);
  const fitting = routes.filter(({ destination, mask }) => (bits & mask) >>> 0 === destination);
  return fitting.toSorted((left, right) => right.mask - left.mask)[0]?.card;
}

/** The neighbours on the wire, by IPv4 address, and whether they answer. */
export function listNeighbours(): ReadonlyMap<string, boolean> {
  const rows = linesOf('/proc/net/arp').slice(1);
  return new Map(
    rows.flatMap((line) => {
      const [address, , flags] = line.trim().split(/\s+/);
      return address === undefined ? [] : [[address, (Number(flags) & 2) !== 0] as const];
    }),
  );
}

async function cardStates(): Promise<ReadonlyMap<string, CardFact['state']>> {
  const states = new Map<string, CardFact['state']>();
  // The system's own list, which namespaces see right, as they do not see /sys.
  for (const line of linesOf('/proc/net/dev').slice(2)) states.set(line.split(':')[0]?.trim() ?? '', undefined);
  states.delete('');
  if (states.size === 0) return states;
  const told = await tool('ip', ['-o', 'link', 'show']);
  for (const [, name = '', flags = ''] of told.matchAll(/^\d+: ([^:@\s]+)(?:@\S+)?: <([^>]*)>/gm)) {
    const words = flags.split(',');
    if (states.has(name)) states.set(name, stateOf(words.includes('UP'), !words.includes('NO-CARRIER')));
  }
  for (const [name, state] of states) if (state === undefined) states.set(name, sysState(name));
  return states;
}

function sysState(name: string): CardFact['state'] {
  const folder = `/sys/class/net/${name}`;
  const [flags] = linesOf(`${folder}/flags`);
  if (flags === undefined) return undefined;
  return stateOf((Number(flags) & 1) !== 0, linesOf(`${folder}/carrier`)[0] !== '0');
}

function stateOf(on: boolean, carrier: boolean): CardFact['state'] {
  if (!on) return 'off';
  return carrier ? 'on' : 'no carrier';
}

export function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n');
  } catch {
    return [];
  }
}

/** What a tool prints; nothing where it is missing, fails or takes long. */
export function tool(name: string, words: readonly string[]): Promise<string> {
  const env = { ...process.env, PATH: programPath(), LC_ALL: 'C' };
  return new Promise((resolve) => {
    execFile(name, [...words], { timeout: TOOL_MS_MAX, env }, (error, stdout) => resolve(error === null ? stdout : ''));
  });
}

/** The kernel writes addresses in the machine's own order of bytes. */
function wordOf(hexadecimal: string): number {
  const bytes = hexadecimal.match(/../g) ?? [];
  return bytes.reduceRight((word, byte) => ((word << 8) | Number.parseInt(byte, 16)) >>> 0, 0);
}

function dotted(word: number): string {
  return [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join('.');
}
