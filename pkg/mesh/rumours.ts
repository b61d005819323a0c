/**
 * Who is told to be here by neighbours that are linked with them. Whoever cannot be linked for a while though it is told
 * of is present through others, for as long as somebody vouches for it.
 */
import { Deadlines } from '../base/deadlines.ts';
import { RELAYED_AFTER_MS, RELAYED_MAX, RELAYED_PER_SECOND_MAX } from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import { TokenBucket } from '../base/token-bucket.ts';
import { after, type Instant, instant } from '../base/units.ts';
import type { Nick } from '../identity/nick.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { ToldPeer } from '../wire/message.ts';

export type RumourOut =
  /** `peer` is here, through others. */
  | { readonly type: 'relayed'; readonly peer: PeerId; readonly nick: Nick }
  | { readonly type: 'unrelayed'; readonly peer: PeerId };

interface Rumour {
  nick: Nick;
  readonly tellers: Set<LinkId>;
}

export interface RumoursConfig {
  readonly me: PeerId;
  isLinked(peer: PeerId): boolean;
  /** Whether what came on `link` still holds, as far as one knows. */
  isCurrent(link: LinkId): boolean;
}

export class Rumours {
  readonly #config: RumoursConfig;
  readonly #rumours = new Map<PeerId, Rumour>();
  /** What each neighbour told last. */
  readonly #tables = new Map<LinkId, ReadonlySet<PeerId>>();
  readonly #relayed = new Set<PeerId>();
  readonly #relayAt = new Deadlines<PeerId>();
  /** Each that is taken is a line on the screen, and made-up people cost nothing. */
  readonly #news = new TokenBucket(RELAYED_MAX, RELAYED_PER_SECOND_MAX, instant(0));

  constructor(config: RumoursConfig) {
    this.#config = config;
  }

  /** Whether `peer` was told of by somebody. */
  has(peer: PeerId): boolean {
    return this.#rumours.has(peer);
  }

  /** Whether something is kept that came on `link`. */
  hasFrom(link: LinkId): boolean {
    return this.#tables.has(link);
  }

  /** What a neighbour tells now takes the place of what it told before. */
  told(link: LinkId, answer: readonly ToldPeer[], now: Instant): RumourOut[] {
    for (const { peer, nick } of answer) {
      const rumour = this.#rumours.get(peer) ?? { nick, tellers: new Set() };
      rumour.nick = nick;
      rumour.tellers.add(link);
      this.#rumours.set(peer, rumour);
      if (peer === this.#config.me || this.#relayed.has(peer) || this.#config.isLinked(peer)) continue;
      this.#relayAt.setSooner(peer, after(now, RELAYED_AFTER_MS));
    }
    const before = this.#tables.get(link) ?? new Set();
    const table = new Set(answer.map(({ peer }) => peer));
    if (table.size > 0) this.#tables.set(link, table);
    else this.#tables.delete(link);
    return [...before].filter((peer) => !table.has(peer)).flatMap((peer) => this.#untold(link, peer));
  }

  /** `peer` is linked: it needs no others. */
  linked(peer: PeerId): void {
    this.#relayAt.cancel(peer);
    this.#relayed.delete(peer);
  }

  /** `peer` is leaving, as it said itself. */
  left(peer: PeerId): RumourOut[] {
    for (const link of this.#rumours.get(peer)?.tellers ?? []) {
      this.#tables.set(link, new Set([...(this.#tables.get(link) ?? [])].filter((other) => other !== peer)));
    }
    this.#rumours.delete(peer);
    return this.#unrelay(peer);
  }

  due(now: Instant): RumourOut[] {
    const out: RumourOut[] = [];
    for (let peer = this.#relayAt.take(now); peer !== undefined; peer = this.#relayAt.take(now)) {
      const rumour = this.#rumours.get(peer);
      if (rumour === undefined || this.#config.isLinked(peer)) continue;
      if (this.#relayed.size >= RELAYED_MAX || !this.#news.take(now)) {
        this.#relayAt.set(peer, after(now, RELAYED_AFTER_MS));
        continue;
      }
      this.#relayed.add(peer);
      out.push({ type: 'relayed', peer, nick: rumour.nick });
    }
    return out;
  }

  nextDeadline(): Instant | undefined {
    return this.#relayAt.next();
  }

  /** A neighbour is not linked with `peer` any more. Those who told long ago may not be either, and do not count. */
  #untold(link: LinkId, peer: PeerId): RumourOut[] {
    const rumour = this.#rumours.get(peer);
    if (rumour === undefined) return [];
    rumour.tellers.delete(link);
    if (rumour.tellers.size === 0) this.#rumours.delete(peer);
    return [...rumour.tellers].some((teller) => this.#config.isCurrent(teller)) ? [] : this.#unrelay(peer);
  }

  #unrelay(peer: PeerId): RumourOut[] {
    this.#relayAt.cancel(peer);
    return this.#relayed.delete(peer) ? [{ type: 'unrelayed', peer }] : [];
  }
}
