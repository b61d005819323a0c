/** What was asked of whom. Each range is asked of one link at a time, and of another when nothing comes. */
import { Deadlines } from '../base/deadlines.ts';
import { WANT_TIMEOUT_MS, WANTS_PER_LINK_MAX } from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import { after, type Instant } from '../base/units.ts';
import { type FeedKey, feedName } from '../feed/feeds.ts';

export interface Wanted {
  readonly feed: FeedKey;
  readonly link: LinkId;
  /** The last sequence asked for. */
  readonly to: number;
}

export class Wants {
  readonly #wanted = new Map<string, Wanted>();
  readonly #perLink = new Map<LinkId, Set<string>>();
  readonly #deadlines = new Deadlines<string>();

  get(feed: FeedKey): Wanted | undefined {
    return this.#wanted.get(feedName(feed));
  }

  /** Whether a link may be asked for one more range now. */
  hasRoom(link: LinkId): boolean {
    return (this.#perLink.get(link)?.size ?? 0) < WANTS_PER_LINK_MAX;
  }

  add(wanted: Wanted, now: Instant): void {
    const name = feedName(wanted.feed);
    this.#remove(name);
    this.#wanted.set(name, wanted);
    const links = this.#perLink.get(wanted.link) ?? new Set();
    links.add(name);
    this.#perLink.set(wanted.link, links);
    this.#deadlines.set(name, after(now, WANT_TIMEOUT_MS));
  }

  /** A feed is stored up to `head`. The want that this completes, if any; one that goes on gets more time. */
  arrived(feed: FeedKey, head: number, now: Instant): Wanted | undefined {
    const name = feedName(feed);
    const wanted = this.#wanted.get(name);
    if (wanted === undefined) return undefined;
    if (head < wanted.to) {
      this.#deadlines.set(name, after(now, WANT_TIMEOUT_MS));
      return undefined;
    }
    this.#remove(name);
    return wanted;
  }

  /** Takes back everything asked of a link that has ended. */
  forgetLink(link: LinkId): Wanted[] {
    return [...(this.#perLink.get(link) ?? [])].flatMap((name) => this.#remove(name) ?? []);
  }

  /** Takes back what was asked for and has not come. */
  late(now: Instant): Wanted[] {
    const late: Wanted[] = [];
    for (let name = this.#deadlines.take(now); name !== undefined; name = this.#deadlines.take(now)) {
      const wanted = this.#remove(name);
      if (wanted !== undefined) late.push(wanted);
    }
    return late;
  }

  nextDeadline(): Instant | undefined {
    return this.#deadlines.next();
  }

  #remove(name: string): Wanted | undefined {
    const wanted = this.#wanted.get(name);
    if (wanted === undefined) return undefined;
    this.#wanted.delete(name);
    this.#deadlines.cancel(name);
    const links = this.#perLink.get(wanted.link);
    links?.delete(name);
    if (links?.size === 0) this.#perLink.delete(wanted.link);
    return wanted;
  }
}
