/** Brings the events of a scenario over its hosts, at moments drawn from the world's generator, and clears up again. */
import type { Random } from '../../pkg/base/random.ts';
import type { Events } from './faults.ts';
import type { SimHost } from './sim-host.ts';
import type { World } from './world.ts';

const YEAR_MS = 365 * 86_400_000;
const SLOW_TURN_MS = 2_000;
/** Effects of one step after which a process may die. */
const FUSE_MAX = 12;
/** A partition that moves loses or gains a host about so often. */
const MOVE_MS = 1_500;

export class Weather {
  readonly #world: World;
  readonly #hosts: readonly SimHost[];
  readonly #events: Events;
  /** When everything is to be over. */
  readonly #endAt: number;

  /** The lives of hosts that were asked to leave, which may take a while. */
  readonly #leaving = new Map<SimHost, number>();

  private constructor(world: World, hosts: readonly SimHost[], events: Events, spanMs: number) {
    this.#world = world;
    this.#hosts = hosts;
    this.#events = events;
    this.#endAt = world.at + spanMs;
  }

  /** Plans all events for the next `spanMs`, at the end of which the network is whole and every host runs. */
  static unleash(world: World, hosts: readonly SimHost[], events: Events, spanMs: number): void {
    const weather = new Weather(world, hosts, events, spanMs);
    weather.#times(events.partitions, () => weather.#partition(), events.partitionMsMin);
    weather.#times(events.crashes, () => weather.#crash(weather.#anyHost()));
    weather.#times(events.gone, () => weather.#end(weather.#anyHost()));
    weather.#times(events.stalls, () => weather.#stall(weather.#anyHost(), false));
    weather.#times(events.sleeps, () => weather.#stall(weather.#anyHost(), true));
    weather.#times(events.clockJumps, () => weather.#jump(weather.#anyHost()));
    weather.#times(events.slowReaders, () => weather.#slow(weather.#anyHost()));
    weather.#times(events.fullDisks, () => weather.#fill(weather.#anyHost()));
    weather.#times(events.slowDisks, () => weather.#slowDown(weather.#anyHost()));
    world.later(spanMs, () => weather.#clear());
  }

  get #random(): Random {
    return this.#world.random;
  }

  /** Plans an event so many times, each at least `lastsMs` before the end. */
  #times(count: number, event: () => void, lastsMs = 0): void {
    const spanMs = Math.max(0, this.#endAt - this.#world.at - lastsMs);
    for (let time = 0; time < count; time += 1) this.#world.later(this.#random.fraction() * spanMs, event);
  }

  #anyHost(): SimHost {
    const host = this.#hosts[this.#random.below(this.#hosts.length)];
    if (host === undefined) throw new Error('weather without hosts');
    return host;
  }

  /** Something that lasts up to `ms`, but is over at the end. */
  #lasting(ms: number): number {
    return Math.min(this.#random.fraction() * ms, Math.max(0, this.#endAt - this.#world.at));
  }

  #partition(): void {
    const { oneWay, moving, partitionMsMin, partitionMsMax } = this.#events;
    const apart = new Set(this.#hosts.filter(() => this.#random.fraction() < 0.5));
    const lastsMs = partitionMsMin + this.#lasting(partitionMsMax - partitionMsMin);
    const overAt = this.#world.at + lastsMs;
    const single = this.#random.fraction() < oneWay;
    let lift = this.#cut(apart, single);
    const again = () => {
      if (this.#world.at >= overAt) return;
      lift();
      const host = this.#anyHost();
      if (!apart.delete(host)) apart.add(host);
      lift = this.#cut(apart, single);
      this.#world.resume();
      this.#world.later(this.#random.fraction() * 2 * MOVE_MS, again);
    };
    if (this.#random.fraction() < moving) this.#world.later(MOVE_MS, again);
    this.#world.later(lastsMs, () => {
      lift();
      this.#world.resume();
    });
  }

  #cut(apart: ReadonlySet<SimHost>, single: boolean): () => void {
    const [left, right] = [[...apart], this.#hosts.filter((host) => !apart.has(host))];
    const lifts = [this.#world.cuts.add(left, right)];
    if (!single) lifts.push(this.#world.cuts.add(right, left));
    return () => {
      for (const lift of lifts) lift();
    };
  }

  /** The process is killed between two steps or in the middle of one, its machine loses power, or it is asked to leave. */
  #crash(host: SimHost): void {
    if (!host.alive) return;
    const kind = this.#random.below(4);
    if (kind === 0) host.crash();
    else if (kind === 1) host.crash(true);
    else if (kind === 2) host.fuse = this.#random.below(FUSE_MAX);
    else this.#leave(host);
    this.#world.later(this.#lasting(this.#events.downMsMax), () => this.#restart(host));
  }

  /** The first one stays: others may have no way to each other but through it. */
  #end(host: SimHost): void {
    if (host === this.#hosts[0]) return;
    host.gone = true;
    host.crash(this.#random.fraction() < 0.5);
  }

  #leave(host: SimHost): void {
    this.#leaving.set(host, host.life);
    host.command({ type: 'leave', reason: 'back soon' });
  }

  #restart(host: SimHost): void {
    const leaving = this.#leaving.get(host) === host.life;
    if (host.alive && host.fuse === undefined && !host.stalled && !leaving) return;
    host.crash();
    host.start();
  }

  #stall(host: SimHost, sleeps: boolean): void {
    host.stall(this.#lasting(this.#events.stallMsMax), sleeps);
  }

  #jump(host: SimHost): void {
    const ms = YEAR_MS * (this.#random.fraction() < 0.5 ? this.#random.fraction() / 365 : 60 * this.#random.fraction());
    host.clock.jump(this.#random.fraction() < 0.5 ? ms : -ms);
  }

  #slow(host: SimHost): void {
    host.readBytesPerSecond = this.#events.slowBytesPerSecond;
    this.#world.later(this.#lasting(this.#events.slowMsMax), () => {
      host.readBytesPerSecond = undefined;
    });
  }

  #fill({ disk }: SimHost): void {
    disk.full = true;
    this.#world.later(this.#lasting(this.#events.diskTroubleMsMax), () => {
      disk.full = false;
    });
  }

  #slowDown({ disk }: SimHost): void {
    disk.turnMsMax = SLOW_TURN_MS;
    this.#world.later(this.#lasting(this.#events.diskTroubleMsMax), () => {
      disk.turnMsMax = undefined;
    });
  }

  #clear(): void {
    this.#world.heal();
    for (const host of this.#hosts) {
      host.readBytesPerSecond = undefined;
      host.disk.full = false;
      host.disk.turnMsMax = undefined;
      this.#restart(host);
    }
  }
}
