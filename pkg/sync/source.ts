import type { LinkId } from '../base/link-id.ts';
import { type FeedKey, feedName } from '../feed/feeds-out.ts';
import type { Linked } from './linked.ts';
import type { Wants } from './wants.ts';

/** Who is asked for a feed, and where it goes on there. */
export interface Source {
  readonly linked: Linked;
  /** Where that is behind a gap. */
  readonly leapTo: number | undefined;
}

interface Question {
  readonly feed: FeedKey;
  /** The first sequence that is not here. */
  readonly next: number;
  /** Links that are not asked again. */
  readonly tried: readonly LinkId[];
  /** Whether it is too early to go on behind a gap. */
  readonly patient: boolean;
}

/**
 * Whom to ask: of those who have a feed from `next` on the author, else whoever did not fail to bring it before and is asked
 * for least. Where nobody has kept that, and it is time, whoever has kept most. `busy` where those who have it may not be
 * asked for more now.
 */
export function chooseSource(
  { feed, next, tried, patient }: Question,
  among: Iterable<Linked>,
  wants: Pick<Wants, 'hasRoom' | 'entries'>,
): Source | 'busy' | undefined {
  const name = feedName(feed);
  let best: Linked | undefined;
  let longest: Linked | undefined;
  let busy = false;
  for (const linked of among) {
    const theirs = linked.rooms.get(feed.room);
    if (theirs === undefined || theirs.of(feed.author) < next) continue;
    if (tried.includes(linked.link) || linked.asked.get(name) === 'distrusted') continue;
    const covers = theirs.baseOf(feed.author) <= next;
    if (!wants.hasRoom(linked.link)) {
      busy ||= covers;
      continue;
    }
    if (covers && linked.peer === feed.author) return { linked, leapTo: undefined };
    if (covers && (best === undefined || precedes(linked, best))) best = linked;
    if (longest === undefined || keptMore(linked, longest)) longest = linked;
  }
  const leapTo = longest?.rooms.get(feed.room)?.baseOf(feed.author) ?? next;
  // Who claimed to have it and brought nothing keeps nobody from going on behind the gap.
  const inVain = best?.failed.has(name) === true && !patient && leapTo > next;
  if (best !== undefined && !inVain) return { linked: best, leapTo: undefined };
  if (busy) return 'busy';
  return longest === undefined || patient ? undefined : { linked: longest, leapTo };

  function precedes(linked: Linked, other: Linked): boolean {
    const failed = linked.failed.has(name);
    if (failed !== other.failed.has(name)) return !failed;
    return wants.entries(linked.link) < wants.entries(other.link);
  }

  function keptMore(linked: Linked, other: Linked): boolean {
    const failed = linked.failed.has(name);
    if (failed !== other.failed.has(name)) return !failed;
    return baseAt(linked) < baseAt(other);
  }

  function baseAt({ rooms }: Linked): number {
    return rooms.get(feed.room)?.baseOf(feed.author) ?? 1;
  }
}
