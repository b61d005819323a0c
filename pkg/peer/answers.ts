/** What the shell answers, to whom it matters. */
import { assert, never } from '../base/assert.ts';
import type { FeedKey } from '../feed/feeds-out.ts';
import type { Run } from '../wire/entry.ts';
import { parseRun } from '../wire/run.ts';
import type { Input, StoredRun } from './input.ts';
import type { Routes } from './routes.ts';

export type Answer = Extract<Input, { readonly ticket: unknown }>;

/** Takes an answer to where its ticket says. */
export function takeAnswer(routes: Routes, input: Answer): void {
  const { stages } = routes;
  const purpose = routes.redeem(input.ticket);
  assert(purpose !== undefined, 'a ticket that was redeemed before');
  switch (purpose.type) {
    case 'own-datagram':
      assert(input.type === 'signed', 'an own datagram is signed');
      return routes.fromDiscovery(stages.discovery.signed(purpose.which, input.text, routes.now.at));
    case 'datagram':
      assert(input.type === 'verified', 'a datagram is verified');
      return routes.fromDiscovery(stages.discovery.checked(purpose.datagram, input.valid, routes.now.at));
    case 'feed':
      return takeFeedAnswer(routes, input, purpose.feed);
    case 'outflow':
      assert(input.type === 'loaded', 'an outflow is loaded');
      return routes.fromSync(stages.sync.loaded(purpose.link, input.runs));
    case 'reopen':
      assert(input.type === 'paged', 'the newest page is brought');
      return routes.reopened(input.runs.flatMap(storedRun), input.floor);
    case 'latest':
      assert(input.type === 'paged', 'the newest runs are a page');
      return routes.fromSync(stages.sync.latestLoaded(purpose.link, input.runs));
    case 'glimpse':
      assert(input.type === 'verified', 'one of the newest runs is verified');
      return routes.glimpsed(purpose.run, input.valid);
    case 'recall':
      assert(input.type === 'loaded', 'the run that was kept is loaded');
      return routes.recalled(purpose.feed, purpose.suspicion, input.runs);
    case 'accusation':
      assert(input.type === 'verified', 'an accusation is verified');
      return routes.fromFeeds(stages.feeds.accused(purpose.feed, purpose.suspicion, purpose.kept, input.valid));
    case 'search':
      assert(input.type === 'found', 'a search finds');
      return routes.found(purpose.words, input.hits);
    case 'page':
      assert(input.type === 'paged', 'a page is brought');
      stages.room.older(input.runs.flatMap(storedRun), input.floor, purpose.before);
      return stages.view.touchRoom();
    default:
      return never(purpose);
  }
}

function takeFeedAnswer(routes: Routes, input: Answer, feed: FeedKey): void {
  const { feeds } = routes.stages;
  switch (input.type) {
    case 'signed':
      return routes.fromFeeds(feeds.signed(feed, input.text, input.hash));
    case 'verified':
      return routes.fromFeeds(feeds.verified(feed, input.valid, input.hashes));
    case 'stored':
      return routes.fromFeeds(feeds.stored(feed));
    case 'store-failed':
      return routes.fromFeeds(feeds.storeFailed(feed, input.why));
    case 'loaded':
    case 'paged':
    case 'found':
      return assert(false, 'a feed loads nothing');
    default:
      return never(input);
  }
}

/** What was verified before it was stored is not verified again. A row that is no run any more is passed over. */
function storedRun({ text }: StoredRun): Run[] {
  const run = parseRun(text);
  return run.type === 'run' ? [run] : [];
}
