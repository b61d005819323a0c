import { describe, expect, it } from 'vitest';
import {
  ANNOUNCE_BURST_MS,
  DIAL_TIMEOUT_MS,
  LINKS_MAX_DEFAULT,
  LINKS_MAX_LEAST,
  REFRESH_INTERVAL_MS,
  RELAYED_AFTER_MS,
  SILENCE_MS_MAX,
} from '../../pkg/base/limits.ts';
import { announce } from '../unit/discovery/ear.ts';
import { Checker } from './checker.ts';
import { QUIET_LAN } from './faults.ts';
import { Meeting, tap } from './meeting.ts';
import type { SimHost } from './sim-host.ts';
import { World } from './world.ts';

const FIVE = ['alice', 'bob', 'carol', 'dave', 'erin'];
/** However one finds the others, it takes no longer. */
const FOUND_MS_MAX = 3_000;

/** Hosts on a network that lets no datagram through, none of which has started. */
class Silence {
  readonly world = new World(71, { ...QUIET_LAN, datagramLoss: 1 }, new Checker());
  readonly hosts: readonly SimHost[];

  constructor(names: readonly string[] = FIVE) {
    this.hosts = names.map((name) => this.world.addHost(name));
  }

  /** Starts the host at `place`, which is asked to connect with that at `to`. */
  start(place: number, to?: number): void {
    const host = this.host(place);
    const target = to === undefined ? [] : [{ address: this.host(to).address, port: 8080 }];
    host.asks = { linksMax: LINKS_MAX_DEFAULT, targets: target };
    host.start();
  }

  host(place: number): SimHost {
    const host = this.hosts[place];
    if (host === undefined) throw new Error('no such host');
    return host;
  }

  isMesh(): boolean {
    return this.hosts.every((host) => linkedOf(host).length === this.hosts.length - 1);
  }

  /** How long it takes until every host is linked with every other. */
  meshMs(): number {
    const startedAt = this.world.at;
    return this.world.runUntil(() => this.isMesh(), 20_000, 10) ? this.world.at - startedAt : Number.POSITIVE_INFINITY;
  }
}

function linkedOf(host: SimHost): string[] {
  const { people } = host.machine.snapshot();
  return people.filter(({ me, address }) => !me && address !== undefined).map(({ nick }) => nick);
}

function presentAt(host: SimHost): string[] {
  return host.machine.snapshot().people.map(({ nick }) => nick);
}

describe('where no datagram gets through', () => {
  it('knowing one means knowing all: whom each was told to connect with makes one mesh', () => {
    const silence = new Silence();
    silence.start(0);
    for (const place of [1, 2, 3, 4]) silence.start(place, place - 1);
    expect(silence.meshMs()).toBeLessThan(FOUND_MS_MAX);
  });

  it('whoever comes later knows all by knowing one', () => {
    const silence = new Silence();
    silence.start(0);
    for (const place of [1, 2, 3]) silence.start(place, 0);
    silence.world.run(60_000);
    silence.start(4, 2);
    expect(silence.meshMs()).toBeLessThan(FOUND_MS_MAX);
  });

  it('those of last time are found again, without being told of', () => {
    const silence = new Silence();
    silence.start(0);
    for (const place of [1, 2, 3, 4]) silence.start(place, 0);
    expect(silence.meshMs()).toBeLessThan(FOUND_MS_MAX);
    for (const host of silence.hosts) host.command({ type: 'leave', reason: '' });
    silence.world.run(silence.world.at + 1_000);
    for (const host of silence.hosts) host.crash();
    for (const place of silence.hosts.keys()) silence.start(place);
    expect(silence.meshMs()).toBeLessThan(FOUND_MS_MAX);
  });

  it('a target that is not there yet is dialled until it is', () => {
    const silence = new Silence(['alice', 'bob']);
    silence.start(1, 0);
    silence.world.run(120_000);
    silence.start(0);
    expect(silence.meshMs()).toBeLessThan(13_000);
  });

  it('one that is oneself is given up', () => {
    const silence = new Silence(['alice']);
    silence.start(0, 0);
    silence.world.run(10_000);
    const { network, room } = silence.host(0).machine.snapshot();
    expect(network.targets).toEqual([]);
    expect(room.items.filter((item) => item.type === 'notice' && item.what.type === 'problem')).toHaveLength(1);
  });
});

