/** What goes wrong in a scenario, as data: how often, how much. The world and the weather apply it. */
import type { Random } from '../../pkg/base/random.ts';

/** What the network and the disks do all the time. */
export interface Conditions {
  /** Shares of datagrams that are lost, that come twice, and that come up to `lateMsMax` later than others. */
  readonly datagramLoss: number;
  readonly datagramsTwice: number;
  readonly datagramsLate: number;
  readonly lateMsMax: number;
  /** One way, drawn evenly for each datagram and chunk; links keep order. */
  readonly delayMsMin: number;
  readonly delayMsMax: number;
  /** What waited behind a cut goes on up to so long after the cut, as TCP tries again more and more rarely. */
  readonly retransmitMsMax: number;
  /** A turn of the disk. */
  readonly diskMsMax: number;
  /** Clocks run faster or slower than the world's by up to this share. */
  readonly driftMax: number;
}

/** What happens to hosts in the course of a scenario: counts, drawn evenly over its span. */
export interface Events {
  readonly partitions: number;
  readonly partitionMsMin: number;
  readonly partitionMsMax: number;
  /** Share of partitions that cut one way only; of those that move, one host at a time, while they last. */
  readonly oneWay: number;
  readonly moving: number;
  readonly crashes: number;
  readonly downMsMax: number;
  /** Hosts that die and never come back. */
  readonly gone: number;
  /** Processes that are stopped for a while (SIGSTOP), machines that sleep. */
  readonly stalls: number;
  readonly sleeps: number;
  readonly stallMsMax: number;
  /** Wall clocks that are set, by up to years. */
  readonly clockJumps: number;
  /** Hosts that for a while read only so many bytes a second from each link. */
  readonly slowReaders: number;
  readonly slowBytesPerSecond: number;
  readonly slowMsMax: number;
  /** Disks that for a while are full, or take up to two seconds a turn. */
  readonly fullDisks: number;
  readonly slowDisks: number;
  readonly diskTroubleMsMax: number;
  /** Liars, and how often each says something untrue. */
  readonly liars: number;
  readonly lies: number;
}

/** What hosts and their network are like from the start. */
interface Grounds {
  /** Hosts whose firewalls let nobody in; one host at least has none. */
  readonly walled: number;
  /** No datagram gets through: each host is told to connect with one other that stays where it is. */
  readonly deaf: boolean;
}

export interface Faults extends Conditions, Events, Grounds {}

export const QUIET_LAN: Conditions = {
  datagramLoss: 0,
  datagramsTwice: 0,
  datagramsLate: 0,
  lateMsMax: 0,
  delayMsMin: 0.1,
  delayMsMax: 2,
  retransmitMsMax: 0,
  diskMsMax: 3,
  driftMax: 0,
};

export const NO_FAULTS: Faults = {
  ...QUIET_LAN,
  partitions: 0,
  partitionMsMin: 0,
  partitionMsMax: 20_000,
  oneWay: 0,
  moving: 0,
  crashes: 0,
  downMsMax: 1_000,
  gone: 0,
  stalls: 0,
  sleeps: 0,
  stallMsMax: 10_000,
  clockJumps: 0,
  slowReaders: 0,
  slowBytesPerSecond: 20_000,
  slowMsMax: 10_000,
  fullDisks: 0,
  slowDisks: 0,
  diskTroubleMsMax: 5_000,
  liars: 0,
  lies: 0,
  walled: 0,
  deaf: false,
};

/**
 * The faults of one seed: about half of all kinds, each of some strength. A run with few kinds of them finds what many
 * at once would hide.
 */
export function drawFaults(random: Random): Faults {
  const chance = (most: number) => (random.fraction() < 0.5 ? random.fraction() * most : 0);
  const count = (most: number) => (random.fraction() < 0.5 ? 1 + random.below(most) : 0);
  const slowNetwork = random.fraction() < 0.25;
  return {
    datagramLoss: chance(0.4),
    datagramsTwice: chance(0.2),
    datagramsLate: chance(0.3),
    lateMsMax: 1_000,
    delayMsMin: 0.1,
    delayMsMax: slowNetwork ? 200 : 2 + chance(30),
    retransmitMsMax: chance(3_000),
    diskMsMax: 3 + chance(60),
    driftMax: chance(0.002),
    partitions: count(3),
    partitionMsMin: 0,
    partitionMsMax: 2_000 + random.below(18_000),
    oneWay: chance(1),
    moving: chance(1),
    crashes: count(6),
    downMsMax: 50 + random.below(8_000),
    stalls: count(3),
    sleeps: count(2),
    stallMsMax: 1_000 + random.below(30_000),
    clockJumps: count(4),
    slowReaders: count(2),
    slowBytesPerSecond: 1_000 + random.below(100_000),
    slowMsMax: 10_000,
    fullDisks: count(2),
    slowDisks: count(2),
    diskTroubleMsMax: 5_000,
    liars: random.fraction() < 0.4 ? 1 + random.below(2) : 0,
    lies: 4,
    gone: random.fraction() < 0.3 ? 1 : 0,
    walled: random.fraction() < 0.3 ? 1 + random.below(4) : 0,
    deaf: random.fraction() < 0.2,
  };
}
