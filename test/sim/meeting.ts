import { LineSplitter } from '../../pkg/wire/lines.ts';
import { decodeMessage } from '../../pkg/wire/message.ts';
import { expectAgreement } from './agreement.ts';
import { Checker, expectThat } from './checker.ts';
import { type Conditions, QUIET_LAN } from './faults.ts';
import type { SimHost } from './sim-host.ts';
import { World } from './world.ts';

/** A few hosts on a quiet network who have all met, for scenarios that tell one story each. */
export class Meeting {
  readonly world: World;
  readonly checker = new Checker();
  readonly hosts: readonly SimHost[];

  constructor(seed: number, names: readonly string[], conditions: Partial<Conditions> = {}) {
    this.world = new World(seed, { ...QUIET_LAN, ...conditions }, this.checker);
    this.hosts = names.map((name) => this.world.addHost(name));
    for (const host of this.hosts) host.start();
    this.runUntil('everyone has met', 5_000, () => this.allSeen());
  }

  host(place: number): SimHost {
    const host = this.hosts[place];
    if (host === undefined) throw new Error('no such host');
    return host;
  }

  allSeen(): boolean {
    return this.hosts.every((host) => host.alive && host.machine.snapshot().people.length >= this.hosts.length);
  }

  /** Whether all who are alive hold `messages` messages, the same ones. */
  allHold(messages: number): boolean {
    const alive = this.hosts.filter((host) => host.alive);
    if (alive.some((host) => host.disk.entries !== messages)) return false;
    expectAgreement(alive, this.checker.liars);
    return true;
  }

  /** Lets simulated time pass until something holds; how long that took, in milliseconds. */
  runUntil(what: string, withinMs: number, holds: () => boolean): number {
    const startedAt = this.world.at;
    while (!holds()) {
      expectThat(this.world.at - startedAt < withinMs, `${what} within ${withinMs} ms`);
      this.world.run(this.world.at + 10);
    }
    return this.world.at - startedAt;
  }
}

/** Counts the lines that come to a host from now on, by type. */
export function tap(host: SimHost): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (type: string) => counts.set(type, (counts.get(type) ?? 0) + 1);
  const splitters = new Map<number, LineSplitter>();
  const take = host.take.bind(host);
  host.take = (input) => {
    if (input.type === 'bytes') {
      const splitter = splitters.get(input.link) ?? new LineSplitter();
      splitters.set(input.link, splitter);
      for (const line of splitter.push(input.bytes).lines) count(decodeMessage(line).type);
    }
    if (input.type === 'datagram') count('datagram');
    take(input);
  };
  return counts;
}

/**
 * Hears every line that comes to a host from now on, until the function returned is called; but for the first on each
 * link, which may have begun before.
 */
export function listen(host: SimHost, heard: (line: string) => void): () => void {
  const splitters = new Map<number, LineSplitter>();
  const begun = new Set<number>();
  const take = host.take;
  host.take = (input) => {
    if (input.type === 'bytes') {
      const splitter = splitters.get(input.link) ?? new LineSplitter();
      splitters.set(input.link, splitter);
      for (const line of splitter.push(input.bytes).lines) {
        if (begun.has(input.link)) heard(line);
        begun.add(input.link);
      }
    }
    take.call(host, input);
  };
  return () => {
    host.take = take;
  };
}
