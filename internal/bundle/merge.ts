/**
 * Runs of a bundle on their way into a history. The rules are those of the chat, kept by `Feeds`; here its questions are
 * answered, and what becomes of each run is told from the answers.
 */
import { randomBytes } from 'node:crypto';
import { assert, never } from '../../pkg/base/assert.ts';
import { linkId } from '../../pkg/base/link-id.ts';
import type { Bearer, HashedRun } from '../../pkg/feed/feed.ts';
import { Feeds } from '../../pkg/feed/feeds.ts';
import { type FeedKey, type FeedsOut, feedName } from '../../pkg/feed/feeds-out.ts';
import { keyTag, type PeerId, peerIdFromKey } from '../../pkg/identity/peer-id.ts';
import type { RoomName } from '../../pkg/identity/room-name.ts';
import { type Run, signedPart } from '../../pkg/wire/entry.ts';
import type { RunHash } from '../../pkg/wire/fields.ts';
import { hashText, Verifier } from '../crypto/verifier.ts';
import type { History } from '../store/history.ts';
import { BundleError } from './bundle-error.ts';
import type { BundleRun } from './bundle-runs.ts';
import type { ImportReport } from './import-report.ts';

/** What a merge needs of a history. */
export type MergeHistory = Pick<History, 'heads' | 'load' | 'store' | 'keepFork'>;

interface Verified {
  readonly feed: FeedKey;
  readonly valid: boolean;
  readonly hashes: readonly RunHash[];
}

type Accusation = Extract<FeedsOut, { readonly type: 'accuse' }>;

const FORKED = 'its author has told two histories, and this is the other one';

export class Merge {
  readonly #history: MergeHistory;
  readonly #report: ImportReport;
  readonly #feeds: Feeds;
  readonly #verifier = new Verifier();
  /** Nobody: whatever the bundle holds, it does not come from its author, and nobody is held to account for it. */
  readonly #bearer: Bearer;
  /** For each feed the runs that wait to be verified and stored, in order. Together no more than `Feeds` lets in. */
  readonly #waiting = new Map<string, BundleRun[]>();
  #verifying: Promise<Verified>[] = [];
  #stores: { readonly feed: FeedKey; readonly runs: readonly HashedRun[] }[] = [];
  #accusation: Accusation | undefined;
  #full = false;

  constructor(history: MergeHistory, rooms: readonly RoomName[], report: ImportReport) {
    this.#history = history;
    this.#report = report;
    this.#bearer = { link: linkId(1), peer: nobody() };
    this.#feeds = new Feeds(this.#bearer.peer, rooms, history.heads());
  }

