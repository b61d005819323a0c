import { LOAD_BYTES_MAX, TIMELINE_PAGE_RUNS } from '../../pkg/base/limits.ts';
import type { LinkId } from '../../pkg/base/link-id.ts';
import type { Command } from '../../pkg/chat/command.ts';
import type { HashedRun } from '../../pkg/feed/feed.ts';
import type { StoredHead } from '../../pkg/feed/feeds.ts';
import { checkNick, type Nick } from '../../pkg/identity/nick.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import { GENERAL, type RoomName } from '../../pkg/identity/room-name.ts';
import type { Effect } from '../../pkg/peer/effect.ts';
import type { Input, StoredRun, Ticket } from '../../pkg/peer/input.ts';
import { Peer } from '../../pkg/peer/peer.ts';
import { sealed } from '../../pkg/wire/entry.ts';
import type { InstanceId } from '../../pkg/wire/fields.ts';
import { parseRun } from '../../pkg/wire/run.ts';
import type { Pipe } from './sim-link.ts';
import { hashText, toyPeerId, toySign } from './toy-crypto.ts';
import type { World } from './world.ts';

const DISK_MS_MAX = 3;

/** A machine with a disk, on which a peer's process starts, dies and starts again. */
export class SimHost {
  readonly name: string;
  readonly number: number;
  readonly peer: PeerId;
  readonly address: string;
  readonly links = new Map<LinkId, Pipe>();
  /** Bytes of entries and of everything that came on links, for the promises about bandwidth. */
  bytesIn = 0;
  /** How far its clocks are from the world's. */
  clockOffsetMs = 0;
  alive = false;
  /** Counts the starts and deaths: what was meant for one life does not reach the next. */
  life = 0;
  readonly #world: World;
  /** What survives a crash, in the order of storing. */
  #disk: HashedRun[] = [];
  /** Written but not yet safe: a crash keeps any prefix of it. */
  #writing: { readonly runs: readonly HashedRun[] }[] = [];
  #machine: Peer | undefined;
  #wakeTurn = 0;
  #wakeAt: number | undefined;

  constructor(world: World, name: string, number: number) {
    this.#world = world;
    this.name = name;
    this.number = number;
    this.peer = toyPeerId(name);
    this.address = `10.0.${number >> 8}.${number & 255}`;
  }

