import { LOAD_BYTES_MAX, TIMELINE_PAGE_RUNS } from '../../pkg/base/limits.ts';
import type { HashedRun } from '../../pkg/feed/feed.ts';
import { type FeedKey, feedName, type HeldMessage, type StoredHead } from '../../pkg/feed/feeds-out.ts';
import type { ForkProof } from '../../pkg/feed/forks.ts';
import type { Acquaintance } from '../../pkg/mesh/acquaintance.ts';
import type { Effect } from '../../pkg/peer/effect.ts';
import type { Input, StoredRun } from '../../pkg/peer/input.ts';
import type { Run } from '../../pkg/wire/entry.ts';
import type { SimHost } from './sim-host.ts';
import type { World } from './world.ts';

type Task = Extract<Effect, { readonly type: 'store' | 'load' | 'page' | 'search' | 'keep-fork' | 'hold' | 'let-go' }>;

type LetGo = Extract<Task, { readonly type: 'let-go' }>;

/**
 * A host's disk. As the real one it works in turns: what was asked for meanwhile is done at once, all writes in one
 * transaction. A crash keeps the transaction under way whole or not at all; what was reported stored is kept.
 */
export class SimDisk {
  readonly #world: World;
  readonly #host: SimHost;
  #feeds = new Map<string, HashedRun[]>();
  /** All runs in the order of storing. */
  #log: HashedRun[] = [];
  /** All runs by first clock, then author, the order of pages. */
  #pages: Run[] = [];
  #entries = 0;
  readonly #forks = new Map<string, ForkProof>();
  #held: readonly HeldMessage[] = [];
  /** What is to be let go of and could not be, as the disk was full: done with the next transaction. */
  #owed: readonly LetGo[] = [];
  #tasks: Task[] = [];
  #turning = false;
  /** Whom the mesh consisted of. */
  remembered: readonly Acquaintance[] = [];
  /** Nothing can be written. */
  full = false;
  /** What a turn takes at most; undefined for as long as all disks do. */
  turnMsMax: number | undefined;

  constructor(world: World, host: SimHost) {
    this.#world = world;
    this.#host = host;
  }

  /** Entries of all authors. */
  get entries(): number {
    return this.#entries;
  }

  /** Whether nothing waits to be written or read. */
  get idle(): boolean {
    return this.#tasks.length === 0;
  }

  /** The names of the feeds, and each one's last sequence. */
  *frontier(): IterableIterator<[string, number]> {
    for (const [name, runs] of this.#feeds) yield [name, runs.at(-1)?.run.last ?? 0];
  }

  head(feed: FeedKey): number {
    return this.#feeds.get(feedName(feed))?.at(-1)?.run.last ?? 0;
  }

  heads(): StoredHead[] {
    return [...this.#feeds.values()].flatMap((runs) => {
      const last = runs.at(-1);
      if (last === undefined) return [];
      const { room, author, last: sequence, clock } = last.run;
      const fork = this.#forks.get(feedName(last.run));
      const head = { room, author, sequence, clock, hash: last.hash };
      return [fork === undefined ? head : { ...head, fork }];
    });
  }

  /** What is held of what was said. */
  outbox(): readonly HeldMessage[] {
    return this.#held;
  }

  /** How much of it is to be said. */
  get heldCount(): number {
    return this.#held.filter((held) => !this.#owed.some((letGo) => releases(letGo, held))).length;
  }

  runs(): readonly HashedRun[] {
    return this.#log;
  }

  add(task: Task): void {
    this.#tasks.push(task);
    if (this.#turning) return;
    this.#turning = true;
    const { life } = this.#host;
    const turnMs = this.#world.random.fraction() * (this.turnMsMax ?? this.#world.conditions.diskMsMax);
    this.#world.later(turnMs, () => {
      if (this.#host.life === life) this.#work();
    });
  }

  /** The process dies: the transaction that would come next was made in time, or never. */
  crash(): void {
    if (!this.full && this.#world.random.fraction() < 0.5) this.#commit();
    this.#tasks = [];
    this.#owed = [];
    this.#turning = false;
  }

  /** The disk is as it was when it held only `runs` runs: an old backup, or an empty one. */
  restore(runs: number): void {
    const kept = this.#log.slice(0, runs);
    this.#feeds = new Map();
    this.#log = [];
    this.#pages = [];
    this.#entries = 0;
    this.#held = [];
    for (const hashed of kept) this.#append(hashed);
  }

  #work(): void {
    this.#turning = false;
    const tasks = this.#tasks;
    if (!this.full) this.#commit();
    else this.#owed = [...this.#owed, ...tasks.filter((task) => task.type === 'let-go')];
    this.#tasks = [];
    for (const task of tasks) {
      if (task.type === 'store') this.#host.take(this.#written(task));
    }
    for (const task of tasks) {
      const answer = this.#read(task);
      if (answer !== undefined) this.#host.take(answer);
    }
  }

