/** One of those who are kept through a soak: its host, its lives, and what was done to it when. */
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { answer } from '../crowd.ts';
import type { Host } from '../lan/host.ts';
import type { ChatProcess } from '../process.ts';
import type { Stage } from '../stage.ts';

/** What is done to a peer. A stall is no reason to call it gone; a cut is, as TCP may take longer than that to try again. */
export type Trouble = 'stall' | 'short cut' | 'long cut' | 'kill' | 'goodbye';

/** A time in which a peer was away, by the clock of `performance.now()`; open while it is. */
interface Away {
  readonly from: number;
  readonly trouble: Trouble | undefined;
  to: number | undefined;
}

/** How long the others may take to see that somebody is gone, or back. */
export const SETTLED_MS = 10_000;
const ANSWER_MS_MAX = 15_000;

export class SoakPeer {
  readonly name: string;
  readonly home: string;
  /** Where the others see it. */
  readonly addresses: readonly string[];
  readonly #host: Host;
  readonly #stage: Stage;
  readonly #aways: Away[] = [];
  readonly #lives: ChatProcess[] = [];
  #seeing: Promise<string[] | undefined> | undefined;
  /** Each trouble as it was: when it began, what, and when it was over; for the logs. */
  readonly story: string[] = [];
  /** What is being done to it now. */
  trouble: Trouble | undefined;

  constructor(
    name: string,
    { host, addresses }: { readonly host: Host; readonly addresses: readonly string[] },
    stage: Stage,
  ) {
    this.name = name;
    this.addresses = addresses;
    this.#host = host;
    this.#stage = stage;
    this.home = stage.home();
  }

  get lives(): readonly ChatProcess[] {
    return this.#lives;
  }

  get chat(): ChatProcess {
    const chat = this.#lives.at(-1);
    if (chat === undefined) throw new Error(`${this.name} has not begun`);
    return chat;
  }

  /** Starts it, for the first time or again. It counts as away until it is up. */
  async start(): Promise<void> {
    const away = this.#away();
    const { name, home } = this;
    this.#lives.push(this.#stage.start({ name, home, where: this.#host, debug: 'p2pchat:mesh,p2pchat:session' }));
    await this.chat.here(60_000);
    away.to = performance.now();
  }

  /** Does it to the peer for so long, and lets it come back. */
  async suffer(trouble: Trouble, spanMs: number): Promise<void> {
    const startedAt = performance.now();
    this.trouble = trouble;
    try {
      await this.#suffer(trouble, spanMs);
    } finally {
      this.trouble = undefined;
      this.story.push(`${inSeconds(startedAt)} ${this.name} ${trouble} until ${inSeconds(performance.now())}`);
    }
  }

  /** Whether it has been away, cut off or not running, at any time between these two. */
  wasAway(from: number, to: number): boolean {
    return this.#aways.some((away) => away.from <= to && (away.to ?? Number.POSITIVE_INFINITY) >= from);
  }

  /** Whether there was a cut of less than 3 s in that time. */
  wasCutShort(from: number, to: number): boolean {
    return this.#aways.some((away) => away.trouble === 'short cut' && away.from <= to && (away.to ?? to) >= from);
  }

  /** Whether it has been away all along since `from`. */
  isAwaySince(from: number): boolean {
    return this.#aways.some((away) => away.from <= from && away.to === undefined);
  }

  /** The names on its list, once for each row; undefined where it could not answer. Who asks meanwhile shares the answer. */
  sees(): Promise<string[] | undefined> {
    this.#seeing ??= this.#look().finally(() => {
      this.#seeing = undefined;
    });
    return this.#seeing;
  }

  async #look(): Promise<string[] | undefined> {
    try {
      const lines = await answer(this.chat, '/who', ANSWER_MS_MAX);
      const heading = lines.findIndex((line) => /^(?:only you are|\d+ are) here:$/.test(line));
      const rows = lines.slice(heading + 1).map((line) => / {3}(?:you|through others|\S+) {3}/.test(line) && line);
      return rows.flatMap((row) => (row === false ? [] : [/^[^\s~]+/.exec(row)?.[0] ?? '']));
    } catch (error) {
      if (this.chat.isRunning && this.trouble === undefined) throw error;
      return undefined;
    }
  }

  /** Open files and sockets. */
  handles(): number {
    return readdirSync(`/proc/${this.chat.pid}/fd`).length;
  }

  async #suffer(trouble: Trouble, spanMs: number): Promise<void> {
    switch (trouble) {
      case 'stall':
        this.chat.signal('SIGSTOP');
        await pause(spanMs);
        this.chat.signal('SIGCONT');
        return;
      case 'short cut':
      case 'long cut': {
        const away = this.#away();
        await this.#cut(spanMs);
        away.to = performance.now();
        return;
      }
      case 'kill':
      case 'goodbye': {
        const away = this.#away();
        await (trouble === 'kill' ? this.chat.kill() : this.chat.stop());
        await pause(spanMs);
        await this.start();
        away.to = performance.now();
        return;
      }
    }
  }

  async #cut(spanMs: number): Promise<void> {
    await this.#host.interfaceDown();
    await pause(spanMs);
    await this.#host.interfaceUp();
  }

  #away(): Away {
    const away: Away = { from: performance.now(), trouble: this.trouble, to: undefined };
    this.#aways.push(away);
    return away;
  }
}

function inSeconds(at: number): string {
  return (at / 1_000).toFixed(3);
}
