/** What was asked of whom. Each range is asked of one link at a time, and of another when nothing comes. */
import { Deadlines } from '../base/deadlines.ts';
import { WANT_PATIENCE_MS, WANT_TIMEOUT_MS, WANTS_PER_LINK_MAX } from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import { after, between, type Instant } from '../base/units.ts';
import { type FeedKey, feedName } from '../feed/feeds-out.ts';

export interface Wanted {
  readonly feed: FeedKey;
  readonly link: LinkId;
  /** The first and the last sequence asked for. */
  readonly from: number;
  readonly to: number;
  /** When it was found to be lacking. */
  readonly since: Instant;
  /** All links that were asked for it one after another, this one included: none of them is asked again. */
  readonly tried: readonly LinkId[];
}

interface Asked extends Wanted {
  readonly askedAt: Instant;
}

/** What is asked of one link, and when anything of it came last: what waits behind other ranges is not late. */
interface Progress {
  readonly names: Set<string>;
  /** Entries asked for in all ranges together. */
  entries: number;
  cameAt: Instant;
}

export class Wants {
  readonly #wanted = new Map<string, Asked>();
  readonly #perLink = new Map<LinkId, Progress>();
  readonly #deadlines = new Deadlines<string>();

  get(feed: FeedKey): Wanted | undefined {
    return this.#wanted.get(feedName(feed));
  }

  /** Whether a link may be asked for one more range now. */
  hasRoom(link: LinkId): boolean {
    return (this.#perLink.get(link)?.names.size ?? 0) < WANTS_PER_LINK_MAX;
  }

  /** Entries that a link is asked for now. */
  entries(link: LinkId): number {
    return this.#perLink.get(link)?.entries ?? 0;
  }

  add(wanted: Wanted, now: Instant): void {
    const name = feedName(wanted.feed);
    this.#remove(name);
    this.#wanted.set(name, { ...wanted, askedAt: now });
    const progress = this.#perLink.get(wanted.link) ?? { names: new Set(), entries: 0, cameAt: now };
    progress.names.add(name);
    progress.entries += entriesOf(wanted);
    this.#perLink.set(wanted.link, progress);
    this.#deadlines.set(name, after(now, WANT_TIMEOUT_MS));
  }

  /** A feed is stored up to `head`. The want that this completes, if any; one that goes on gets more time. */
  arrived(feed: FeedKey, head: number, now: Instant): Wanted | undefined {
    const name = feedName(feed);
    const wanted = this.#wanted.get(name);
    if (wanted === undefined) return undefined;
    const progress = this.#perLink.get(wanted.link);
    if (progress !== undefined) progress.cameAt = now;
    if (head < wanted.to) {
      this.#deadlines.set(name, after(now, WANT_TIMEOUT_MS));
      return undefined;
    }
    this.#remove(name);
    return wanted;
  }

  /** Takes back everything asked of a link that has ended. */
  forgetLink(link: LinkId): Wanted[] {
    return [...(this.#perLink.get(link)?.names ?? [])].flatMap((name) => this.#remove(name) ?? []);
  }

  /** Takes back what was asked for and has not come, of links that brought nothing else meanwhile. */
  late(now: Instant): Wanted[] {
    const late: Wanted[] = [];
    for (let name = this.#deadlines.take(now); name !== undefined; name = this.#deadlines.take(now)) {
      const wanted = this.#wanted.get(name);
      const cameAt = wanted === undefined ? undefined : this.#perLink.get(wanted.link)?.cameAt;
      if (wanted === undefined || cameAt === undefined) continue;
      const dueAt = after(cameAt, WANT_TIMEOUT_MS);
      if (dueAt > now && between(wanted.askedAt, now) < WANT_PATIENCE_MS) this.#deadlines.set(name, dueAt);
      else late.push(this.#remove(name) ?? wanted);
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
    const progress = this.#perLink.get(wanted.link);
    progress?.names.delete(name);
    if (progress !== undefined) progress.entries -= entriesOf(wanted);
    if (progress?.names.size === 0) this.#perLink.delete(wanted.link);
    return wanted;
  }
}

function entriesOf({ from, to }: Wanted): number {
  return to - from + 1;
}
