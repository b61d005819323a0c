/** What a row of the matrix of network situations is made of. */
import { allMeet } from '../../crowd.ts';
import type { ChatProcess } from '../../process.ts';
import { Stage } from '../../stage.ts';
import type { Bridge } from '../bridge.ts';
import type { Host } from '../host.ts';
import { Island } from '../island.ts';
import { linesOf } from '../trials.ts';

/** What `doctor` may say. */
type Verdict =
  | 'healthy'
  | 'alone'
  | 'no-network'
  | 'multicast-not-leaving'
  | 'multicast-not-returning'
  | 'multicast-blocked'
  | 'inbound-blocked'
  | 'not-dialable'
  | 'port-taken'
  | 'foreign-program'
  | 'wrong-interface'
  | 'isolation'
  | 'two-networks'
  | 'other-version';

/** How soon all who can are to see each other: in the middle of several runs, and in each. */
export interface Within {
  readonly medianMs: number;
  readonly maxMs: number;
}

export interface Situation {
  readonly name: string;
  /** What it takes beside namespaces. */
  readonly needs?: 'firewall' | 'rate';
  readonly discovery: Within | 'never';
  /** Any of these is right. */
  readonly verdicts: readonly Verdict[];
  readonly build: (ground: Ground) => Promise<Scene>;
}

/** Somebody who chats. */
export interface Player {
  readonly name: string;
  readonly host: Host;
  /** Words for the chat, and for its doctor unless that has its own. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly home: string;
}

export interface Scene {
  /** All of them start together. The doctor is asked where the first one is, with the profile of that one. */
  readonly players: readonly Player[];
  readonly doctorArgs?: readonly string[];
  /** Who is to see whom, by name; everybody without it. */
  readonly pairs?: readonly (readonly [string, string])[];
  /** Happens when all are up, whose chats stand in the order of the players. The time counts from its end. */
  readonly change?: (chats: readonly ChatProcess[]) => Promise<void>;
  /** The change comes when all have met; what is measured is how soon each reads what the others say after it. */
  readonly afterMeeting?: true;
}

/** A fresh island and the folders of those who play on it. */
export class Ground {
  readonly island: Island;
  readonly stage = new Stage();

  private constructor(island: Island) {
    this.island = island;
  }

  static async open(): Promise<Ground> {
    return new Ground(await Island.open());
  }

  player(name: string, host: Host, more: Pick<Player, 'args' | 'env'> = {}): Player {
    return { name, host, home: this.stage.home(), ...more };
  }

  /** A player on a host of the same name. */
  async settle(
    name: string,
    bridge: Bridge,
    address: string | readonly string[],
    more?: Pick<Player, 'args' | 'env'>,
  ): Promise<Player> {
    const host = await this.island.host(name);
    await host.connect(bridge, address);
    return this.player(name, host, more);
  }

  /** Alice and Bob on one bridge. */
  async pair(): Promise<[Player, Player]> {
    const bridge = await this.island.bridge('lan');
    return [await this.settle('alice', bridge, '10.77.0.1/24'), await this.settle('bob', bridge, '10.77.0.2/24')];
  }

  /** Players on one bridge, at 10.77.0.1/24 and so on. */
  async lan(...names: readonly string[]): Promise<Player[]> {
    const bridge = await this.island.bridge('lan');
    const players: Player[] = [];
    for (const name of names) players.push(await this.settle(name, bridge, `10.77.0.${players.length + 1}/24`));
    return players;
  }

  /** Something else that runs on a host. Resolves once it has printed a line. */
  async run(host: Host, argv: readonly string[]): Promise<void> {
    const child = host.run([process.execPath, ...argv]);
    const { value } = await linesOf(child).next();
    if (value === undefined) throw new Error(`${argv.join(' ')} on ${host.name} ended before it said anything`);
  }

  start({ name, host, home, args = [], env = {} }: Player): ChatProcess {
    return this.stage.start({ name, home, where: host, args, env });
  }

  /** Lets them meet once and leave again, so that they remember each other. */
  async rehearse(players: readonly Player[]): Promise<void> {
    const chats = players.map((player) => this.start(player));
    await allMeet(chats);
    await Promise.all(chats.map((chat) => chat.stop()));
  }

  async close(): Promise<void> {
    await this.stage.close();
    await this.island.close();
  }
}

/** Nothing that is said to all arrives, over either family; what is said to one does. Needs no firewall. */
export async function silenceGroups(hosts: readonly Host[]): Promise<void> {
  for (const host of hosts) {
    await host.cable().setMulticast(false);
    await host.cable().setBroadcast(false);
    for (const other of hosts) if (other !== host) await host.remember(other);
  }
}

/** Nothing but announces and answers: the time in which people do not notice a delay, on a machine that is busy. */
export const AT_ONCE: Within = { medianMs: 150, maxMs: 1_000 };
export const SOON: Within = { medianMs: 1_500, maxMs: 3_000 };
export const BY_ANOTHER_WAY: Within = { medianMs: 3_000, maxMs: 4_500 };
