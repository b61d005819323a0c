/** Peers on an island, what is done to them by chance, and how they bear it. */
import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../../pkg/base/random.ts';
import { memoryOf } from '../bench/figures.ts';
import { median } from '../bench/told.ts';
import { Island } from '../lan/island.ts';
import { Stage } from '../stage.ts';
import { allStoreTheSame } from '../stored.ts';
import { Judge } from './judge.ts';
import { SETTLED_MS, SoakPeer, type Trouble } from './peer.ts';

/** These are never started anew: what they hold at the end has grown all along, if it grows. */
const ELDERS = 3;
/** Stalls and short cuts come one after the other, so that no pair suffers two at once; others may be away meanwhile. */
const SOFT_REST_MS = 3_000;
const AWAY_MAX = 3;
const HARD_EVERY_MS = 4_000;
const SPEAK_EVERY_MS = 1_000;
const LOOK_EVERY_MS = 3_000;
/** So long things happen between two times of quiet, but for short soaks. */
const STORM_MS = 180_000;
/** All start at once, on the processors of one machine. */
const FIRST_MS_MAX = 30_000;
const CONVERGED_MS_MAX = 60_000;
/** What the elders may take more in the last third than in the first. */
const HANDLES_GROWTH_MAX = 5;
const MEMORY_GROWTH_MB_MAX = 15;

interface Sample {
  readonly handles: number;
  readonly pssMB: number;
}

export class Soak {
  readonly #island: Island;
  readonly #stage: Stage;
  readonly #peers: readonly SoakPeer[];
  readonly #judge: Judge;
  readonly #random: Random;
  readonly #suffered = new Map<Trouble, number>();
  readonly #samples: Sample[] = [];
  readonly #convergedMs: number[] = [];
  /** Texts that their authors have printed: they were stored then. */
  readonly #said: string[] = [];
  #spoken = 0;

  private constructor(island: Island, stage: Stage, peers: readonly SoakPeer[], seed: number) {
    this.#island = island;
    this.#stage = stage;
    this.#peers = peers;
    this.#judge = new Judge(peers);
    this.#random = new Random(seed);
  }

  static async open(count: number, seed: number): Promise<Soak> {
    const island = await Island.open();
    const stage = new Stage();
    const hosts = await island.lan(count);
    const peers = await Promise.all(
      hosts.map(async (host, place) => {
        const addresses = [host.address, await host.cable().ipv6()];
        return new SoakPeer(`p${place}`, { host, addresses }, stage);
      }),
    );
    return new Soak(island, stage, peers, seed);
  }

  get violations(): readonly string[] {
    return this.#judge.violations;
  }

