import { FOLLOWS_PER_LINK_MAX } from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import { type FeedKey, feedName } from '../feed/feeds-out.ts';
import { encodeMessage } from '../wire/message.ts';
import type { SyncOut } from './sync-out.ts';

/** Who sends what is yet to come of feeds whose authors are not linked, until told that it is enough. */
export class Relays {
  readonly #links = new Map<string, LinkId>();

  of(feed: FeedKey): LinkId | undefined {
    return this.#links.get(feedName(feed));
  }

  /** Whether a link may be asked for one more feed: so many may be followed on it, the peer's own among them. */
  mayBecome(link: LinkId, feed: FeedKey): boolean {
    if (this.of(feed) === link) return true;
    let relayed = 0;
    for (const relay of this.#links.values()) if (relay === link) relayed += 1;
    return relayed < FOLLOWS_PER_LINK_MAX / 2;
  }

  set(feed: FeedKey, link: LinkId): void {
    this.#links.set(feedName(feed), link);
  }

  /** Tells the relay of a feed, if there is one, that it is enough. */
  end(feed: FeedKey): SyncOut[] {
    const link = this.of(feed);
    if (link === undefined) return [];
    this.forget(feed);
    return [{ type: 'send', link, text: `${encodeMessage({ type: 'enough', ...feed })}\n` }];
  }

  forget(feed: FeedKey): void {
    this.#links.delete(feedName(feed));
  }

  forgetLink(link: LinkId): void {
    for (const [name, relay] of this.#links) if (relay === link) this.#links.delete(name);
  }
}
