/** The flags that say which network is meant, and where in it. */
import { isIPv4 } from 'node:net';
import { InvalidArgumentError, Option } from 'commander';
import {
  LINKS_MAX_DEFAULT,
  LINKS_MAX_LEAST,
  LINKS_MAX_MOST,
  LISTEN_PORT_DEFAULT,
  MULTICAST_GROUP_DEFAULT,
  MULTICAST_PORT_DEFAULT,
} from '../../pkg/base/limits.ts';
import { checkTarget } from '../../pkg/chat/target.ts';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';

export interface Group {
  readonly address: string;
  readonly port: number;
}

export const GROUP_DEFAULT: Group = { address: MULTICAST_GROUP_DEFAULT, port: MULTICAST_PORT_DEFAULT };

export function portOption(): Option {
  return new Option('-p, --port <port>', `accept links on this TCP port (${LISTEN_PORT_DEFAULT} or the next free one)`)
    .env('P2PCHAT_PORT')
    .argParser(parsePort);
}

export function multicastOption(): Option {
  return new Option('-m, --multicast <address:port>', 'where to find each other')
    .env('P2PCHAT_MULTICAST')
    .default(GROUP_DEFAULT)
    .argParser(parseGroup);
}

export function interfaceOption(): Option {
  return new Option('-i, --interface <name|address>', 'use this network card alone; may repeat (all of them)')
    .env('P2PCHAT_INTERFACE')
    .default([])
    .argParser(parseInterfaces);
}

export function linksOption(): Option {
  return new Option(
    '--links <count>',
    `hold at most so many links, ${LINKS_MAX_LEAST} to ${LINKS_MAX_MOST} (${LINKS_MAX_DEFAULT}); others are heard through them`,
  )
    .env('P2PCHAT_LINKS')
    .argParser(parseLinks);
}

/** `what` tells what is done with the host. */
export function connectOption(what: string): Option {
  return new Option('--connect <host[:port]>', what).env('P2PCHAT_CONNECT').default([]).argParser(parseTargets);
}

/** One host, or several parted by commas. */
function parseTargets(text: string, before: readonly Endpoint[]): readonly Endpoint[] {
  const targets = text.split(',').map((part) => {
    const check = checkTarget(part);
    if (check.type === 'wrong') throw new InvalidArgumentError(`That ${check.why}.`);
    return check.to;
  });
  return [...before, ...targets];
}

function parseLinks(text: string): number {
  const count = Number(text);
  if (/^\d{1,4}$/.test(text) && count >= LINKS_MAX_LEAST && count <= LINKS_MAX_MOST) return count;
  throw new InvalidArgumentError(`A number from ${LINKS_MAX_LEAST} to ${LINKS_MAX_MOST}.`);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 1 to 65535.');
}

function parseGroup(text: string): Group {
  const match = /^([^:]+)(?::(.+))?$/.exec(text);
  const address = match?.[1] ?? '';
  const first = Number(address.split('.')[0]);
  if (!isIPv4(address) || first < 224 || first > 239) {
    throw new InvalidArgumentError('A multicast address is 224.0.0.0 to 239.255.255.255, as in 239.1.2.3:9999.');
  }
  return { address, port: match?.[2] === undefined ? MULTICAST_PORT_DEFAULT : parsePort(match[2]) };
}

function parseInterfaces(text: string, before: readonly string[]): readonly string[] {
  const names = text.split(',').filter((name) => name !== '');
  if (names.length === 0) throw new InvalidArgumentError('Name a card or its address, as in eth0 or 127.0.0.1.');
  return [...before, ...names];
}
