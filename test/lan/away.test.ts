import { cpSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allHear, allMeet, nth, speech } from '../crowd.ts';
import { GROWTH_BYTES_MAX } from '../memory.ts';
import { type ChatProcess, joined, left } from '../process.ts';
import { allStoreTheSame, textsOf } from '../stored.ts';
import { lanSupport } from './support.ts';
import { Village } from './village.ts';

const lan = await lanSupport();
if (lan.type === 'no') process.stderr.write(`skipped, no hosts here: ${lan.why}\n`);

const NAMES = ['alice', 'bob', 'carol', 'dave'];
const MESSAGES = 20;
const STOPPED_MS = 30_000;
/** Between two rounds of chat among those who are not stopped. */
const ROUND_MS = 200;
/** A dead peer is noticed within 6 s; what is above that is for two busy cores. */
const GONE_MS_MAX = 8_000;
/** Half of what it takes to call a peer silent: who waits for the one who is stopped is later than that. */
const HEARD_MS_MAX = 2_500;
const BACK_MS_MAX = 20_000;

describe.skipIf(lan.type === 'no')('somebody who was away', () => {
  let village: Village;
  let chats: ChatProcess[];
  const said: string[] = [];

  beforeEach(async () => {
    said.length = 0;
    village = await Village.open(NAMES);
    chats = await village.startAll();
  });

  afterEach(async () => {
    await village.close();
  });

  /** Everybody of `speakers` says something, and all of them hear it. */
  async function talk(speakers: readonly ChatProcess[], about: string, count = MESSAGES): Promise<void> {
    const lines = speakers.map(({ name }) => speech(`${name} ${about}`, count));
    for (const [place, chat] of speakers.entries()) chat.say(...nth(lines, place));
    said.push(...lines.flat());
    await allHear(
      speakers,
      lines.map((texts) => texts.at(-1) ?? ''),
    );
  }

  async function converged(them: readonly ChatProcess[]): Promise<void> {
    const stored = await allStoreTheSame(them, said);
    for (const name of NAMES) {
      expect(textsOf(stored, name), name).toEqual(said.filter((text) => text.startsWith(`${name} `)));
    }
    expect(village.complaints()).toEqual([]);
    expect(village.memory.greatest().bytes, `${village.memory}`).toBeLessThan(GROWTH_BYTES_MAX);
  }

  it('and comes back with an older copy of its profile goes on where it was, and nobody sees a fork', async () => {
    const [first, ...others] = chats;
    if (first === undefined) throw new Error('four were started');
    await talk(chats, 'before');
    await first.stop();
    const backup = village.stage.home();
    cpSync(first.home, backup, { recursive: true });

    const second = village.start(first.name);
    await second.here();
    await talk([second, ...others], 'after the copy');
    await second.stop();
    await talk(others, 'meanwhile');
    rmSync(first.home, { recursive: true });
    cpSync(backup, first.home, { recursive: true });

    const third = village.start(first.name);
    // Handed in before it is up: it must not be said before what the copy lacks is there.
    await talk([third, ...others], 'with the copy');
    await allMeet([third, ...others]);
    await talk([third, ...others], 'in the end');
    await converged([third, ...others]);
  }, 60_000);

  it('as it was stopped for 30 s is missed, holds up nobody, and catches up', async () => {
    const [stopped, ...others] = chats;
    if (stopped === undefined) throw new Error('four were started');
    await talk(chats, 'before');
    const latest: number[] = [];
    const seen = others.map((chat) => chat.stderr.length);
    const stoppedAt = performance.now();
    stopped.signal('SIGSTOP');
    for (let round = 1; performance.now() - stoppedAt < STOPPED_MS; round += 1) {
      const saidAt = performance.now();
      const pause = new Promise((resolve) => setTimeout(resolve, ROUND_MS));
      await talk(others, `meanwhile ${round}`, 1);
      latest.push(performance.now() - saidAt);
      await pause;
    }
    expect(Math.max(...latest), 'the slowest round').toBeLessThan(HEARD_MS_MAX);
    const goneMs = await Promise.all(
      others.map(async (chat, place) => {
        const line = await chat.waitForLine('stderr', left(stopped.name), { from: nth(seen, place) });
        return line.at - stoppedAt;
      }),
    );
    expect(Math.max(...goneMs), 'until it was missed').toBeLessThan(GONE_MS_MAX);

    const goesOn = others.map((chat) => chat.stderr.length);
    const continuedAt = performance.now();
    stopped.signal('SIGCONT');
    const last = said.at(-1) ?? '';
    const caughtUpMs = (await stopped.hears(last, BACK_MS_MAX)).at - continuedAt;
    await Promise.all(
      others.map((chat, place) =>
        chat.waitForLine('stderr', joined(stopped.name), { from: nth(goesOn, place), timeoutMs: BACK_MS_MAX }),
      ),
    );
    await talk(chats, 'together');
    await converged(chats);
    latest.sort((one, other) => one - other);
    process.stderr.write(
      `stopped for 30 s: missed after ${goneMs.map((ms) => ms.toFixed(0)).join(', ')} ms; rounds among the others took ` +
        `${nth(latest, Math.floor(latest.length / 2)).toFixed(0)} ms in the median, ${latest.at(-1)?.toFixed(0)} ms at most; ` +
        `caught up ${caughtUpMs.toFixed(0)} ms after it went on; ${village.memory}\n`,
    );
  }, 120_000);
});
