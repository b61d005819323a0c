/**
 * A ferry joins two networks that have no other way to each other, and takes its time: datagrams arrive later and out of
 * order, are lost or come twice, and what is said on links comes later. The hosts see nothing of it: on each side it bears
 * the addresses of the hosts on the other. It carries IPv4 alone, and accepts a connection at once, whatever the other
 * side will say to it. It needs nothing of the kernel but what an island needs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bridge } from './bridge.ts';
import type { Orders, Place } from './ferry-cargo.ts';
import type { Island } from './island.ts';
import { LanError } from './keeper.ts';
import { linesOf } from './trials.ts';

const HALF = fileURLToPath(new URL('./ferry-half.ts', import.meta.url));

export interface Crossing {
  /** The addresses of the hosts on each side, without prefix length. Both sides believe to be one network. */
  readonly sides: readonly [Shore, Shore];
  readonly prefixBits: number;
  /** Groups and broadcast addresses that are carried, with their ports. */
  readonly ears: readonly Place[];
  /** Ports of hosts that datagrams reach first, as no answer to one of theirs does. */
  readonly udpPorts?: readonly number[];
  /** Ports of hosts at which links are accepted. */
  readonly tcpPorts: readonly number[];
  /** What everything takes, in each direction. */
  readonly delayMs?: number;
  /** Up to so much more, drawn for each datagram: more than the pause between two, and they change places. */
  readonly jitterMs?: number;
  readonly lostPercent?: number;
  readonly doubledPercent?: number;
}

interface Shore {
  readonly bridge: Bridge;
  readonly hosts: readonly string[];
}

/** Resolves once it carries; it ends with the island. `name` is unique on the island and has at most 8 characters. */
export async function layFerry(island: Island, name: string, crossing: Crossing): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'p2pchat-ferry-'));
  const [near, far] = crossing.sides;
  try {
    const socket = join(folder, 'gangway');
    const first = await start(island, `${name}-a`, near.bridge, orders(crossing, far, { role: 'listen', socket }));
    await first.says('waiting');
    const second = await start(island, `${name}-b`, far.bridge, orders(crossing, near, { role: 'dial', socket }));
    await Promise.all([first.says('ready'), second.says('ready')]);
  } finally {
    // Both ends are open, or there is no ferry.
    rmSync(folder, { recursive: true, force: true });
  }

  async function start(where: Island, host: string, bridge: Bridge, told: Orders) {
    const half = await where.host(host);
    await half.setIPv6(false);
    await half.connect(
      bridge,
      told.bears.map((address) => `${address}/${crossing.prefixBits}`),
    );
    const child = half.run([process.execPath, HALF, JSON.stringify(told)]);
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    const lines = linesOf(child);
    const says = async (word: string): Promise<void> => {
      const { value } = await lines.next();
      if (value !== word)
        throw new LanError('command-failed', `the ferry ${host} said ${value}, not ${word}: ${complaint}`);
    };
    return { says };
  }
}

function orders(crossing: Crossing, other: Shore, at: Pick<Orders, 'role' | 'socket'>): Orders {
  const { ears, udpPorts = [], tcpPorts, delayMs = 0, jitterMs = 0, lostPercent = 0, doubledPercent = 0 } = crossing;
  return {
    ...at,
    bears: [...other.hosts],
    ears: [...ears],
    udpPorts: [...udpPorts],
    tcpPorts: [...tcpPorts],
    delayMs,
    jitterMs,
    lostPercent,
    doubledPercent,
  };
}
