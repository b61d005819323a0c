/** Runs of the simulator that stand for what happens to real groups: met, talked, gone through the weather, agreed. */
import { BEAT_INTERVAL_MS, LINKS_MAX_DEFAULT } from '../../pkg/base/limits.ts';
import { entriesAmong, expectAgreement, honestEntries } from './agreement.ts';
import { Checker, expectThat } from './checker.ts';
import { type Faults, NO_FAULTS } from './faults.ts';
import { Gossip } from './gossip.ts';
import { Prankster } from './prankster.ts';
import { expectQuiet } from './quiet.ts';
import type { SimHost } from './sim-host.ts';
import { Weather } from './weather.ts';
import { World } from './world.ts';

export interface Outcome {
  readonly seed: number;
  readonly traceHash: string;
  /** Simulated time from the last start until everyone saw everyone; 0 where the talk did not wait for it. */
  readonly allSeenMs: number;
  /** Simulated time from the end of talk and weather until everyone held everything and saw everyone. */
  readonly convergedMs: number;
  readonly messages: number;
  readonly steps: number;
  /** Copies of an entry that a receiver got on average, in all and after the weather was over; per link at most. */
  readonly copies: number;
  readonly copiesAfter: number;
  readonly copiesPerLinkMax: number;
}

export interface Scenario {
  readonly peers: number;
  readonly messagesEach: number;
  /** Of one message, drawn evenly from 1 on. */
  readonly messageCharsMax: number;
  /** For so long everybody talks, and the weather lasts. */
  readonly talkMs: number;
  /** Whether the talk waits until everyone has met. */
  readonly meetFirst: boolean;
  readonly faults: Faults;
  /** After so long without agreement the scenario has failed. */
  readonly patienceMs: number;
  /** How long the network is watched to be quiet in the end. */
  readonly quietMs: number;
}

export const PLAIN: Scenario = {
  peers: 10,
  messagesEach: 10,
  messageCharsMax: 40,
  talkMs: 10_000,
  meetFirst: true,
  faults: NO_FAULTS,
  patienceMs: 60_000,
  quietMs: 0,
};

const START_MS = 500;

/** A scenario under way. */
class Play {
  readonly #scenario: Scenario;
  readonly #checker = new Checker();
  readonly #world: World;
  readonly #hosts: readonly SimHost[];
  /** How often the state of all is looked at: more rarely where that costs more. */
  readonly #lookMs: number;

  constructor(scenario: Scenario, seed: number) {
    this.#scenario = scenario;
    const { faults } = scenario;
    const conditions = faults.deaf ? { ...faults, datagramLoss: 1 } : faults;
    this.#world = new World(seed, conditions, this.#checker);
    this.#hosts = Array.from({ length: scenario.peers }, (_, number) => this.#world.addHost(`peer${number}`));
    this.#lookMs = Math.max(20, 5 * scenario.peers);
    this.#lay(scenario.faults);
  }

