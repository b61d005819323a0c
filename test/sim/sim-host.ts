import { LINKS_MAX_DEFAULT } from '../../pkg/base/limits.ts';
import type { LinkId } from '../../pkg/base/link-id.ts';
import type { Command } from '../../pkg/chat/command.ts';
import { checkNick, type Nick } from '../../pkg/identity/nick.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import type { PeerConfig } from '../../pkg/peer/config.ts';
import type { Effect } from '../../pkg/peer/effect.ts';
import type { Input } from '../../pkg/peer/input.ts';
import { Peer } from '../../pkg/peer/peer.ts';
import { sealed } from '../../pkg/wire/entry.ts';
import type { InstanceId } from '../../pkg/wire/fields.ts';
import { parseRun } from '../../pkg/wire/run.ts';
import { GROUP } from '../unit/speaker.ts';
import { HostClock } from './host-clock.ts';
import type { Pipe } from './pipe.ts';
import { SimDisk } from './sim-disk.ts';
import { hashText, toyPeerId, toySign } from './toy-crypto.ts';
import type { World } from './world.ts';

/** Datagrams that a stopped process finds when it goes on; further ones were dropped. */
const DATAGRAMS_HELD_MAX = 200;

/** A machine with a disk, on which a peer's process starts, dies and starts again. */
export class SimHost {
  readonly name: string;
  readonly number: number;
  readonly peer: PeerId;
  readonly address: string;
  readonly links = new Map<LinkId, Pipe>();
  readonly clock = new HostClock();
  readonly disk: SimDisk;
  /** Bytes that came on links, for the promises about bandwidth. */
  bytesIn = 0;
  /** What it reads from each link, where that is little. */
  readBytesPerSecond: number | undefined;
  alive = false;
  /** Never started again. */
  gone = false;
  /** Its firewall lets nobody in: who dials it waits in vain. */
  shut = false;
  /** What the person asks for at the next start. */
  asks: Pick<PeerConfig, 'linksMax' | 'targets'> = { linksMax: LINKS_MAX_DEFAULT, targets: [] };
  /** Without power: nothing answers. */
  off = false;
  /** The process is stopped, or the machine sleeps: what comes waits. */
  stalled = false;
  /** Counts the starts and deaths: what was meant for one life does not reach the next. */
  life = 0;
  /** After so many more effects the process dies, in the middle of a step. */
  fuse: number | undefined;
  readonly #world: World;
  #machine: Peer | undefined;
  #held: Input[] = [];
  #wakeTurn = 0;
  #wakeAt: number | undefined;

  constructor(world: World, name: string, number: number) {
    this.#world = world;
    this.name = name;
    this.number = number;
    this.peer = toyPeerId(name);
    this.address = `10.0.${number >> 8}.${number & 255}`;
    this.disk = new SimDisk(world, this);
  }

