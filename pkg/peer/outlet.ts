import type { LinkId } from '../base/link-id.ts';
import type { Now } from '../base/units.ts';
import type { ChatEvent } from '../chat/event.ts';
import type { PeerConfig } from './config.ts';
import type { Effect, TraceScope } from './effect.ts';
import type { Ticket } from './input.ts';
import { type Purpose, Tickets } from './tickets.ts';

/** Collects what a step wants done, in order. */
export class Outlet {
  readonly config: PeerConfig;
  readonly #tickets = new Tickets();
  /** The clocks of the step under way. */
  now: Now;
  #effects: Effect[] = [];

  constructor(config: PeerConfig) {
    this.config = config;
    this.now = config.startedAt;
  }

  effect(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** What came together since it was last asked, in order. */
  takeEffects(): readonly Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** A ticket for an effect that is answered. */
  ticket(purpose: Purpose): Ticket {
    return this.#tickets.issue(purpose);
  }

  /** What an answer is for. */
  redeem(ticket: Ticket): Purpose | undefined {
    return this.#tickets.redeem(ticket);
  }

  send(link: LinkId, line: string): void {
    this.effect({ type: 'send', link, text: `${line}\n` });
  }

  event(event: ChatEvent): void {
    this.effect({ type: 'event', event });
  }

  /** Something was not done, and `unsaid` own messages are not said for it. */
  refuse(why: string, unsaid: number): void {
    this.event({ type: 'refused', why, unsaid });
  }

  trace(scope: TraceScope, text: string): void {
    if (this.config.tracing) this.effect({ type: 'trace', scope, text });
  }
}
