/**
 * `npm run bench -- mesh` forms a full mesh of 100 processes on loopback (`--peers` for another number) and prints how
 * long that takes, and what each process costs meanwhile and at rest; beside a bare mesh (`raw-mesh.ts`) of the same size
 * in the same run, alternating. A mesh is full when everybody has told of everybody else. The program is as on any start
 * but the first: its compiled code is in the cache; so is that of the bare mesh.
 */
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from 'rolldown';
import { answer } from '../crowd.ts';
import { presenceIn } from '../presence.ts';
import type { ChatProcess } from '../process.ts';
import { Stage } from '../stage.ts';
import { cpuSeconds, type Memory, memoryOf } from './figures.ts';
import { atOf, Measured, median } from './told.ts';

export interface MeshOptions {
  readonly peers: number;
  readonly rounds: number;
}

/** What follows a start (the file of acquaintances, the history's thread, the last announces of the burst) is over by then. */
const REST_MS = 10_000;
const IDLE_MS = 20_000;
const FULL_MS_MAX = 180_000;

/** A mesh that is full. */
interface Mesh {
  readonly pids: readonly number[];
  /** From the first start, and from when the last was up. */
  readonly sinceStartMs: number;
  readonly sinceUpMs: number;
  close(): Promise<void>;
}

interface Figures extends Pick<Mesh, 'sinceStartMs' | 'sinceUpMs'> {
  /** Of each process, from its start until the mesh was full. */
  readonly startCpu: readonly number[];
  readonly full: readonly Memory[];
  readonly rest: readonly Memory[];
  /** Percent of a core of each process at rest. */
  readonly idle: readonly number[];
}