describe('firewalls', () => {
  it.each(['alice', 'bob'])('that let nobody in at %s: the other one is dialled by it', (name) => {
    const meeting = new Meeting(72, ['alice', 'bob']);
    const [shut, open] = meeting.host(0).name === name ? [0, 1] : [1, 0];
    for (const host of meeting.hosts) host.crash();
    meeting.host(shut).shut = true;
    for (const place of [open, shut]) meeting.host(place).start();
    expect(meeting.runUntil('they are linked', 5_000, () => meeting.allSeen())).toBeLessThan(1_000);
  });

  it('at both ends: they are present through a third, hear each other, and are missed when they go', () => {
    const meeting = new Meeting(73, ['alice', 'bob', 'carol']);
    const [alice, bob, carol] = [meeting.host(0), meeting.host(1), meeting.host(2)];
    for (const host of meeting.hosts) host.crash();
    meeting.world.run(meeting.world.at + 1_000);
    alice.shut = true;
    bob.shut = true;
    for (const host of meeting.hosts) host.start();
    meeting.runUntil('all are present', RELAYED_AFTER_MS + 4_000, () => meeting.allSeen());
    expect(linkedOf(alice)).toEqual(['carol']);
    expect(linkedOf(carol).sort()).toEqual(['alice', 'bob']);
    alice.say('through carol');
    meeting.runUntil('bob hears alice', 5_000, () => bob.disk.entries === 1);
    bob.crash(true);
    const goneMs = meeting.runUntil('bob is gone', 20_000, () => !presentAt(alice).includes('bob'));
    expect(goneMs).toBeLessThan(SILENCE_MS_MAX + 4_000);
    meeting.world.run(meeting.world.at + 30_000);
    expect(presentAt(alice), 'and no ghost comes back').toEqual(['alice', 'carol']);
  });
});

describe('a machine that slept', () => {
  it.each([10_000, 3_600_000])('for %d ms is back soon after it wakes', (ms) => {
    const meeting = new Meeting(74, FIVE);
    const sleeper = meeting.host(2);
    sleeper.stall(ms, true);
    meeting.world.run(meeting.world.at + ms - 1);
    expect(presentAt(meeting.host(0))).not.toContain(sleeper.name);
    const backMs = meeting.runUntil('it is back', 20_000, () => meeting.allSeen() && linkedOf(sleeper).length === 4);
    expect(backMs).toBeLessThan(FOUND_MS_MAX);
    meeting.world.run(meeting.world.at + 20_000);
    expect(meeting.allSeen(), 'and stays').toBe(true);
  });
});

describe('cards and clocks that go back and forth', () => {
  it.each(['cards', 'clocks'])('by %s: nobody is flooded, and the last state counts', (what) => {
    const meeting = new Meeting(77, ['alice', 'bob']);
    const [alice, bob] = [meeting.host(0), meeting.host(1)];
    const heard = tap(bob);
    const startedAt = meeting.world.at;
    for (let count = 0; count < 100; count += 1) {
      const address = count % 2 === 0 ? alice.address : '10.9.9.9';
      if (what === 'cards') alice.take({ type: 'network', interfaces: [{ name: 'eth0', address }] });
      else alice.clock.jump(count % 2 === 0 ? 60_000 : -60_000);
      meeting.world.run(meeting.world.at + 200);
    }
    const bursts = (meeting.world.at - startedAt) / REFRESH_INTERVAL_MS;
    expect(heard.get('datagram') ?? 0).toBeLessThan((bursts + 2) * (ANNOUNCE_BURST_MS.length + 1));
    expect(heard.get('datagram') ?? 0).toBeGreaterThan(bursts);
    const before = heard.get('datagram') ?? 0;
    meeting.world.run(meeting.world.at + REFRESH_INTERVAL_MS + 1_000);
    expect((heard.get('datagram') ?? 0) - before, 'a burst for the last change').toBeGreaterThan(1);
    expect(meeting.allSeen()).toBe(true);
  });
});

describe('a mesh with few links each', () => {
  it('has everybody present, linked or through others, carries every word, and nobody stays who is gone', () => {
    const world = new World(75, QUIET_LAN, new Checker());
    const hosts = Array.from({ length: 40 }, (_, number) => world.addHost(`peer${number}`));
    for (const host of hosts) {
      host.asks = { linksMax: LINKS_MAX_LEAST, targets: [] };
      world.later(world.random.fraction() * 1_000, () => host.start());
    }
    world.run(180_000);
    for (const host of hosts) {
      expect(linkedOf(host).length, host.name).toBeLessThanOrEqual(LINKS_MAX_LEAST);
      expect(presentAt(host), host.name).toHaveLength(hosts.length);
    }
    for (const host of hosts) host.say(`${host.name} is here`);
    expect(world.runUntil(() => hosts.every(({ disk }) => disk.entries === hosts.length), 20_000, 100)).toBe(true);
    const [gone, ...rest] = hosts;
    gone?.crash(true);
    world.run(world.at + 60_000);
    for (const host of rest) expect(presentAt(host), host.name).toHaveLength(rest.length);
  });
});

describe('made-up peers', () => {
  it('by the hundred, whom nobody can reach, keep no two others apart', () => {
    const meeting = new Meeting(76, ['alice', 'bob', 'carol']);
    const carol = meeting.host(2);
    carol.crash();
    const bytes = Array.from({ length: 900 }, (_, place) => new TextEncoder().encode(announce(`nobody ${place}`)));
    for (const [place, datagram] of bytes.entries()) {
      const from = { address: `10.9.${place >> 8}.${place & 255}`, port: 40_000 };
      for (const host of meeting.hosts) meeting.world.input(host, place, { type: 'datagram', from, bytes: datagram });
    }
    meeting.world.run(meeting.world.at + DIAL_TIMEOUT_MS);
    carol.start();
    expect(meeting.runUntil('carol is linked', 10_000, () => linkedOf(carol).length === 2)).toBeLessThan(FOUND_MS_MAX);
  });
});