  get machine(): Peer {
    if (this.#machine === undefined) throw new Error(`${this.name} is not running`);
    return this.#machine;
  }

  start(): void {
    if (this.alive || this.gone) return;
    this.begin();
    this.#wakeAt = undefined;
    this.clock.begin(this.#world.at);
    this.#world.checker.started(this);
    this.#machine = new Peer({
      me: this.peer,
      nick: nickOf(this.name),
      instance: `${this.life}`.padStart(16, '0') as InstanceId,
      port: 8080,
      group: GROUP,
      ...this.asks,
      remembered: this.disk.remembered,
      software: 'simulator',
      heads: this.disk.heads(),
      outbox: this.disk.outbox(),
      startedAt: this.clock.now(this.#world.at),
      seed: this.#world.random.below(0x7fff_ffff),
      tracing: false,
    });
    this.take({ type: 'network', interfaces: [{ name: 'eth0', address: this.address }] });
  }

  /** The process dies at once; with `power` the machine does, which nobody hears of. */
  crash(power = false): void {
    if (!this.alive) return;
    this.alive = false;
    this.off = power;
    this.life += 1;
    this.fuse = undefined;
    this.stalled = false;
    this.#held = [];
    this.disk.crash();
    for (const { link } of [...this.links.values()]) {
      if (power) link.vanish(this);
      else link.abort(this);
    }
  }

  /** Nothing runs for a while; the world goes on. A machine that sleeps does not count the time, a stopped process does. */
  stall(ms: number, sleeps: boolean): void {
    if (!this.alive || this.stalled) return;
    this.stalled = true;
    const { life } = this;
    this.#world.later(ms, () => {
      if (this.life === life) this.#goOn(sleeps ? ms : 0);
    });
  }

  command(command: Command): void {
    this.take({ type: 'command', command });
  }

  say(text: string): void {
    this.command({ type: 'say', room: GENERAL, kind: 'chat', text });
  }

  take(input: Input): void {
    if (!this.alive) return;
    if (this.stalled) return this.#hold(input);
    if (input.type === 'bytes') this.bytesIn += input.bytes.length;
    const effects = this.machine.step(input, this.clock.now(this.#world.at));
    this.#world.trace.note(this.#world.at, this.number, input, effects);
    this.#world.checker.stepped(this, input, effects);
    for (const effect of effects) {
      if (this.fuse !== undefined) {
        if (this.fuse === 0) return this.crash();
        this.fuse -= 1;
      }
      this.#perform(effect);
    }
    this.#planWake();
  }

  wakeIfDue(turn: number): void {
    if (turn !== this.#wakeTurn || this.stalled) return;
    this.#wakeAt = undefined;
    this.take({ type: 'wake' });
  }

  /** The ids of everything stored, in the order in which people see it. */
  storedTimeline(): string[] {
    return this.disk
      .runs()
      .flatMap(({ run }) => run.entries)
      .sort((a, b) => a.clock - b.clock || (a.author < b.author ? -1 : Number(a.author > b.author)))
      .map((entry) => `${entry.author}/${entry.sequence}`);
  }

  /** A new life. */
  protected begin(): void {
    this.life += 1;
    this.alive = true;
    this.off = false;
  }

  #hold(input: Input): void {
    const datagrams = input.type === 'datagram' && this.#held.length >= DATAGRAMS_HELD_MAX;
    if (!datagrams) this.#held.push(input);
  }

  /** Timers that are long due may fire before what came meanwhile is read, or after it. */
  #goOn(sleptMs: number): void {
    this.stalled = false;
    this.clock.stoodStill(sleptMs);
    this.#wakeAt = undefined;
    const inputs = this.#held;
    this.#held = [];
    if (this.#world.random.fraction() < 0.5) this.take({ type: 'wake' });
    for (const input of inputs) this.take(input);
    for (const { link } of [...this.links.values()]) link.pipeTo(this).deliver();
    if (this.alive) this.#planWake();
  }

  #planWake(): void {
    const at = this.machine.nextDeadline();
    if (at === undefined || at === this.#wakeAt) return;
    this.#wakeAt = at;
    this.#wakeTurn += 1;
    this.#world.wake(this, this.clock.worldAt(at), this.#wakeTurn);
  }

  #perform(effect: Effect): void {
    const world = this.#world;
    switch (effect.type) {
      case 'datagram':
        return world.datagram(this, effect.to, effect.text);
      case 'dial':
        return world.dial(this, effect);
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
      case 'load':
      case 'page':
      case 'search':
      case 'keep-fork':
      case 'hold':
      case 'let-go':
        return this.disk.add(effect);
      case 'remember':
        this.disk.remembered = effect.peers;
        return;
      case 'event':
        return world.checker.event(this, effect.event);
      case 'examine':
        return world.later(1, () => this.take({ type: 'examined', lines: [] }));
      case 'trace':
        return;
      case 'finished':
        return world.later(0, () => this.crash());
    }
  }
}

function nickOf(name: string): Nick {
  const check = checkNick(name);
  if (check.type === 'wrong') throw new Error(`"${name}" is no nick: it ${check.why}`);
  return check.nick;
}
