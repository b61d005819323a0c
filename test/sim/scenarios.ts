/** The scenarios by name, as `npm run sim` plays them. */
import { Random } from '../../pkg/base/random.ts';
import { drawFaults, NO_FAULTS } from './faults.ts';
import { PLAIN, type Scenario } from './scenario.ts';

/** Fifty people, a poor wireless network. */
export const FIFTY: Scenario = {
  ...PLAIN,
  peers: 50,
  messagesEach: 20,
  faults: { ...NO_FAULTS, datagramLoss: 0.05, datagramsTwice: 0.01 },
};

/** A fifth of datagrams lost, crashes, a network that falls apart for 20 s. */
export const ROUGH: Scenario = {
  ...PLAIN,
  peers: 20,
  messagesEach: 20,
  talkMs: 30_000,
  faults: { ...NO_FAULTS, datagramLoss: 0.2, datagramsTwice: 0.01, crashes: 5, partitions: 1, partitionMsMin: 20_000 },
};

/** A whole congress: more than one can hold links to. */
const HUNDREDS: Scenario = {
  ...PLAIN,
  peers: 300,
  messagesEach: 3,
  talkMs: 25_000,
  faults: { ...NO_FAULTS, datagramLoss: 0.05, crashes: 30, partitions: 1, partitionMsMin: 20_000 },
};

/** The same at a size for every day. */
export const DOZENS: Scenario = {
  ...HUNDREDS,
  peers: 48,
  faults: { ...HUNDREDS.faults, crashes: 5 },
  quietMs: 4_000,
};

/** A small group of which each seed draws what befalls it. */
export function swarm(seed: number): Scenario {
  const random = new Random(seed ^ 0x5eed);
  const large = random.fraction() < 0.15;
  return {
    peers: 2 + random.below(8),
    messagesEach: large ? 100 : 1 + random.below(30),
    messageCharsMax: large ? 4_000 : 200,
    talkMs: 5_000 + random.below(30_000),
    meetFirst: random.fraction() < 0.5,
    faults: drawFaults(random),
    patienceMs: 90_000,
    quietMs: 10_000,
  };
}

/** What to play for a name and a seed. */
export const SCENARIOS: Readonly<Record<string, (seed: number) => Scenario>> = {
  fifty: () => FIFTY,
  rough: () => ROUGH,
  dozens: () => DOZENS,
  hundreds: () => HUNDREDS,
  swarm,
};