  get machine(): Peer {
    if (this.#machine === undefined) throw new Error(`${this.name} is not running`);
    return this.#machine;
  }

  start(): void {
    this.life += 1;
    this.alive = true;
    this.#wakeAt = undefined;
    this.#world.checker.started(this);
    this.#machine = new Peer({
      me: this.peer,
      nick: nickOf(this.name),
      instance: `${this.life}`.padStart(16, '0') as InstanceId,
      port: 8080,
      group: '224.0.0.1:9999',
      software: 'simulator',
      heads: this.#heads(),
      startedAt: this.#world.now(this),
      seed: this.#world.random.below(0x7fff_ffff),
      tracing: false,
    });
    this.take({ type: 'network', interfaces: [{ name: 'eth0', address: this.address }] });
  }

  /** The process dies at once; what was being written is kept up to some point. */
  crash(): void {
    this.alive = false;
    this.life += 1;
    const kept = this.#world.random.below(this.#writing.length + 1);
    for (const { runs } of this.#writing.slice(0, kept)) this.#keep(runs);
    this.#writing = [];
    this.#world.resetLinks(this);
    this.links.clear();
  }

  /** The disk is as it was when it held only `runs` runs: an old backup, or an empty one. Only between two lives. */
  restoreDisk(runs: number): void {
    this.#disk = this.#disk.slice(0, runs);
  }

  command(command: Command): void {
    this.take({ type: 'command', command });
  }

  say(text: string): void {
    this.command({ type: 'say', room: GENERAL, kind: 'chat', text });
  }

  take(input: Input): void {
    if (!this.alive) return;
    if (input.type === 'bytes') this.bytesIn += input.bytes.length;
    const effects = this.machine.step(input, this.#world.now(this));
    this.#world.note(`${this.#world.at} ${this.number} ${input.type} ${effects.map(({ type }) => type).join()}\n`);
    for (const effect of effects) this.#perform(effect);
    this.#planWake();
  }

  wakeIfDue(turn: number): void {
    if (turn !== this.#wakeTurn) return;
    this.#wakeAt = undefined;
    this.take({ type: 'wake' });
  }

  /** The ids of everything stored, in the order in which people see it. */
  storedTimeline(): string[] {
    return this.#disk
      .flatMap(({ run }) => run.entries)
      .sort((a, b) => a.clock - b.clock || (a.author < b.author ? -1 : Number(a.author > b.author)))
      .map((entry) => `${entry.author}/${entry.sequence}`);
  }

  #planWake(): void {
    const at = this.machine.nextDeadline();
    if (at === undefined || at === this.#wakeAt) return;
    this.#wakeAt = at;
    this.#wakeTurn += 1;
    this.#world.wake(this, at, this.#wakeTurn);
  }

  #perform(effect: Effect): void {
    const world = this.#world;
    switch (effect.type) {
      case 'datagram':
        return world.datagram(this, effect.to, effect.text);
      case 'dial':
        return world.dial(this, effect.peer, effect.to);
      case 'send':
        return this.links.get(effect.link)?.send(effect.text);
      case 'close':
        return this.links.get(effect.link)?.link.close(this, effect.why);
      case 'flow':
        return this.links.get(effect.link)?.link.pipeTo(this).flow(effect.reading);
      case 'sign': {
        const text = sealed(effect.text, toySign(this.peer, effect.context, effect.text));
        const run = effect.context === 'run' ? parseRun(text) : undefined;
        if (run?.type === 'run') world.checker.signed(run);
        return world.input(this, 0, { type: 'signed', ticket: effect.ticket, text, hash: hashText(text) });
      }
      case 'verify': {
        const valid = toySign(effect.author, effect.context, effect.signed) === effect.signature;
        const hashes = effect.texts.map(hashText);
        return world.input(this, world.random.fraction(), { type: 'verified', ticket: effect.ticket, valid, hashes });
      }
      case 'store':
        return this.#store(effect.ticket, effect.runs);
      case 'load':
        return this.#load(effect);
      case 'page':
        return this.#page(effect);
      case 'search':
        return world.input(this, 0, { type: 'found', ticket: effect.ticket, hits: [] });
      case 'keep-fork':
        return;
      case 'event':
        return world.checker.event(this, effect.event);
      case 'trace':
        return;
      case 'finished':
        return world.later(0, () => this.crash());
    }
  }

  #store(ticket: Ticket, runs: readonly HashedRun[]): void {
    const write = { runs };
    this.#writing.push(write);
    const { life } = this;
    this.#world.later(this.#world.random.fraction() * DISK_MS_MAX, () => {
      if (this.life !== life) return;
      this.#writing = this.#writing.filter((other) => other !== write);
      this.#keep(runs);
      this.take({ type: 'stored', ticket });
    });
  }

  #keep(runs: readonly HashedRun[]): void {
    for (const hashed of runs) {
      this.#world.checker.stored(this, hashed.run, this.#headOf(hashed.run.room, hashed.run.author));
      this.#disk.push(hashed);
    }
  }

  #headOf(room: RoomName, author: PeerId): number {
    return this.#disk.findLast(({ run }) => run.room === room && run.author === author)?.run.last ?? 0;
  }

  #heads(): StoredHead[] {
    const heads = new Map<PeerId, StoredHead>();
    for (const { run, hash } of this.#disk) {
      heads.set(run.author, { room: run.room, author: run.author, sequence: run.last, clock: run.clock, hash });
    }
    return [...heads.values()];
  }

  #load({ ticket, room, author, from, to }: Extract<Effect, { readonly type: 'load' }>): void {
    const all = this.#disk
      .map(({ run }) => run)
      .filter((run) => run.room === room && run.author === author && run.last >= from && run.first <= to);
    const runs: StoredRun[] = [];
    let bytes = 0;
    for (const { first, last, text } of all) {
      bytes += text.length;
      if (runs.length > 0 && bytes > LOAD_BYTES_MAX) break;
      runs.push({ first, last, text });
    }
    this.#world.input(this, this.#world.random.fraction(), {
      type: 'loaded',
      ticket,
      runs,
      more: runs.length < all.length,
    });
  }

  #page({ ticket, room, before }: Extract<Effect, { readonly type: 'page' }>): void {
    const all = this.#disk.map(({ run }) => run).filter((run) => run.room === room && run.firstClock < before);
    all.sort((a, b) => a.firstClock - b.firstClock);
    const runs = all.slice(-TIMELINE_PAGE_RUNS).map(({ first, last, text }) => ({ first, last, text }));
    this.#world.input(this, 0, { type: 'loaded', ticket, runs, more: runs.length < all.length });
  }
}

function nickOf(name: string): Nick {
  const check = checkNick(name);
  if (check.type === 'wrong') throw new Error(`"${name}" is no nick: it ${check.why}`);
  return check.nick;
}
