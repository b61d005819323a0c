import type { Chat } from '../../pkg/chat/chat.ts';
import type { Command } from '../../pkg/chat/command.ts';
import type { ChatEvent } from '../../pkg/chat/event.ts';
import { shownLine } from '../../pkg/chat/shown.ts';
import { shownName } from '../../pkg/chat/who.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { PlainEnd } from './plain.ts';

/** Messages handed in and not stored yet; the reader of a pipe waits past it, so that nothing is refused. */
const UNSTORED_MAX = 1_000;
/** People remembered, here or gone; past it the one heard of longest ago is forgotten. */
const PEOPLE_REMEMBERED_MAX = 1_024;

class Timer {
  over = false;
  readonly #timer: NodeJS.Timeout;

  /** Runs out at an instant on `performance.now()`. */
  constructor(at: number, ranOut: () => void) {
    this.#timer = setTimeout(
      () => {
        this.over = true;
        ranOut();
      },
      Math.max(0, at - performance.now()),
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** What was said in this run: how much of it is stored, and who has it. */
export class Outgoing {
  readonly #chat: Chat;
  readonly #signal: AbortSignal;
  /** The last own sequence that each has stored. */
  readonly #acknowledged = new Map<PeerId, number>();
  /** Everybody who came, by name, present or not. */
  readonly #met = new Map<PeerId, string>();
  /** The last own sequence that anybody has stored. */
  #reached = 0;
  /** What was said in an earlier run and waits to be stored: it comes first. */
  #earlier: number;
  #said = 0;
  #settled = 0;
  #refused = 0;
  /** The last own sequence that is stored in this run; 0 for none. */
  #sequence = 0;
  #waiting: (() => void)[] = [];

  constructor(chat: Chat, signal: AbortSignal) {
    this.#chat = chat;
    this.#signal = signal;
    this.#earlier = chat.snapshot().room.waiting.length;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  /** Lines that were not said, for whatever reason. */
  get refused(): number {
    return this.#refused;
  }

  /** Says something, when what was said before is mostly stored. */
  async say(command: Command): Promise<void> {
    await this.#until(() => this.#said - this.#settled < UNSTORED_MAX);
    this.#said += 1;
    this.#chat.do(command);
  }

  refuse(): void {
    this.#refused += 1;
  }

  heard(event: ChatEvent): void {
    if (event.type === 'message' && event.message.mine && this.#earlier > 0) {
      this.#earlier -= 1;
    } else if (event.type === 'message' && event.message.mine && this.#settled < this.#said) {
      this.#settled += 1;
      this.#sequence = event.message.sequence;
    } else if (event.type === 'refused') {
      const earlier = Math.min(this.#earlier, event.unsaid);
      this.#earlier -= earlier;
      this.#settled += event.unsaid - earlier;
      this.#refused += event.unsaid - earlier;
    } else if (event.type === 'delivered') {
      remember(this.#acknowledged, event.peer, event.sequence);
      this.#reached = Math.max(this.#reached, event.sequence);
    } else if (event.type === 'notice' && event.notice.what.type === 'joined') {
      remember(this.#met, event.notice.what.peer, shownLine(event.notice.what.nick));
    }
    this.#wake();
  }

  /** Resolves when everything said is on disk. */
  stored(): Promise<void> {
    return this.#until(() => this.#settled >= this.#said);
  }

  /**
   * Waits until everything said is stored, time was had to find the others, and somebody has it and everybody present;
   * at most until `until`. Whoever leaves is not waited for. Both instants are on `performance.now()`.
   */
  async delivered({ settledAt, until }: { readonly settledAt: number; readonly until: number }): Promise<PlainEnd> {
    await this.stored();
    if (this.#sequence === 0) return { type: 'delivered' };
    // Timers tell the time here, not the clock: one may run out a fraction before the other shows it.
    const settling = new Timer(settledAt, () => this.#wake());
    const waiting = new Timer(until, () => this.#wake());
    const done = () => settling.over && this.#hasReachedAnybody() && this.#missing().length === 0;
    await this.#until(() => done() || waiting.over);
    settling.stop();
    waiting.stop();
    const missing = this.#missing();
    if (missing.length > 0) return { type: 'undelivered', missing };
    if (this.#hasReachedAnybody()) return { type: 'delivered' };
    return this.#met.size === 0 ? { type: 'nobody' } : { type: 'undelivered', missing: [...this.#met.values()] };
  }

  #hasReachedAnybody(): boolean {
    return this.#reached >= this.#sequence;
  }

  /** Those present who lack something. */
  #missing(): readonly string[] {
    return this.#chat
      .snapshot()
      .people.filter(({ me, peer }) => !me && (this.#acknowledged.get(peer) ?? 0) < this.#sequence)
      .map(shownName);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds() && !this.#signal.aborted) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function remember<Value>(people: Map<PeerId, Value>, peer: PeerId, value: Value): void {
  people.delete(peer);
  people.set(peer, value);
  const [oldest] = people.keys();
  if (people.size > PEOPLE_REMEMBERED_MAX && oldest !== undefined) people.delete(oldest);
}
