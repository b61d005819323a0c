/** Plays one situation once, with the real program, and measures it. */
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { type ChatProcess, joined } from '../../process.ts';
import { Ground, type Player, type Scene, type Situation } from './situation.ts';

/** Who has not shown up by then is not shown at all. */
const NEVER_MS = 5_000;
/** For those who are late, to be told by how much. */
const GRACE_MS = 8_000;
const DOCTOR_MS_MAX = 25_000;

const report = z.object({ verdict: z.string(), cause: z.string(), fix: z.string(), evidence: z.array(z.string()) });

export interface Outcome {
  /** Until all who were to see each other did; undefined when they did not. */
  readonly discoveryMs: number | undefined;
  /** What the doctor said, or why it said nothing. */
  readonly verdict: string;
  readonly found: string | undefined;
  readonly ok: boolean;
  /** What everybody printed, for those who look into it. */
  readonly transcript: string;
}

/** Whatever goes wrong is an outcome too, so that the other rows are played all the same. */
export async function play(situation: Situation, asksDoctor: boolean): Promise<Outcome> {
  try {
    return await playThrough(situation, asksDoctor);
  } catch (error) {
    const transcript = error instanceof Error ? error.message : String(error);
    const [found] = transcript.split('\n');
    return { discoveryMs: undefined, verdict: 'not played', found, ok: false, transcript };
  }
}

async function playThrough(situation: Situation, asksDoctor: boolean): Promise<Outcome> {
  const ground = await Ground.open();
  try {
    const scene = await situation.build(ground);
    const chats = scene.players.map((player) => ground.start(player));
    const lines = await Promise.all(chats.map(async (chat) => (await chat.here()).line));
    const upAt = Math.max(...lines.map(({ at }) => at));
    const asked = situation.discovery === 'never' && asksDoctor ? askDoctor(ground, scene) : undefined;
    const discoveryMs = await measure(situation, scene, chats, upAt);
    const found = asksDoctor ? await (asked ?? askDoctor(ground, scene)) : undefined;
    const verdict = found?.verdict ?? 'not asked';
    const intime =
      situation.discovery === 'never'
        ? discoveryMs === undefined
        : discoveryMs !== undefined && discoveryMs <= situation.discovery.maxMs;
    const right = !asksDoctor || situation.verdicts.some((known) => known === verdict);
    const transcript = [...chats.map((chat) => chat.transcript()), found?.said ?? ''].join('\n');
    return { discoveryMs, verdict, found: found?.cause, ok: intime && right, transcript };
  } finally {
    await ground.close();
  }
}

async function measure(
  { discovery }: Situation,
  { pairs, players, change, afterMeeting }: Scene,
  chats: readonly ChatProcess[],
  upAt: number,
): Promise<number | undefined> {
  const limitMs = discovery === 'never' ? NEVER_MS : discovery.maxMs + GRACE_MS;
  const wanted = bothWays(pairs ?? allPairs(players)).map(([here, there]) => [chatOf(chats, here), there] as const);
  if (discovery === 'never') {
    await change?.(chats);
    await pause(NEVER_MS);
    return wanted.some(([chat]) => chat.stderr.some(({ text }) => joined('.*').test(text))) ? NEVER_MS : undefined;
  }
  try {
    if (afterMeeting === true) {
      await Promise.all(wanted.map(([chat, name]) => chat.meets([name], limitMs)));
      await change?.(chats);
      const changedAt = performance.now();
      for (const chat of chats) chat.say(`${chat.name} again`);
      const heard = await Promise.all(wanted.map(([chat, name]) => chat.hears(`${name} again`, limitMs)));
      return Math.max(...heard.map(({ at }) => at)) - changedAt;
    }
    await change?.(chats);
    const fromAt = change === undefined ? upAt : performance.now();
    const seen = await Promise.all(
      wanted.map(([chat, name]) => chat.waitForLine('stderr', joined(name), { timeoutMs: limitMs })),
    );
    return Math.max(0, ...seen.map(({ at }) => at - fromAt));
  } catch {
    return undefined;
  }
}

function allPairs(players: readonly Player[]): (readonly [string, string])[] {
  return players.flatMap((here, place) => players.slice(place + 1).map((there) => [here.name, there.name] as const));
}

function bothWays(pairs: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return pairs.flatMap(([here, there]) => [[here, there] as const, [there, here] as const]);
}

function chatOf(chats: readonly ChatProcess[], name: string): ChatProcess {
  const chat = chats.find((one) => one.name === name);
  if (chat === undefined) throw new Error(`${name} does not play`);
  return chat;
}

/** Asks as a person would: in a second terminal of the same machine, beside the chat. */
async function askDoctor(ground: Ground, { players, doctorArgs }: Scene) {
  const [patient] = players;
  if (patient === undefined) throw new Error('nobody plays');
  const { name, host, home, args = [], env = {} } = patient;
  const words = ['doctor', '--json', '-username', name, ...(doctorArgs ?? args)];
  const doctor = ground.stage.run(words, { name: 'doctor', home, where: host, env });
  const timer = setTimeout(() => doctor.signal('SIGKILL'), DOCTOR_MS_MAX);
  const { code, signal } = await doctor.exit;
  clearTimeout(timer);
  const said = doctor.transcript();
  const first = doctor.stderr[0]?.text ?? '';
  try {
    const { verdict, cause } = report.parse(JSON.parse(doctor.raw('stdout')));
    // Its exit code says the same in short.
    if (code === (verdict === 'healthy' ? 0 : 3)) return { verdict, cause, said };
    return { verdict: `${verdict} with exit code ${code ?? signal}`, cause, said };
  } catch {
    return { verdict: `no verdict: exit code ${code ?? signal}`, cause: first, said };
  }
}