  /** Takes a run. Resolves when the next one may come. Throws `StoreError` and `BundleError` where the disk fails. */
  async offer(found: BundleRun): Promise<void> {
    const { run } = found;
    const feed = { room: run.room, author: run.author };
    if (this.#feeds.frontier(run.room) === undefined) return this.#report.pass(run.entries.length);
    // What stands where another run is still being verified is laid beside that one once it is stored.
    if (this.#waiting.has(feedName(feed)) && run.first <= this.#feeds.tip(feed)) await this.rest();
    if (this.#feeds.isForked(feed)) return this.#offerForked(feed, found);
    if (run.first <= this.#feeds.head(feed)) return await this.#offerKnown(feed, found);
    this.#offerNext(feed, found);
    while (this.#full) await this.#turn();
  }

  /** Resolves when each run that was offered has its fate. */
  async rest(): Promise<void> {
    while (this.#verifying.length + this.#stores.length > 0) await this.#turn();
    assert(this.#waiting.size === 0 && !this.#full, 'runs of a bundle without a fate');
  }

  #offerNext(feed: FeedKey, found: BundleRun): void {
    const { run, line } = found;
    const lines = run.entries.length;
    const outs = this.#feeds.offer(run, this.#bearer);
    const gap = outs.find((out) => out.type === 'gap');
    if (gap !== undefined) {
      const missing = gap.from === run.first - 1 ? `entry ${gap.from}` : `entries ${gap.from} to ${run.first - 1}`;
      const why = `${missing} of ${nameOf(run)} before it cannot be had, neither here nor in the bundle`;
      return this.#report.refuseBehind(feedName(feed), lines, { line, why });
    }
    if (this.#feeds.tip(feed) < run.last) {
      return this.#report.refuseBehind(run.room, lines, { line, why: `${run.room} has no place for one more author` });
    }
    const waiting = this.#waiting.get(feedName(feed));
    if (waiting === undefined) this.#waiting.set(feedName(feed), [found]);
    else waiting.push(found);
    this.#take(outs);
  }

  /** The place of the run is taken: by itself, or by one that it contradicts. */
  async #offerKnown(feed: FeedKey, { run, line }: BundleRun): Promise<void> {
    this.#take(this.#feeds.offer(run, this.#bearer));
    const accusation = this.#accusation;
    this.#accusation = undefined;
    if (accusation === undefined) return this.#report.know(run.entries.length);
    const seal = signedPart(run.text);
    assert(seal !== undefined, 'a run without a seal');
    const valid = await this.#verifier.verify(run.author, 'run', seal.signed, seal.signature);
    this.#take(this.#feeds.accused(feed, accusation.suspicion, accusation.kept, valid));
    const why = valid ? FORKED : 'the signature does not fit, and what is kept at its place is another one';
    this.#report.refuse(run.entries.length, { line, why: `${nameOf(run)}: ${why}` });
  }

  #offerForked(feed: FeedKey, { run, line }: BundleRun): void {
    const kept = this.#kept(feed, run.first);
    if (kept === run.text) return this.#report.know(run.entries.length);
    this.#report.refuseBehind(feedName(feed), run.entries.length, { line, why: `${nameOf(run)}: ${FORKED}` });
  }

  /** Answers what waits for an answer: signatures first, then everything that they let in, in one transaction. */
  async #turn(): Promise<void> {
    for (const { feed, valid, hashes } of await Promise.all(this.#verifying.splice(0))) {
      this.#judged(feed, this.#feeds.verified(feed, valid, hashes));
    }
    const stores = this.#stores.splice(0);
    const outcomes = this.#history.store(stores.map(({ runs }) => runs));
    for (const [place, { feed }] of stores.entries()) {
      const outcome = outcomes[place];
      if (outcome?.type === 'stored') this.#take(this.#feeds.stored(feed));
    }
    const failed = outcomes.find((outcome) => outcome.type === 'store-failed');
    if (failed === undefined) return;
    const text = `the history cannot be written: ${failed.why}; ${this.#report.done().added} entries were merged before`;
    throw new BundleError('not-stored', text);
  }

  /** Of the runs that waited, `Feeds` judged the first; where it did not stand, those behind it are dropped. */
  #judged(feed: FeedKey, outs: readonly FeedsOut[]): void {
    const fault = outs.find((out) => out.type === 'distrusted' || out.type === 'fault');
    this.#take(outs);
    if (fault === undefined && !this.#feeds.isForked(feed)) return;
    const [first, ...behind] = this.#waiting.get(feedName(feed)) ?? [];
    this.#waiting.delete(feedName(feed));
    if (first === undefined) return;
    const why =
      fault === undefined ? FORKED : 'it is not what its author signed, or does not follow what was said before';
    this.#report.refuse(first.run.entries.length, { line: first.line, why: `${nameOf(first.run)}: ${why}` });
    const lost = behind.reduce((sum, { run }) => sum + run.entries.length, 0);
    this.#report.refuseBehind(feedName(feed), lost, undefined);
  }

  #take(outs: readonly FeedsOut[]): void {
    for (const out of outs) {
      switch (out.type) {
        case 'verify':
          this.#verifying.push(this.#verify(out));
          break;
        case 'store':
          this.#stores.push(out);
          break;
        case 'accepted':
          this.#accepted(out.feed, out.runs);
          break;
        case 'flow':
          this.#full = !out.reading;
          break;
        case 'recall':
          this.#take(this.#feeds.recalled(out.feed, out.suspicion, this.#kept(out.feed, out.sequence)));
          break;
        case 'accuse':
          this.#accusation = out;
          break;
        case 'forked':
          this.#report.fork(out.feed);
          if (out.proof !== undefined) this.#history.keepFork({ ...out.feed, proof: out.proof });
          break;
        case 'distrusted':
        case 'fault':
        case 'gap':
          break;
        case 'sign':
        case 'store-failed':
          throw new Error(`p2pchat has a bug: a bundle leads to ${out.type}`);
        default:
          never(out);
      }
    }
  }

  #accepted(feed: FeedKey, runs: readonly Run[]): void {
    const waiting = this.#waiting.get(feedName(feed));
    const entries = runs.reduce((sum, run) => sum + run.entries.length, 0);
    const accepted = waiting?.splice(0, runs.length);
    assert(accepted?.length === runs.length, 'accepted what was not offered');
    if (waiting?.length === 0) this.#waiting.delete(feedName(feed));
    this.#report.add(feed.author, entries);
  }

  async #verify(out: Extract<FeedsOut, { readonly type: 'verify' }>): Promise<Verified> {
    const { feed, signed, signature, texts } = out;
    const verifying = this.#verifier.verify(feed.author, 'run', signed, signature);
    const hashes = texts.map(hashText);
    return { feed, valid: await verifying, hashes };
  }

  /** The stored run that holds a sequence; undefined where it is not kept any more. */
  #kept(feed: FeedKey, sequence: number): string | undefined {
    return this.#history.load({ ...feed, from: sequence, to: sequence }).runs[0]?.text;
  }
}

/** The sender and the author's tag, as they came. */
function nameOf({ author, entries }: Run): string {
  return `${entries[0]?.sender ?? ''}~${keyTag(author)}`;
}

/** A peer id of which nobody has the key. */
function nobody(): PeerId {
  const peer = peerIdFromKey(randomBytes(32));
  assert(peer !== undefined, '32 bytes are a key');
  return peer;
}