  /** The first host can always be dialled, so that there is a way from everybody to everybody. */
  #lay({ walled, deaf }: Faults): void {
    const [first, ...others] = this.#hosts;
    for (const host of others.slice(0, walled)) host.shut = true;
    if (!deaf || first === undefined) return;
    const targets = [{ address: first.address, port: 8080 }];
    for (const host of others) host.asks = { ...host.asks, targets };
  }

  run(seed: number): Outcome {
    const { meetFirst, talkMs, faults, quietMs } = this.#scenario;
    const world = this.#world;
    for (const host of this.#hosts) world.later(world.random.fraction() * START_MS, () => host.start());
    world.run(START_MS);
    const allSeenMs = meetFirst ? this.#until('everyone sees everyone', () => this.#allSeen()) : 0;
    new Gossip(world, this.#hosts, this.#scenario).talk();
    Weather.unleash(world, this.#hosts, faults, talkMs);
    for (let count = 1; count <= faults.liars; count += 1) {
      new Prankster(world, `liar${count}`, this.#hosts).lie(faults.lies, talkMs);
    }
    this.#watch(talkMs);
    const { tally } = this.#checker;
    const copiesBefore = tally.copiesMean;
    tally.reset();
    const convergedMs = this.#until('everyone holds everything and sees everyone', () => this.#agreed());
    expectAgreement(this.#hosts, this.#checker.liars);
    const copiesAfter = tally.copiesMean;
    // Two histories of one author are told of to each other for ever.
    if (quietMs > 0 && faults.liars === 0) this.#quiet(quietMs);
    return {
      seed,
      traceHash: world.trace.digest(),
      allSeenMs,
      convergedMs,
      messages: this.#checker.keptEntries,
      steps: world.trace.steps,
      copies: copiesBefore,
      copiesAfter,
      copiesPerLinkMax: tally.perLinkMax,
    };
  }

  /** one-link: between two hosts there is one, and both have the same. */
  #expectOneLink(): void {
    for (const host of this.#living()) {
      const ends = [...host.links.values()].map((pipe) => pipe.link.other(host));
      expectThat(new Set(ends).size === ends.length, `${host.name} has two links with one`);
      for (const [id] of host.links)
        expectThat(
          ends.some((end) => end.links.has(id)),
          `${host.name} has half a link`,
        );
    }
  }

  /** Lets time pass, and looks now and then whether those who hold the same show the same. */
  #watch(ms: number): void {
    const { liars } = this.#checker;
    const endAt = this.#world.at + ms;
    const lookMs = this.#scenario.peers > 50 ? ms : 1_000;
    while (this.#world.at < endAt) {
      this.#world.run(Math.min(endAt, this.#world.at + lookMs));
      if (this.#scenario.peers <= 50) expectAgreement(this.#hosts, liars);
    }
  }

  #until(what: string, holds: () => boolean): number {
    const startedAt = this.#world.at;
    const { patienceMs } = this.#scenario;
    expectThat(
      this.#world.runUntil(holds, patienceMs, this.#lookMs),
      `${what} within ${patienceMs} ms: ${this.#rest()}`,
    );
    return this.#world.at - startedAt;
  }

  #agreed(): boolean {
    const { keptEntries, liars } = this.#checker;
    const living = this.#living();
    const goal = living.length === this.#hosts.length ? keptEntries : entriesAmong(living, liars);
    const hold = (host: SimHost) => host.alive && !host.stalled && honestEntries(host, liars) === goal;
    const settled = (host: SimHost) => this.#checker.unsettled(host) === 0 && host.disk.heldCount === 0;
    return living.every(hold) && living.every(settled) && this.#allSeen();
  }

  /** Everyone sees everyone who is honest; where there are more than one can hold links to, a good part of them. */
  #allSeen(): boolean {
    const living = this.#living();
    const { length } = living;
    const enough = (seen: number) => (length <= LINKS_MAX_DEFAULT ? seen === length : seen >= LINKS_MAX_DEFAULT / 8);
    return living.every((host) => host.alive && enough(this.#seenBy(host)));
  }

  /** All but those who never come back. */
  #living(): readonly SimHost[] {
    return this.#hosts.filter(({ gone }) => !gone);
  }

  #seenBy(host: SimHost): number {
    const { liars } = this.#checker;
    const { people } = host.machine.snapshot();
    return liars.size === 0 ? people.length : people.filter(({ peer }) => !liars.has(peer)).length;
  }

  #quiet(ms: number): void {
    const { walled } = this.#scenario.faults;
    // Whoever cannot be linked with everybody asks one neighbour after the other whom it is missing.
    this.#world.run(this.#world.at + (5 + 2 * walled * this.#hosts.length) * BEAT_INTERVAL_MS);
    this.#expectOneLink();
    expectQuiet(this.#world, this.#living(), ms);
  }

  /** Who is not there yet, for a failure's text. */
  #rest(): string {
    const { keptEntries, liars } = this.#checker;
    const rows = this.#hosts.map((host) => {
      if (!host.alive) return `${host.name} is down`;
      const unsettled = this.#checker.unsettled(host);
      const holds = `holds ${honestEntries(host, liars)} of ${keptEntries}`;
      return `${host.name} ${holds}, has ${unsettled} unsettled and sees ${this.#seenBy(host)}`;
    });
    return rows.slice(0, 20).join('; ');
  }
}

export function play(scenario: Scenario, seed: number): Outcome {
  return new Play(scenario, seed).run(seed);
}