  #read(task: Task): Input | undefined {
    switch (task.type) {
      case 'load':
        return { type: 'loaded', ticket: task.ticket, ...this.#load(task) };
      case 'page':
        return { type: 'paged', ticket: task.ticket, ...this.#page(task) };
      case 'search':
        return { type: 'found', ticket: task.ticket, hits: this.#search(task) };
      default:
        return undefined;
    }
  }

  #written({ ticket }: Extract<Task, { readonly type: 'store' }>): Input {
    if (!this.full) return { type: 'stored', ticket };
    return { type: 'store-failed', ticket, why: 'the disk is full' };
  }

  #commit(): void {
    for (const letGo of this.#owed) this.#letGo(letGo);
    this.#owed = [];
    for (const task of this.#tasks) {
      if (task.type === 'hold') this.#held = [...this.#held, task];
      if (task.type === 'let-go') this.#letGo(task);
      if (task.type === 'keep-fork') this.#forks.set(feedName(task), task.proof);
      if (task.type !== 'store') continue;
      for (const hashed of task.runs) {
        this.#world.checker.stored(this.#host, hashed.run, this.head(hashed.run));
        this.#append(this.#world.shared(hashed));
      }
      const [first] = task.runs;
      if (first?.run.author === this.#host.peer) this.#release(first.run, task.releases);
    }
  }

  /** An own run is stored, and what it says is held no longer. */
  #release(run: Run, upTo: number): void {
    const released = this.#held.filter((held) => releases({ room: run.room, upTo }, held));
    this.#held = this.#held.filter((held) => !released.includes(held));
    this.#world.checker.released(this.#host, run, { released, left: this.#held });
  }

  #letGo(letGo: LetGo): void {
    this.#held = this.#held.filter((held) => !releases(letGo, held));
  }

  #append(hashed: HashedRun): void {
    const { run } = hashed;
    const name = feedName(run);
    const runs = this.#feeds.get(name) ?? [];
    this.#feeds.set(name, runs);
    runs.push(hashed);
    this.#log.push(hashed);
    this.#entries += run.entries.length;
    let place = this.#pages.length;
    for (; place > 0; place -= 1) {
      const before = this.#pages[place - 1];
      if (before === undefined || byClock(before, run) <= 0) break;
    }
    this.#pages.splice(place, 0, run);
  }

  #load({ room, author, from, to }: Extract<Task, { readonly type: 'load' }>): Loaded {
    const all = this.#feeds.get(feedName({ room, author })) ?? [];
    const runs: StoredRun[] = [];
    let bytes = 0;
    for (let place = placeOf(all, from); place < all.length; place += 1) {
      const run = all[place]?.run;
      if (run === undefined || run.first > to) break;
      bytes += run.text.length;
      if (runs.length > 0 && bytes > LOAD_BYTES_MAX) return { runs, more: true };
      runs.push({ first: run.first, last: run.last, text: run.text });
    }
    return { runs, more: false };
  }

  /** Without an index: what holds the text as it stands, newest first. */
  #search({ room, text, limit }: Extract<Task, { readonly type: 'search' }>): { sequence: number; text: string }[] {
    const hits = this.#pages.flatMap((run) =>
      run.entries
        .filter((entry) => entry.room === room && entry.content.includes(text))
        .map(({ sequence }) => ({ sequence, text: run.text })),
    );
    return hits.slice(-limit).reverse();
  }

  #page({ room, before }: Extract<Task, { readonly type: 'page' }>): { runs: StoredRun[]; floor: number } {
    const below = this.#pages.filter((run) => run.room === room && run.firstClock < before);
    const floor =
      below.at(-TIMELINE_PAGE_RUNS - 1) === undefined ? 0 : (below.at(-TIMELINE_PAGE_RUNS)?.firstClock ?? 0);
    const runs = below.filter((run) => run.clock >= floor);
    return { runs: runs.map(({ first, last, text }) => ({ first, last, text })), floor };
  }
}

function releases({ room, upTo }: Pick<LetGo, 'room' | 'upTo'>, held: HeldMessage): boolean {
  return held.room === room && held.place <= upTo;
}

interface Loaded {
  readonly runs: readonly StoredRun[];
  readonly more: boolean;
}

function byClock(left: Run, right: Run): number {
  return left.firstClock - right.firstClock || (left.author < right.author ? -1 : 1);
}

/** The place of the first run that reaches `from`. */
function placeOf(runs: readonly HashedRun[], from: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runs[middle]?.run.last ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
