/** Runs of the simulator that stand for what happens to real groups; `sim.test.ts` and `npm run sim` play them. */
import { Checker, expectThat } from './checker.ts';
import type { SimHost } from './sim-host.ts';
import { QUIET_LAN, World } from './world.ts';

export interface Outcome {
  readonly seed: number;
  readonly traceHash: string;
  /** Simulated time from the last start until everyone saw everyone. */
  readonly allSeenMs: number;
  /** Simulated time from the last message until everyone held everything. */
  readonly convergedMs: number;
  readonly messages: number;
  readonly steps: number;
}

export interface Scenario {
  readonly peers: number;
  readonly messagesEach: number;
  readonly datagramLoss: number;
  /** How many hosts crash in the middle of the talk and start again a second later. */
  readonly crashes: number;
  /** How long the network is cut in two halves in the middle of the talk. */
  readonly partitionMs: number;
}

export const FIFTY: Scenario = { peers: 50, messagesEach: 20, datagramLoss: 0.05, crashes: 0, partitionMs: 0 };
export const ROUGH: Scenario = { peers: 20, messagesEach: 20, datagramLoss: 0.2, crashes: 5, partitionMs: 20_000 };

const TALK_MS = 10_000;
const PATIENCE_MS = 60_000;

export function play(scenario: Scenario, seed: number): Outcome {
  const checker = new Checker();
  const network = { ...QUIET_LAN, datagramLoss: scenario.datagramLoss, datagramsTwice: 0.01 };
  const world = new World({ seed, ...network }, checker);
  const hosts = Array.from({ length: scenario.peers }, (_, number) => world.addHost(`peer${number}`));
  for (const host of hosts) world.later(world.random.below(500), () => host.start());
  const lastStart = 500;
  const allSeen = () => hosts.every((host) => host.alive && seen(host) === hosts.length);
  world.run(lastStart + PATIENCE_MS, allSeen);
  expectThat(allSeen(), 'everyone sees everyone');
  const allSeenMs = world.at - lastStart;

  const talkFrom = world.at;
  talk(world, hosts, scenario.messagesEach);
  if (scenario.crashes > 0) crashSome(world, hosts, scenario.crashes);
  if (scenario.partitionMs > 0) split(world, hosts, scenario.partitionMs);
  world.run(talkFrom + TALK_MS + scenario.partitionMs);
  const saidAt = world.at;
  /** Who crashes may lose what it had not yet stored, and says nothing for a while. */
  const goal = scenario.messagesEach * (scenario.peers - scenario.crashes);
  const held = () => new Set(hosts.map((host) => host.storedTimeline().length));
  let checkAt = world.at;
  const converged = () => {
    if (world.at < checkAt) return false;
    checkAt = world.at + 100;
    const [count = 0, ...others] = held();
    return allSeen() && others.length === 0 && count >= goal;
  };
  world.run(saidAt + PATIENCE_MS, converged);
  checker.converged(hosts);
  expectThat(allSeen(), 'everyone sees everyone at the end');
  const messages = hosts[0]?.storedTimeline().length ?? 0;
  expectThat(messages >= goal, 'what was said is there');
  const convergedMs = world.at - saidAt;
  return { seed, traceHash: world.traceHash(), allSeenMs, convergedMs, messages, steps: world.steps };
}

function seen(host: SimHost): number {
  return host.machine.snapshot().people.length;
}

function talk(world: World, hosts: readonly SimHost[], messagesEach: number): void {
  for (const host of hosts) {
    for (let count = 1; count <= messagesEach; count += 1) {
      world.later(world.random.below(TALK_MS), () => {
        if (host.alive) host.say(`${host.name} says ${count}`);
      });
    }
  }
}

function crashSome(world: World, hosts: readonly SimHost[], crashes: number): void {
  for (let count = 0; count < crashes; count += 1) {
    const host = hosts[world.random.below(hosts.length)];
    world.later(world.random.below(TALK_MS / 2), () => {
      if (host === undefined || !host.alive) return;
      host.crash();
      world.later(1_000, () => host.start());
    });
  }
}

function split(world: World, hosts: readonly SimHost[], partitionMs: number): void {
  const middle = hosts.length >> 1;
  world.later(TALK_MS / 4, () => world.partition(hosts.slice(0, middle), hosts.slice(middle)));
  world.later(TALK_MS / 4 + partitionMs, () => world.heal());
}
