/** Examines the network by real probes, all at once, each bounded in time; what comes of it are facts. */
import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { assert } from '../../pkg/base/assert.ts';
import { PROTOCOL_VERSION } from '../../pkg/base/limits.ts';
import { failureCode } from '../../pkg/base/machine-error.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import { type Endpoint, endpointText } from '../../pkg/wire/endpoint.ts';
import { type InstanceId, isInstanceId } from '../../pkg/wire/fields.ts';
import type { Identity } from '../crypto/identity.ts';
import { isLoopback } from '../net/addresses.ts';
import { Credentials } from '../net/credentials.ts';
import type { Card } from '../net/interfaces.ts';
import { Door } from './door.ts';
import type { CardFact, Facts } from './facts.ts';
import { listFirewalls } from './firewalls.ts';
import { look } from './picture.ts';
import { Prober } from './prober.ts';
import { Roll } from './roll.ts';
import { listCardFacts, listNeighbours, listRoutes } from './system.ts';
import { Visits } from './visits.ts';

export interface ExamineOptions {
  /** Of the chat that asks, or one of its own. */
  readonly identity: Identity;
  /** The key of the profile whose chat may run meanwhile. */
  readonly profile: PeerId | undefined;
  readonly group: { readonly address: string; readonly port: number };
  /** Names or addresses of the cards to use; empty for all. Nothing is sent on any other. */
  readonly interfaces: readonly string[];
  readonly port: number;
  readonly portNamed: boolean;
  /** The chat that asks accepts links on that port itself. */
  readonly running: boolean;
  /** Whom the chat is linked with, who was met last time, whom the person names (by host name, too). */
  readonly linked: readonly Endpoint[];
  readonly remembered: readonly Endpoint[];
  readonly named: readonly Endpoint[];
  readonly signal: AbortSignal;
  /** Told what is being done. */
  readonly progress?: (doing: string) => void;
}

/** Probes go out at these times, as announces do. */
const PROBE_TIMES_MS = [0, 80, 250, 800, 1_500] as const;
/** Whoever is there has answered by then. */
const ANSWERS_MS = 1_900;
/** Nobody is dialled before some probes had the time to arrive: they are to be told of. */
const FIRST_VISIT_MS = 400;
/** Nobody is dialled later, so that all is over in time. */
const LAST_VISIT_MS = 2_400;
/** What is not known by then is not known. Peers of another version are heard by their own announces alone. */
const EXAMINATION_MS_MAX = 6_000;
/** Somebody who is visited once more announces itself again: lost datagrams shall not count as blocked ones. */
const SECOND_LOOK_MS = 700;

/** A name that is not resolved by then has no address. */
const NAMES_MS_MAX = 1_500;

interface Resolved {
  readonly asked: string;
  readonly at: Endpoint;
  readonly failure: string | undefined;
}

