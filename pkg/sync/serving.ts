/** What others have asked for, sent to each as fast as it reads. */
import { GLIMPSE_RUNS_MAX, LOAD_BYTES_MAX, TELL_INTERVAL_MS } from '../base/limits.ts';
import { between, type Instant } from '../base/units.ts';
import type { Feeds } from '../feed/feeds.ts';
import { type FeedKey, feedName } from '../feed/feeds-out.ts';
import type { ForkProof } from '../feed/forks.ts';
import type { Run } from '../wire/entry.ts';
import { fault } from '../wire/fault.ts';
import { encodeMessage, type Latest, type Want } from '../wire/message.ts';
import type { Linked } from './linked.ts';
import type { SyncOut } from './sync-out.ts';

/** A run as the store gives it back. */
export interface ServedRun {
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

export class Serving {
  readonly #headOf: Feeds['head'];
  /** Who follows which feed, by name. */
  readonly #followers = new Map<string, Set<Linked>>();

  constructor(headOf: Feeds['head']) {
    this.#headOf = headOf;
  }

  want(linked: Linked, { room, author, from, to }: Want): SyncOut[] {
    const feed = { room, author };
    if (to === undefined) return this.#follow(linked, feed, from);
    const end = Math.min(to, this.#headOf(feed));
    if (from > end) return [];
    if (!linked.outflow.ask({ feed, from, to: end })) return [tooMany(linked, 'too many ranges asked for')];
    return this.pump(linked);
  }

  enough(linked: Linked, feed: FeedKey): void {
    linked.outflow.drop(feed);
    this.#unfollow(linked, feedName(feed));
  }

  /** The newest runs of a room are asked for. More often than they change for anybody's eyes they are not shown. */
  latest(linked: Linked, { room }: Latest, now: Instant): SyncOut[] {
    if (linked.shownAt !== undefined && between(linked.shownAt, now) < TELL_INTERVAL_MS) return [];
    linked.shownAt = now;
    return [{ type: 'load-latest', link: linked.link, room }];
  }

  /** The newest runs of a room, lowest first, for a link that asked for them. */
  latestLoaded({ link }: Linked, runs: readonly { readonly text: string }[]): SyncOut[] {
    const newest = runs.slice(-GLIMPSE_RUNS_MAX);
    let first = newest.length;
    for (let chars = 0; first > 0; first -= 1) {
      chars += newest[first - 1]?.text.length ?? 0;
      if (chars > LOAD_BYTES_MAX) break;
    }
    const shown = newest.slice(first);
    if (shown.length === 0) return [];
    return [asideOut(link, 'latest', shown)];
  }

  /** The two runs that prove a fork. */
  prove({ link }: Linked, proof: ForkProof): SyncOut[] {
    return [
      asideOut(
        link,
        'fork',
        proof.map((text) => ({ text })),
      ),
    ];
  }

  /** Runs that were just stored, at once to every link that follows the feed and has everything before them. */
  spread(
    feed: FeedKey,
    runs: readonly Run[],
    { first, last }: { readonly first: number; readonly last: number },
  ): SyncOut[] {
    const followers = this.#followers.get(feedName(feed));
    if (followers === undefined) return [];
    const text = linesOf(runs);
    const out: SyncOut[] = [];
    for (const linked of followers) {
      if (linked.outflow.passOn(feed, first, last)) out.push({ type: 'send', link: linked.link, text });
      else out.push(...this.pump(linked));
    }
    return out;
  }

  /** The stretch that was asked for with `load`: the runs' texts and where they end. */
  loaded(linked: Linked, runs: readonly ServedRun[]): SyncOut[] {
    const { feed, from } = linked.outflow.loaded(runs.at(-1)?.last);
    const base = runs[0]?.first ?? this.#headOf(feed) + 1;
    const out: SyncOut[] = base > from ? [{ type: 'rebased', feed, base }] : [];
    // The store has nothing to give now; it is asked again when something happens on the link or in the feed.
    if (runs.length === 0) return out;
    return [...out, { type: 'send', link: linked.link, text: linesOf(runs) }, ...this.pump(linked)];
  }

  /** Reads on for a link, where there is something to read and room to send it. */
  pump(linked: Linked): SyncOut[] {
    const stretch = linked.outflow.next(this.#headOf);
    return stretch === undefined ? [] : [{ type: 'load', link: linked.link, stretch }];
  }

  forget(linked: Linked): void {
    for (const name of linked.outflow.followed()) this.#unfollow(linked, name);
  }

  #follow(linked: Linked, feed: FeedKey, from: number): SyncOut[] {
    if (!linked.outflow.follow(feed, from)) return [tooMany(linked, 'too many feeds followed')];
    const name = feedName(feed);
    this.#followers.set(name, (this.#followers.get(name) ?? new Set()).add(linked));
    return this.pump(linked);
  }

  #unfollow(linked: Linked, name: string): void {
    const followers = this.#followers.get(name);
    followers?.delete(linked);
    if (followers?.size === 0) this.#followers.delete(name);
  }
}

function linesOf(runs: readonly { readonly text: string }[]): string {
  return runs.map(({ text }) => `${text}\n`).join('');
}

function asideOut(link: Linked['link'], what: 'latest' | 'fork', runs: readonly { readonly text: string }[]): SyncOut {
  const line = encodeMessage(
    what === 'fork' ? { type: 'aside', what, runs: 2 } : { type: 'aside', what, runs: runs.length },
  );
  return { type: 'send', link, text: `${line}\n${linesOf(runs)}` };
}

function tooMany({ link }: Linked, why: string): SyncOut {
  return { type: 'fault', link, fault: fault('flood', why) };
}
