/**
 * A network of peers in one process, replayable by seed: time is a number, the network a heap of things to come, and
 * every choice is drawn from one generator. It performs the same effects that the driver performs with sockets and disk.
 */
import { DIAL_HEAD_START_MS } from '../../pkg/base/limits.ts';
import { type DialId, linkId } from '../../pkg/base/link-id.ts';
import { Random } from '../../pkg/base/random.ts';
import type { HashedRun } from '../../pkg/feed/feed.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { Effect } from '../../pkg/peer/effect.ts';
import type { DialFailure, Input } from '../../pkg/peer/input.ts';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';
import { Agenda } from './agenda.ts';
import type { Checker } from './checker.ts';
import { Cuts } from './cuts.ts';
import type { Conditions } from './faults.ts';
import type { Pipe } from './pipe.ts';
import { SimHost } from './sim-host.ts';
import { SimLink } from './sim-link.ts';
import { Trace } from './trace.ts';

/** After so long a dial without an answer has failed. */
const DIAL_TIMEOUT_MS = 3_000;

type Happening =
  | { readonly type: 'input'; readonly host: SimHost; readonly life: number; readonly input: Input }
  | { readonly type: 'wake'; readonly host: SimHost; readonly life: number; readonly turn: number }
  | { readonly type: 'chunk'; readonly pipe: Pipe }
  | { readonly type: 'do'; readonly what: () => void };

const encoder = new TextEncoder();

export class World {
  readonly conditions: Conditions;
  readonly random: Random;
  readonly hosts: SimHost[] = [];
  readonly checker: Checker;
  readonly cuts = new Cuts();
  readonly trace = new Trace();
  readonly #agenda = new Agenda<Happening>();
  readonly #byAddress = new Map<string, SimHost>();
  /** What hosts have stored, by text: a few hundred disks hold one copy of it. */
  readonly #runs = new Map<string, HashedRun>();
  /** Pipes in which something waits behind a cut. */
  readonly #blocked = new Set<Pipe>();
  #linkCount = 0;
  #at = 0;

  constructor(seed: number, conditions: Conditions, checker: Checker) {
    this.conditions = conditions;
    this.random = new Random(seed);
    this.checker = checker;
  }

  get at(): number {
    return this.#at;
  }

  addHost(name: string): SimHost {
    return this.join(new SimHost(this, name, this.hosts.length));
  }

  /** Puts a host on the network. */
  join<Host extends SimHost>(host: Host): Host {
    this.hosts.push(host);
    this.#byAddress.set(host.address, host);
    host.clock.drift(1 + this.conditions.driftMax * (2 * this.random.fraction() - 1));
    return host;
  }