export async function examine(options: ExamineOptions): Promise<Facts> {
  const { identity, group, interfaces, progress = () => undefined } = options;
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  const startedAt = performance.now();
  const elapsedMs = () => performance.now() - startedAt;
  const until = (ms: number) => pause(Math.max(0, ms - elapsedMs()), undefined, { signal }).catch(() => undefined);
  progress('looking at the cards');
  const [cards, { firewalls, nft }] = await Promise.all([listCardFacts(interfaces), listFirewalls()]);
  const chosen = cards.filter((card) => card.chosen).flatMap(({ addresses }) => addresses);
  const others = cards.filter((card) => !card.chosen).flatMap(({ addresses }) => addresses);
  const credentials = new Credentials(identity);
  const own = [identity.peer, ...(options.profile === undefined ? [] : [options.profile])];
  const instance = freshInstance();
  const door = await Door.open({
    credentials,
    own,
    wanted: options.port,
    named: options.portNamed,
    running: options.running ? options.port : undefined,
    chosen,
    everywhere: interfaces.length === 0,
  });
  const groupText = `${group.address}:${group.port}`;
  const routes = listRoutes();
  const visits = new Visits({
    credentials,
    group: groupText,
    instance,
    port: door.port ?? options.port,
    chosen,
    others,
    routes,
    limited: interfaces.length > 0,
    signal,
  });
  const roll = new Roll({ own, chosen, others, found: (heard) => void visitHeard(heard.at, heard.chosen) });
  async function visitHeard(at: Endpoint, inUse: boolean): Promise<void> {
    await until(FIRST_VISIT_MS);
    if (inUse && at.port > 0 && elapsedMs() < LAST_VISIT_MS) visits.add('heard', at);
  }
  const prober = await Prober.open({
    identity,
    instance,
    group,
    port: door.port ?? options.port,
    chosen,
    others,
    platform: process.platform,
    roll,
  });
  const facts = async (): Promise<Facts> => ({
    platform: process.platform,
    group: groupText,
    version: PROTOCOL_VERSION,
    cards,
    wanted: interfaces,
    defaultRoutes: routes.filter(({ mask }) => mask === 0).map(({ card, gateway }) => ({ card, gateway })),
    neighbours: [...listNeighbours()].filter(([, answers]) => answers).map(([address]) => address),
    ears: prober.ears,
    ways: prober.ways,
    heard: roll.heard,
    strangers: roll.strangers,
    door: await doorFacts,
    visits: visits.facts(listNeighbours()),
    firewalls,
    nft,
  });
  const doorFacts = door.facts();
  const named = Promise.all(options.named.map((at) => Promise.race([resolved(at), unresolved(at)]))).then((all) =>
    all.flat(),
  );
  try {
    const probing = probe(prober, until);
    progress('asking who is there');
    await until(FIRST_VISIT_MS);
    for (const at of options.linked) visits.add('linked', at);
    for (const one of await named) visits.name(one.at, one.asked, one.failure);
    for (const at of options.remembered) visits.add('remembered', at);
    await probing;
    await until(ANSWERS_MS);
    progress('visiting those who are known');
    await Promise.race([visits.rest(), until(EXAMINATION_MS_MAX)]);
    if (worthASecondLook(await facts()) && elapsedMs() < EXAMINATION_MS_MAX - SECOND_LOOK_MS) {
      visits.again();
      await until(elapsedMs() + SECOND_LOOK_MS);
    }
    if (nobody(await facts())) {
      progress('listening for somebody');
      await until(EXAMINATION_MS_MAX);
    }
    return await facts();
  } finally {
    over.abort();
    await Promise.all([prober.close(), door.close(), visits.close()]);
  }
}

async function probe(prober: Prober, until: (ms: number) => Promise<unknown>): Promise<void> {
  for (const at of PROBE_TIMES_MS) {
    await until(at);
    prober.probe();
  }
}

/** Somebody can be reached, but a direction seems blocked: that may have been bad luck. */
function worthASecondLook(facts: Facts): boolean {
  const { told, goesOut, comesIn } = look(facts);
  return told.length > 0 && !(goesOut && comesIn);
}

/** Nobody at all was found, and listening on may help. */
function nobody(facts: Facts): boolean {
  return !hasNoCard(facts.cards) && facts.heard.every(({ local }) => local) && look(facts).reached.length === 0;
}

function hasNoCard(cards: readonly CardFact[]): boolean {
  const isOutward = ({ address }: Card) => !isLoopback(address);
  return !cards.some(({ chosen, addresses }) => chosen && addresses.some(isOutward));
}

/** What the system takes too long to find. */
async function unresolved(at: Endpoint): Promise<Resolved[]> {
  await pause(NAMES_MS_MAX, undefined, { ref: false });
  return [{ asked: endpointText(at), at, failure: 'EAI_AGAIN' }];
}

/** The addresses of a host name; the endpoint itself where it is no name or has none. */
async function resolved(at: Endpoint): Promise<Resolved[]> {
  const asked = endpointText(at);
  if (isIP(at.address.split('%')[0] ?? '') !== 0) return [{ asked, at, failure: undefined }];
  try {
    const found = await lookup(at.address, { all: true });
    return found.map(({ address }) => ({ asked, at: { address, port: at.port }, failure: undefined }));
  } catch (cause) {
    return [{ asked, at, failure: failureCode(cause) }];
  }
}

function freshInstance(): InstanceId {
  const instance = randomBytes(8).toString('hex');
  assert(isInstanceId(instance), 'eight bytes in hexadecimal are an instance');
  return instance;
}
