/**
 * A network of peers in one process, replayable by seed: time is a number, the network a heap of things to come, and
 * every choice is drawn from one generator. It performs the same effects that the driver performs with sockets and disk.
 */
import { createHash } from 'node:crypto';
import { linkId } from '../../pkg/base/link-id.ts';
import { Random } from '../../pkg/base/random.ts';
import { instant, type Now, wallTime } from '../../pkg/base/units.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { Input } from '../../pkg/peer/input.ts';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';
import { Agenda } from './agenda.ts';
import type { Checker } from './checker.ts';
import { SimHost } from './sim-host.ts';
import { type Pipe, SimLink } from './sim-link.ts';

export interface WorldConfig {
  readonly seed: number;
  /** Share of datagrams that are lost, of those that come twice. */
  readonly datagramLoss: number;
  readonly datagramsTwice: number;
  /** One way, drawn evenly for each datagram and chunk. */
  readonly delayMsMin: number;
  readonly delayMsMax: number;
}

export const QUIET_LAN: Omit<WorldConfig, 'seed'> = {
  datagramLoss: 0,
  datagramsTwice: 0,
  delayMsMin: 0.1,
  delayMsMax: 2,
};

const STARTED_AT = Date.UTC(2026, 0, 1);

type Happening =
  | { readonly type: 'input'; readonly host: SimHost; readonly life: number; readonly input: Input }
  | { readonly type: 'wake'; readonly host: SimHost; readonly life: number; readonly turn: number }
  | { readonly type: 'chunk'; readonly pipe: Pipe }
  | { readonly type: 'do'; readonly what: () => void };

export class World {
  readonly config: WorldConfig;
  readonly random: Random;
  readonly hosts: SimHost[] = [];
  readonly checker: Checker;
  readonly #agenda = new Agenda<Happening>();
  readonly #trace = createHash('sha256');
  readonly #links = new Set<SimLink>();
  /** Pairs that cannot reach each other, `a b` by host number, one way each. */
  readonly #cut = new Set<string>();
  #linkCount = 0;
  #at = 0;
  #steps = 0;

  constructor(config: WorldConfig, checker: Checker) {
    this.config = config;
    this.random = new Random(config.seed);
    this.checker = checker;
  }

  get at(): number {
    return this.#at;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Of everything that happened so far; equal for equal seeds. */
  traceHash(): string {
    return this.#trace.copy().digest('hex');
  }

  now(host: SimHost): Now {
    return { at: instant(this.#at + host.clockOffsetMs), wall: wallTime(STARTED_AT + this.#at + host.clockOffsetMs) };
  }

  addHost(name: string): SimHost {
    const host = new SimHost(this, name, this.hosts.length);
    this.hosts.push(host);
    return host;
  }

  /** Runs until `until`, or until `done` says so, asked after each happening. */
  run(until: number, done: () => boolean = () => false): void {
    for (;;) {
      const next = this.#agenda.take();
      if (next === undefined) break;
      if (next.at > until) {
        this.#agenda.plan(next.at, next.item);
        break;
      }
      this.#at = next.at;
      this.#happen(next.item);
      if (done()) return;
    }
    this.#at = Math.max(this.#at, until);
  }

  later(delayMs: number, what: () => void): void {
    this.#agenda.plan(this.#at + delayMs, { type: 'do', what });
  }

  /** Hands an input to a host after a while, unless it has died by then. */
  input(host: SimHost, delayMs: number, input: Input): void {
    this.#agenda.plan(this.#at + delayMs, { type: 'input', host, life: host.life, input });
  }

  wake(host: SimHost, at: number, turn: number): void {
    this.#agenda.plan(Math.max(this.#at, at - host.clockOffsetMs), { type: 'wake', host, life: host.life, turn });
  }

  chunk(pipe: Pipe, at: number): void {
    this.#agenda.plan(at, { type: 'chunk', pipe });
  }

  delay(): number {
    const { delayMsMin, delayMsMax } = this.config;
    return delayMsMin + (delayMsMax - delayMsMin) * this.random.fraction();
  }

  note(text: string): void {
    this.#steps += 1;
    this.#trace.update(text);
  }

  datagram(from: SimHost, to: Endpoint | 'group', text: string): void {
    const bytes = new TextEncoder().encode(text);
    for (const host of this.hosts) {
      if (!host.alive || (to === 'group' ? host === from : host.address !== to.address)) continue;
      if (this.isCut(from, host)) continue;
      const copies = this.random.fraction() < this.config.datagramsTwice ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        if (this.random.fraction() < this.config.datagramLoss) continue;
        this.input(host, this.delay(), { type: 'datagram', from: { address: from.address, port: 40_000 }, bytes });
      }
    }
  }

  dial(from: SimHost, peer: PeerId, to: Endpoint): void {
    const target = this.hosts.find((host) => host.address === to.address);
    const fail = (delayMs: number, why: string) => this.input(from, delayMs, { type: 'dial-failed', peer, to, why });
    if (target === undefined || this.isCut(from, target) || this.isCut(target, from)) return fail(3_000, 'no answer');
    const { life } = from;
    this.later(this.delay(), () => {
      if (from.life !== life || !from.alive) return;
      if (!target.alive) return fail(this.delay(), 'refused');
      if (target.peer !== peer) return fail(this.delay(), 'wrong-key');
      this.#open(from, target, to);
    });
  }

  /** Cuts both ways between two groups of hosts; links across it die as TCP does, unnoticed until something is due. */
  partition(left: readonly SimHost[], right: readonly SimHost[]): void {
    for (const a of left) {
      for (const b of right) this.#cut.add(`${a.number} ${b.number}`).add(`${b.number} ${a.number}`);
    }
  }

  heal(): void {
    this.#cut.clear();
    for (const link of this.#links) link.resume();
  }

  /** The host's process is gone: its kernel resets its links, which whoever can be reached notices at once. */
  resetLinks(host: SimHost): void {
    for (const link of [...this.#links]) {
      if (link.a.host === host || link.b.host === host) link.abort(host);
    }
  }

  isCut(from: SimHost, to: SimHost): boolean {
    return this.#cut.has(`${from.number} ${to.number}`);
  }

  forget(link: SimLink): void {
    this.#links.delete(link);
  }

  #open(from: SimHost, target: SimHost, to: Endpoint): void {
    this.#linkCount += 1;
    const delay = this.delay();
    const link = new SimLink(this, linkId(this.#linkCount), this.#at + delay, from, target);
    this.#links.add(link);
    const fromEnd = { address: from.address, port: 50_000 + this.#linkCount };
    const common = { type: 'link-opened', link: link.id } as const;
    this.input(target, delay, { ...common, peer: from.peer, from: fromEnd, dialled: false });
    this.input(from, delay, { ...common, peer: target.peer, from: to, dialled: true });
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
