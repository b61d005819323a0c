import { DIGEST_REST_MS, DIGESTS_PER_BEAT_MAX, HEADS_PER_LINE_MAX, TELL_INTERVAL_MS } from '../base/limits.ts';
import { between, type Instant } from '../base/units.ts';
import type { Feeds } from '../feed/feeds.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import { type Beat, encodeMessage, type ToldHead } from '../wire/message.ts';
import type { Linked } from './linked.ts';
import type { SyncOut } from './sync-out.ts';

/** What we tell others to have. */
export class Telling {
  readonly #me: PeerId;
  readonly #holdings: Pick<Feeds, 'rooms' | 'frontier' | 'clock' | 'head'>;
  /** When a room's frontier last rose. */
  readonly #roseAt = new Map<RoomName, Instant>();
  /** The lines of whole frontiers: after a partition one is told to everybody, so they are kept until it changes. */
  readonly #lines = new Map<RoomName, { readonly turn: number; readonly text: string }>();

  constructor(me: PeerId, holdings: Pick<Feeds, 'rooms' | 'frontier' | 'clock' | 'head'>) {
    this.#me = me;
    this.#holdings = holdings;
  }

  /** A room's frontier has risen. */
  rose(room: RoomName, now: Instant): void {
    this.#roseAt.set(room, now);
  }

  /** Whether nothing of a room came in for a while, so that what is missing is not just on its way. */
  isAtRest(room: RoomName, now: Instant): boolean {
    const roseAt = this.#roseAt.get(room);
    return roseAt === undefined || between(roseAt, now) >= DIGEST_REST_MS;
  }

  /** The digest of our frontier, for a peer that has just come. */
  digest({ link }: Linked, room: RoomName): SyncOut {
    const digest = this.#holdings.frontier(room)?.digest() ?? '';
    const clock = this.#holdings.clock(room);
    return { type: 'send', link, text: `${encodeMessage({ type: 'have', room, heads: [], digest, clock })}\n` };
  }

  /** Our whole frontier, unless it was told a moment ago. */
  wholeOnce(linked: Linked, room: RoomName, now: Instant): SyncOut[] {
    const toldAt = linked.toldAt.get(room);
    const lately = toldAt !== undefined && between(toldAt, now) < TELL_INTERVAL_MS;
    return lately ? [] : [this.#whole(linked, room, now)];
  }

  /** What a beat says of our frontiers. */
  digests(): Beat['digests'] {
    const digests: Beat['digests'] = [];
    for (const room of this.#holdings.rooms()) {
      if (digests.length < DIGESTS_PER_BEAT_MAX) digests.push([room, this.#holdings.frontier(room)?.digest() ?? '']);
    }
    return digests;
  }

  /** Where a peer's digest differs from ours: what is new here, and everything where there is nothing new to tell. */
  differing(linked: Linked, digests: Beat['digests'], now: Instant): SyncOut[] {
    // However often a room stands in it, it counts once.
    return [...new Map(digests)].flatMap(([room, digest]) => {
      const ours = this.#holdings.frontier(room);
      if (ours === undefined) return [];
      linked.digests.set(room, digest);
      if (ours.digest() === digest) return [];
      const news = this.#news(linked, room);
      if (news !== '') return [{ type: 'send', link: linked.link, text: news }];
      return this.isAtRest(room, now) ? this.wholeOnce(linked, room, now) : [];
    });
  }

  /** What an author was not told yet that we have stored of it. */
  acknowledge({ link, peer, unacknowledged }: Linked): SyncOut[] {
    const out: SyncOut[] = [];
    for (const room of unacknowledged) {
      const head = this.#holdings.head({ room, author: peer });
      out.push({ type: 'send', link, text: toldHeads(room, [[peer, head]]) });
    }
    unacknowledged.clear();
    return out;
  }

  #whole({ link, toldAt, toldTurn }: Linked, room: RoomName, now: Instant): SyncOut {
    const turn = this.#holdings.frontier(room)?.turn ?? 0;
    toldAt.set(room, now);
    toldTurn.set(room, turn);
    const lines = this.#lines.get(room);
    const text = lines?.turn === turn ? lines.text : this.#write(room);
    this.#lines.set(room, { turn, text });
    return { type: 'send', link, text };
  }

  #write(room: RoomName): string {
    const heads = this.#holdings.frontier(room)?.heads() ?? [];
    return toldHeads(room, heads, { whole: true, clock: this.#holdings.clock(room) });
  }

  /** What has come from others since anything was told; what the two of us say reaches each other anyway. */
  #news({ peer, toldTurn }: Linked, room: RoomName): string {
    const ours = this.#holdings.frontier(room);
    const heads = ours?.since(toldTurn.get(room) ?? 0).filter(([author]) => author !== this.#me && author !== peer);
    toldTurn.set(room, ours?.turn ?? 0);
    return heads === undefined || heads.length === 0 ? '' : toldHeads(room, heads);
  }
}

/** The lines that tell heads, as many as it takes and at least one; `end` is said with the last. */
function toldHeads(
  room: RoomName,
  heads: ToldHead[],
  end: { readonly whole?: true; readonly clock?: number } = {},
): string {
  let text = '';
  for (let place = 0; place === 0 || place < heads.length; place += HEADS_PER_LINE_MAX) {
    const last = place + HEADS_PER_LINE_MAX >= heads.length;
    const slice = heads.slice(place, place + HEADS_PER_LINE_MAX);
    text += `${encodeMessage({ type: 'have', room, heads: slice, ...(last ? end : {}) })}\n`;
  }
  return text;
}