  run(until: number): void {
    while ((this.#agenda.nextAt ?? Number.POSITIVE_INFINITY) <= until) {
      const next = this.#agenda.take();
      if (next === undefined) break;
      this.#at = next.at;
      this.#happen(next.item);
    }
    this.#at = Math.max(this.#at, until);
  }

  /** Runs until `done` says so, asked every `everyMs`, but no longer than `withinMs`; whether it said so. */
  runUntil(done: () => boolean, withinMs: number, everyMs: number): boolean {
    const endAt = this.#at + withinMs;
    while (!done()) {
      if (this.#at >= endAt) return false;
      this.run(Math.min(endAt, this.#at + everyMs));
    }
    return true;
  }

  later(delayMs: number, what: () => void): void {
    this.#agenda.plan(this.#at + delayMs, { type: 'do', what });
  }

  /** Hands an input to a host after a while, unless it has died by then. */
  input(host: SimHost, delayMs: number, input: Input): void {
    this.#agenda.plan(this.#at + delayMs, { type: 'input', host, life: host.life, input });
  }

  wake(host: SimHost, at: number, turn: number): void {
    this.#agenda.plan(Math.max(this.#at, at), { type: 'wake', host, life: host.life, turn });
  }

  chunk(pipe: Pipe, at: number): void {
    this.#agenda.plan(at, { type: 'chunk', pipe });
  }

  delay(): number {
    const { delayMsMin, delayMsMax } = this.conditions;
    return delayMsMin + (delayMsMax - delayMsMin) * this.random.fraction();
  }

  datagram(from: SimHost, to: Endpoint | 'group', text: string): void {
    const bytes = encoder.encode(text);
    if (to !== 'group') {
      const host = this.#byAddress.get(to.address);
      if (host !== undefined) this.#deliver(from, host, bytes);
      return;
    }
    for (const host of this.hosts) {
      if (host !== from) this.#deliver(from, host, bytes);
    }
  }

  /** A race to one of some endpoints, each of which begins a head start after the one before, or when that has failed. */
  dial(from: SimHost, { dial, peer, to }: Extract<Effect, { readonly type: 'dial' }>): void {
    const { life } = from;
    const failures: DialFailure[] = [];
    let begun = 0;
    let won = false;
    const next = (): void => {
      const at = to[begun];
      if (at === undefined || won || from.life !== life || !from.alive) return;
      begun += 1;
      const place = begun;
      this.later(this.delay(), () => this.#attempt(from, at, peer, opened, (why) => failed({ at, why }, place)));
      this.later(DIAL_HEAD_START_MS, () => begun === place && next());
    };
    const opened = (target: SimHost, at: Endpoint): void => {
      if (won || from.life !== life || !from.alive) return;
      won = true;
      this.#open(from, target, at, dial);
    };
    const failed = (failure: DialFailure, place: number): void => {
      failures.push(failure);
      if (failures.length === to.length && !won) this.input(from, 0, { type: 'dial-failed', dial, failures });
      else if (begun === place) next();
    };
    next();
  }

  /** Cuts both ways between two groups of hosts; links across it die as TCP does, unnoticed until something is due. */
  partition(left: readonly SimHost[], right: readonly SimHost[]): void {
    this.cuts.add(left, right);
    this.cuts.add(right, left);
  }

  heal(): void {
    this.cuts.clear();
    this.resume();
  }

  /** Some cut was lifted: what waited behind it goes on. */
  resume(): void {
    const blocked = [...this.#blocked];
    this.#blocked.clear();
    for (const pipe of blocked) pipe.resume(this.random.fraction() * this.conditions.retransmitMsMax);
  }

  /** The run as another host has stored it already. */
  shared(hashed: HashedRun): HashedRun {
    const known = this.#runs.get(hashed.run.text);
    if (known === undefined) this.#runs.set(hashed.run.text, hashed);
    return known ?? hashed;
  }

  blocked(pipe: Pipe): void {
    this.#blocked.add(pipe);
  }

  #deliver(from: SimHost, host: SimHost, bytes: Uint8Array): void {
    if (!host.alive || this.cuts.between(from, host)) return;
    const { datagramLoss, datagramsTwice, datagramsLate, lateMsMax } = this.conditions;
    const copies = this.random.fraction() < datagramsTwice ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.random.fraction() < datagramLoss) continue;
      const lateMs = this.random.fraction() < datagramsLate ? this.random.fraction() * lateMsMax : 0;
      const endpoint = { address: from.address, port: 40_000 };
      this.input(host, this.delay() + lateMs, { type: 'datagram', from: endpoint, bytes });
    }
  }

  #attempt(
    from: SimHost,
    at: Endpoint,
    peer: PeerId | undefined,
    opened: (target: SimHost, at: Endpoint) => void,
    failed: (why: string) => void,
  ): void {
    const target = this.#byAddress.get(at.address);
    const fail = (delayMs: number, why: string) => this.later(delayMs, () => failed(why));
    const reachable = target !== undefined && !this.cuts.between(from, target) && !this.cuts.between(target, from);
    if (!reachable || target.off || target.shut || (target.alive && target.stalled))
      return fail(DIAL_TIMEOUT_MS, 'timeout');
    if (!target.alive) return fail(this.delay(), 'ECONNREFUSED');
    if (target === from) return fail(this.delay(), 'self');
    if (peer !== undefined && target.peer !== peer) return fail(this.delay(), 'wrong-key');
    opened(target, at);
  }

  #open(from: SimHost, target: SimHost, to: Endpoint, dial: DialId): void {
    this.#linkCount += 1;
    const id = linkId(this.#linkCount);
    const link = new SimLink(this, id, from, target);
    const [targetDelay, fromDelay] = [this.delay(), this.delay()];
    link.pipeTo(target).open(this.#at + targetDelay);
    link.pipeTo(from).open(this.#at + fromDelay);
    const fromEnd = { address: from.address, port: 50_000 + (this.#linkCount % 10_000) };
    const [there, here] = [target.peer, from.peer];
    this.input(target, targetDelay, { type: 'link-opened', link: id, peer: here, from: fromEnd, dial: undefined });
    this.input(from, fromDelay, { type: 'link-opened', link: id, peer: there, from: to, dial });
  }

  #happen(item: Happening): void {
    switch (item.type) {
      case 'input':
        if (item.host.life === item.life) item.host.take(item.input);
        return;
      case 'wake':
        if (item.host.life === item.life) item.host.wakeIfDue(item.turn);
        return;
      case 'chunk':
        return item.pipe.deliver();
      case 'do':
        return item.what();
    }
  }
}
