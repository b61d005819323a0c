/** Places that the person asked to be connected with, by name or address: dialled again and again, whoever answers. */
import { Deadlines } from '../base/deadlines.ts';
import {
  BACKOFF_FIRST_MS,
  BACKOFF_JITTER_SHARE,
  BACKOFF_MS_MAX,
  TARGET_TOLD_PAUSE_MS,
  TARGETS_MAX,
} from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import type { Random } from '../base/random.ts';
import { after, between, type Instant } from '../base/units.ts';
import type { PeerId } from '../identity/peer-id.ts';
import { type Endpoint, endpointText } from '../wire/endpoint.ts';
import type { DialOut } from './dialler.ts';
import type { Dials } from './dials.ts';

interface Target {
  readonly at: Endpoint;
  /** Who was found there last. */
  peer: PeerId | undefined;
  failures: number;
  /** Why nobody is linked there, once that is known. */
  why: string | undefined;
  /** What the person was told last of why not, and when; forgotten once it is linked. */
  told: { readonly why: string; readonly at: Instant } | undefined;
  /** The person was told why not, and is to be told when it goes well after all. */
  complained: boolean;
}

/** What is to be said to the person. */
export type TargetOut =
  | { readonly type: 'target-linked'; readonly target: string; readonly peer: PeerId }
  /** Told once until it goes well, and seldom where it is for another reason by then; `final` where trying again would not help. */
  | { readonly type: 'target-failed'; readonly target: string; readonly why: string; readonly final: boolean };

/** How far one has come with a target; `text` is `host:port`. */
export interface TargetState {
  readonly text: string;
  readonly state: 'trying' | 'linked';
  readonly why: string | undefined;
}

export interface TargetsConfig {
  readonly random: Random;
  readonly dials: Dials;
  isLinked(peer: PeerId): boolean;
}

export class Targets {
  readonly #config: TargetsConfig;
  readonly #targets = new Map<string, Target>();
  readonly #dialAt = new Deadlines<string>();
  /** Connections that a target's dial has brought, until they are links or have ended. */
  readonly #opening = new Map<LinkId, string>();
  #leaving = false;

  constructor(config: TargetsConfig) {
    this.#config = config;
  }

  /** From now on this place is dialled; one that is a target already, at once. False where there are too many. */
  add(at: Endpoint, now: Instant): boolean {
    const text = endpointText(at);
    const known = this.#targets.get(text);
    if (known === undefined && this.#targets.size >= TARGETS_MAX) return false;
    this.#targets.set(text, { at, peer: known?.peer, failures: 0, why: undefined, told: undefined, complained: true });
    if (!this.#leaving) this.#dialAt.set(text, now);
    return true;
  }

  /** The dial for a target has brought a connection with `peer`. */
  opened(text: string, link: LinkId, peer: PeerId): TargetOut[] {
    const target = this.#targets.get(text);
    if (target === undefined) return [];
    target.peer = peer;
    if (this.#config.isLinked(peer)) return this.linked(peer);
    this.#opening.set(link, text);
    return [];
  }

  /** The dial for a target has failed. */
  failed(text: string, why: string, now: Instant): TargetOut[] {
    const target = this.#targets.get(text);
    return target === undefined ? [] : this.#retry(text, target, why, now);
  }

  /** A link with `peer` stands, whoever dialled. */
  linked(peer: PeerId): TargetOut[] {
    const out: TargetOut[] = [];
    for (const [target, state] of this.#targets) {
      if (state.peer !== peer) continue;
      if (state.complained) out.push({ type: 'target-linked', target, peer });
      Object.assign(state, { failures: 0, why: undefined, told: undefined, complained: false });
      this.#dialAt.cancel(target);
      for (const [link, opening] of this.#opening) if (opening === target) this.#opening.delete(link);
    }
    return out;
  }

  /** A link or connection has ended; without a reason where it gave way to another one. */
  ended(link: LinkId, peer: PeerId | undefined, why: string | undefined, now: Instant): TargetOut[] {
    const opening = this.#opening.get(link);
    this.#opening.delete(link);
    const out: TargetOut[] = [];
    for (const [text, target] of this.#targets) {
      const ours = text === opening || (peer !== undefined && target.peer === peer);
      if (!ours || (target.peer !== undefined && this.#config.isLinked(target.peer))) continue;
      // A link that stood and ended is no failure to find it: people see who has left.
      if (text === opening && why !== undefined) out.push(...this.#retry(text, target, why, now));
      else this.#dialSoon(text, now);
    }
    return out;
  }

  /** Nothing will come of it, as it is this very peer that answers. */
  giveUp(text: string, why: string): TargetOut[] {
    if (!this.#targets.delete(text)) return [];
    this.#dialAt.cancel(text);
    return [{ type: 'target-failed', target: text, why, final: true }];
  }

  /** The person does not want it any more; a link that stands stays. False where it is none. */
  stop(text: string): boolean {
    this.#dialAt.cancel(text);
    return this.#targets.delete(text);
  }

  /** The machine woke up, or its network is another one. */
  refresh(now: Instant): void {
    for (const [text, target] of this.#targets) {
      if (target.peer !== undefined && this.#config.isLinked(target.peer)) continue;
      target.failures = 0;
      this.#dialSoon(text, now);
    }
  }

  /** From now on nothing is dialled. */
  leave(): void {
    this.#leaving = true;
    for (const text of this.#targets.keys()) this.#dialAt.cancel(text);
  }

  due(now: Instant): DialOut[] {
    const out: DialOut[] = [];
    for (let text = this.#dialAt.take(now); text !== undefined; text = this.#dialAt.take(now)) {
      const target = this.#targets.get(text);
      if (target === undefined || (target.peer !== undefined && this.#config.isLinked(target.peer))) continue;
      const { address } = target.at;
      const dial = this.#config.dials.begin({ type: 'target', target: text }, { address, unsure: false }, now);
      if (dial === undefined) this.#dialAt.set(text, after(now, BACKOFF_FIRST_MS));
      else out.push({ type: 'dial', dial, peer: undefined, to: [target.at] });
    }
    return out;
  }

  nextDeadline(): Instant | undefined {
    return this.#dialAt.next();
  }

  /** Where they are, by name or address. */
  places(): Endpoint[] {
    return [...this.#targets.values()].map(({ at }) => at);
  }

  states(): TargetState[] {
    return [...this.#targets].map(([text, { peer, why }]) => ({
      text,
      state: peer !== undefined && this.#config.isLinked(peer) ? 'linked' : 'trying',
      why,
    }));
  }

  #dialSoon(text: string, now: Instant): void {
    if (!this.#leaving) this.#dialAt.setSooner(text, after(now, this.#wait(0)));
  }

  #retry(text: string, target: Target, why: string, now: Instant): TargetOut[] {
    const { told } = target;
    const isNews = told === undefined || (told.why !== why && between(told.at, now) >= TARGET_TOLD_PAUSE_MS);
    if (isNews) target.told = { why, at: now };
    target.why = why;
    target.complained = true;
    if (!this.#leaving) this.#dialAt.set(text, after(now, this.#wait(target.failures)));
    target.failures += 1;
    return isNews ? [{ type: 'target-failed', target: text, why, final: false }] : [];
  }

  #wait(failures: number): number {
    const backoff = Math.min(BACKOFF_MS_MAX, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 16));
    return this.#config.random.around(backoff, BACKOFF_JITTER_SHARE);
  }
}