export async function benchMesh({ peers, rounds }: MeshOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'p2pchat-bench-'));
  const ours: Figures[] = [];
  const raw: Figures[] = [];
  console.log(`${peers} peers, ${(peers * (peers - 1)) / 2} links; load before: ${loadavg()[0]?.toFixed(2)}`);
  try {
    const program = await buildRaw(folder);
    await warmUp(folder, program);
    for (let round = 0; round < rounds; round += 1) {
      raw.push(await figuresOf(await rawMesh(folder, program, peers)));
      ours.push(await figuresOf(await ourMesh(folder, `${round}`, peers)));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.table(tableOf(raw, ours));
}

/** As the program is: plain JavaScript, so that it need not carry a compiler. */
async function buildRaw(folder: string): Promise<string> {
  const output = join(folder, 'raw-mesh.mjs');
  await build({
    input: join(import.meta.dirname, 'raw-mesh.ts'),
    platform: 'node',
    output: { file: output, format: 'esm' },
  });
  return output;
}

async function warmUp(folder: string, program: string): Promise<void> {
  for (const make of [() => rawMesh(folder, program, 2), () => ourMesh(folder, 'warm', 2)]) {
    const mesh = await make();
    // The compiled code is written on leaving.
    await mesh.close();
  }
}

async function rawMesh(folder: string, program: string, peers: number): Promise<Mesh> {
  const startedAt = Date.now();
  const all = Array.from({ length: peers }, () =>
    Measured.start([program, join(folder, 'raw-cache'), String(peers - 1)]),
  );
  const up: { readonly one: Measured; readonly place: string }[] = [];
  let upAt = 0;
  await Promise.all(
    all.map(async (one) => {
      const told = await one.tells('up');
      const place = JSON.stringify({ peer: told['peer'], port: told['port'] });
      // Everybody hears of everybody as soon as both are up.
      for (const other of up) {
        other.one.hear(place);
        one.hear(other.place);
      }
      up.push({ one, place });
      upAt = Math.max(upAt, atOf(told));
    }),
  );
  const full = await Promise.all(all.map(async (one) => atOf(await one.tells('full'))));
  const fullAt = Math.max(...full);
  return {
    pids: all.map(({ pid }) => pid),
    sinceStartMs: fullAt - startedAt,
    sinceUpMs: fullAt - upAt,
    close: async () => {
      await Promise.all(all.map((one) => one.end()));
    },
  };
}

async function ourMesh(folder: string, name: string, peers: number): Promise<Mesh> {
  const stage = new Stage();
  const firstPort = randomInt(10_000, 30_000);
  const startedAt = performance.now();
  const chats = Array.from({ length: peers }, (_, place) =>
    // One home for all, so that they share what is compiled; each profile has its own folders in it.
    stage.start({
      name: `p${name}-${place}`,
      home: join(folder, 'home'),
      port: firstPort + place,
      args: ['-plain'],
    }),
  );
  try {
    const up = await Promise.all(chats.map(async (chat) => (await chat.here(FULL_MS_MAX)).line.at));
    const full = await Promise.all(chats.map((chat) => fullAt(chat, peers - 1)));
    return {
      pids: chats.map(({ pid }) => pid),
      sinceStartMs: Math.max(...full) - startedAt,
      sinceUpMs: Math.max(...full) - Math.max(...up),
      close: async () => {
        const short = await Promise.all(chats.map((chat) => lacksLinks(chat, peers - 1)));
        await Promise.all(chats.map((chat) => chat.stop()));
        await stage.close();
        const lacking = short.filter((text) => text !== undefined);
        if (lacking.length > 0) throw new Error(`the mesh was not full: ${lacking.join('; ')}`);
      },
    };
  } catch (error) {
    await stage.close();
    throw error;
  }
}

/** When it told of the last of `others` that it is here. */
async function fullAt(chat: ChatProcess, others: number): Promise<number> {
  const here = new Set<string>();
  let read = 0;
  return await chat.until(
    `${others} others`,
    () => {
      for (const line of chat.stderr.slice(read)) {
        read += 1;
        const told = presenceIn(line.text);
        for (const name of told?.names ?? []) {
          if (told?.here === true) here.add(name);
          else here.delete(name);
        }
        if (here.size === others) return line.at;
      }
      return undefined;
    },
    FULL_MS_MAX,
  );
}

/** What it says of its links where they are not `others`. */
async function lacksLinks(chat: ChatProcess, others: number): Promise<string | undefined> {
  const lines = await answer(chat, '/status');
  const peers = lines.find((line) => /^peers\s/.test(line));
  return new RegExp(`^peers\\s+${others} linked$`).test(peers ?? '') ? undefined : `${chat.name}: ${peers}`;
}

async function figuresOf(mesh: Mesh): Promise<Figures> {
  const { pids, sinceStartMs, sinceUpMs } = mesh;
  const startCpu = pids.map(cpuSeconds);
  const full = pids.map(memoryOf);
  await pause(REST_MS);
  const rest = pids.map(memoryOf);
  const before = pids.map(cpuSeconds);
  const sinceMs = performance.now();
  await pause(IDLE_MS);
  const seconds = (performance.now() - sinceMs) / 1_000;
  const idle = pids.map((pid, place) => (100 * (cpuSeconds(pid) - (before[place] ?? 0))) / seconds);
  await mesh.close();
  return { sinceStartMs, sinceUpMs, startCpu, full, rest, idle };
}

function tableOf(raw: readonly Figures[], ours: readonly Figures[]): Record<string, Record<string, string>> {
  const rows: readonly (readonly [string, (figures: Figures) => number])[] = [
    ['s from the first start until it is full', ({ sinceStartMs }) => sinceStartMs / 1_000],
    ['s from when the last is up', ({ sinceUpMs }) => sinceUpMs / 1_000],
    ['CPU s of a process until full, median', ({ startCpu }) => median(startCpu)],
    ['CPU s of a process until full, max', ({ startCpu }) => Math.max(...startCpu)],
    ['RSS MB when full, median', ({ full }) => median(full.map(({ rssMB }) => rssMB))],
    ['RSS MB when full, max', ({ full }) => Math.max(...full.map(({ rssMB }) => rssMB))],
    ['PSS MB when full, median', ({ full }) => median(full.map(({ pssMB }) => pssMB))],
    ['PSS MB when full, max', ({ full }) => Math.max(...full.map(({ pssMB }) => pssMB))],
    ['RSS MB at rest, median', ({ rest }) => median(rest.map(({ rssMB }) => rssMB))],
    ['RSS MB at rest, max', ({ rest }) => Math.max(...rest.map(({ rssMB }) => rssMB))],
    ['PSS MB at rest, median', ({ rest }) => median(rest.map(({ pssMB }) => pssMB))],
    ['PSS MB at rest, max', ({ rest }) => Math.max(...rest.map(({ pssMB }) => pssMB))],
    ['% of a core at rest, median', ({ idle }) => median(idle)],
    ['% of a core at rest, max', ({ idle }) => Math.max(...idle)],
  ];
  return Object.fromEntries(
    rows.map(([what, of]) => {
      const [bare, own] = [median(raw.map(of)), median(ours.map(of))];
      return [what, { 'raw TLS': bare.toFixed(2), p2pchat: own.toFixed(2), ratio: (own / bare).toFixed(2) }];
    }),
  );
}
