import type { Feeds } from '../feed/feeds.ts';
import type { FeedKey } from '../feed/feeds-out.ts';
import type { Linked } from './linked.ts';

/**
 * Entries of a room that a linked peer lacks of ours, by what it told; or below 0, that we lack of what it has. Of what
 * others said it tells us no more than a digest, so that it is undefined for a while after somebody else has spoken.
 */
export function lacksOf(
  linked: Linked | undefined,
  own: FeedKey,
  holdings: Pick<Feeds, 'frontier' | 'head'>,
): number | undefined {
  const { room, author: me } = own;
  const theirs = linked?.rooms.get(room);
  if (linked === undefined || theirs === undefined) return undefined;
  let missing = 0;
  for (const [author, sequence] of theirs.heads()) missing += Math.max(0, sequence - holdings.head({ room, author }));
  if (missing > 0) return -missing;
  const lacking = holdings.head(own) - theirs.of(me);
  if (lacking > 0) return lacking;
  return linked.digests.get(room) === holdings.frontier(room)?.digest() ? 0 : undefined;
}