  async run(spanMs: number): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.start()));
    const over = new AbortController();
    const looking = Promise.all(this.#peers.map((peer) => this.#keepLooking(peer, over.signal)));
    await this.#calm(FIRST_MS_MAX);
    const endsAt = performance.now() + spanMs;
    const stormMs = Math.min(STORM_MS, Math.max(20_000, spanMs / 6));
    while (performance.now() < endsAt) {
      await this.#storm(Math.min(performance.now() + stormMs, endsAt));
      await this.#calm();
      this.#progress(endsAt);
    }
    over.abort();
    await looking;
    await this.#compareStores();
    this.#compareThirds();
  }

  summary(): Record<string, string | number> {
    const { violations, looks, cutShort } = this.#judge;
    return {
      ...Object.fromEntries(this.#suffered),
      messages: this.#said.length,
      'lists looked at': looks,
      'times of quiet': this.#convergedMs.length,
      'everybody seen after, median s': (median(this.#convergedMs) / 1_000).toFixed(1),
      'everybody seen after, max s': (Math.max(...this.#convergedMs) / 1_000).toFixed(1),
      'handles of elders, first and last third': this.#thirds(({ handles }) => handles).join(' '),
      'PSS MB of elders, first and last third': this.#thirds(({ pssMB }) => pssMB)
        .map((mb) => mb.toFixed(1))
        .join(' '),
      'links silent around short cuts': cutShort,
      violations: violations.length,
    };
  }

  logs(): { readonly name: string; readonly text: string }[] {
    const troubles = this.#peers.flatMap(({ story }) => story).toSorted();
    const lives = this.#peers.flatMap((peer) =>
      peer.lives.map((chat, life) => ({
        name: `${peer.name}-${life + 1}`,
        text: [...chat.stdout, ...chat.stderr]
          .toSorted((one, other) => one.at - other.at)
          .map(({ at, text }) => `${(at / 1_000).toFixed(3)} ${text}\n`)
          .join(''),
      })),
    );
    return [...lives, { name: 'troubles', text: `${troubles.join('\n')}\n` }];
  }

  async close(): Promise<void> {
    await this.#stage.close();
    await this.#island.close();
  }

  /** Things happen until then, and all of them are over when it resolves. */
  async #storm(untilAt: number): Promise<void> {
    const hard = this.#keepDoing(untilAt, HARD_EVERY_MS, () => {
      const away = this.#peers.filter(({ trouble }) => trouble !== undefined && !isSoft(trouble)).length;
      if (away >= AWAY_MAX) return;
      void this.#happen(this.#pick(['long cut', 'kill', 'goodbye'] as const), 500 + this.#random.below(14_500));
    });
    const soft = this.#keepDoing(untilAt, SOFT_REST_MS, async () => {
      await this.#happen(this.#pick(['stall', 'short cut'] as const), 100 + this.#random.below(2_800));
    });
    const speech = this.#keepDoing(untilAt, SPEAK_EVERY_MS, () => this.#speak());
    await Promise.all([hard, soft, speech]);
    while (this.#peers.some(({ trouble }) => trouble !== undefined)) await pause(50);
  }

  async #keepDoing(untilAt: number, everyMs: number, what: () => Promise<void> | void): Promise<void> {
    while (performance.now() < untilAt) {
      await what();
      await pause(this.#random.around(everyMs, 0.5));
    }
  }

  /** Does it to somebody to whom nothing has happened of late. */
  async #happen(trouble: Trouble, spanMs: number): Promise<void> {
    const now = performance.now();
    const free = this.#peers.filter(
      (peer, place) =>
        peer.trouble === undefined &&
        !peer.wasAway(now - SETTLED_MS, now) &&
        (place >= ELDERS || (trouble !== 'kill' && trouble !== 'goodbye')),
    );
    const peer = free[this.#random.below(free.length)];
    if (peer === undefined) return;
    this.#suffered.set(trouble, (this.#suffered.get(trouble) ?? 0) + 1);
    try {
      await peer.suffer(trouble, spanMs);
    } catch (error) {
      this.#judge.violation(`${peer.name} did not come back from a ${trouble}: ${error}`);
    }
  }

  /** Somebody says something. It counts once its author has printed it. */
  #speak(): void {
    const free = this.#peers.filter(({ trouble }) => trouble === undefined);
    const peer = free[this.#random.below(free.length)];
    if (peer === undefined) return;
    this.#spoken += 1;
    const text = `${peer.name} says ${this.#spoken}`;
    const { chat } = peer;
    chat.say(text);
    void chat.hears(text).then(
      () => this.#said.push(text),
      () => undefined,
    );
  }

  /** Nothing happens until everybody sees everybody, nor for as long as it takes to be looked at. */
  async #calm(settledMsMax = SETTLED_MS): Promise<void> {
    const sinceAt = performance.now();
    let lacking = '';
    do {
      await pause(250);
      const seen = await Promise.all(this.#peers.map((peer) => peer.sees()));
      const short = this.#peers.filter((_, place) => new Set(seen[place]).size < this.#peers.length);
      lacking = short.map(({ name }) => name).join(', ');
    } while (lacking !== '' && performance.now() - sinceAt < CONVERGED_MS_MAX);
    const tookMs = performance.now() - sinceAt;
    this.#convergedMs.push(tookMs);
    if (tookMs > settledMsMax) this.#judge.violation(`${tookMs.toFixed(0)} ms until all see all; lacking: ${lacking}`);
    await pause(SETTLED_MS);
    this.#judge.readLines();
    // Before the first storm nothing was said, and nobody has a thread for the history yet.
    if (this.#convergedMs.length === 1) return;
    for (const peer of this.#peers.slice(0, ELDERS)) {
      this.#samples.push({ handles: peer.handles(), pssMB: memoryOf(peer.chat.pid).pssMB });
    }
  }

  async #keepLooking(peer: SoakPeer, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (peer.trouble === undefined) await this.#judge.look(peer);
      } catch (error) {
        this.#judge.violation(`${peer.name} does not answer: ${error}`);
      }
      await pause(this.#random.around(LOOK_EVERY_MS, 0.3));
    }
  }

  async #compareStores(): Promise<void> {
    try {
      await allStoreTheSame(this.#peers, this.#said);
    } catch (error) {
      this.#judge.violation(`${error}`);
    }
    for (const { name, lives } of this.#peers) {
      for (const { heard } of lives) {
        const texts = heard.map(({ text }) => text);
        const twice = new Set(texts.filter((text, place) => texts.indexOf(text) !== place));
        if (twice.size > 0) this.#judge.violation(`${name} printed twice: ${[...twice].slice(0, 5).join(', ')}`);
      }
    }
  }

  #compareThirds(): void {
    const [handles = 0, handlesLast = 0] = this.#thirds((sample) => sample.handles);
    const [pss = 0, pssLast = 0] = this.#thirds(({ pssMB }) => pssMB);
    if (handlesLast > handles + HANDLES_GROWTH_MAX) this.#judge.violation(`handles grew: ${handles}, ${handlesLast}`);
    if (pssLast > pss + MEMORY_GROWTH_MB_MAX) this.#judge.violation(`memory grew: ${pss} MB, ${pssLast} MB`);
  }

  /** The median of the first third of the samples, and that of the last. */
  #thirds(of: (sample: Sample) => number): [number, number] {
    const values = this.#samples.map(of);
    const third = Math.max(1, Math.floor(values.length / 3));
    return [median(values.slice(0, third)), median(values.slice(-third))];
  }

  #pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.#random.below(items.length)] ?? items[0];
  }

  #progress(endsAt: number): void {
    const left = Math.max(0, (endsAt - performance.now()) / 1_000);
    const took = (this.#convergedMs.at(-1) ?? 0) / 1_000;
    console.log(
      `all see all after ${took.toFixed(1)} s; ${this.violations.length} violations; ${left.toFixed(0)} s left`,
    );
  }
}

function isSoft(trouble: Trouble): boolean {
  return trouble === 'stall' || trouble === 'short cut';
}
