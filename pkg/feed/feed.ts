/**
 * One author's entries in one room. Takes runs in the order of the chain, has them verified, then stored, and only then
 * counts them as its own.
 *
 * Invariant prefix: what is stored of a feed is always a prefix of what its author signed, without a gap; only where nobody
 * has kept the beginning, it begins later.
 * Invariant stored-first: a run counts, is acknowledged and sent on only after it is stored. An own run that was
 * sent and then forgotten in a crash would have its sequence used twice, and its author taken for a liar.
 */
import { assert } from '../base/assert.ts';
import { BATCH_BYTES_MAX, CLOCK_STEP_MAX } from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import { type Run, signedPart } from '../wire/entry.ts';
import { type Fault, fault } from '../wire/fault.ts';
import { NO_RUN, type RunHash } from '../wire/fields.ts';

/** The end of what is stored of a feed. */
export interface Head {
  readonly sequence: number;
  readonly clock: number;
  /** Of the last run. */
  readonly hash: RunHash;
}

/** A run with the hash of its text, ready to be stored. */
export interface HashedRun {
  readonly run: Run;
  readonly hash: RunHash;
}

/** Who brought a run. */
export interface Bearer {
  readonly link: LinkId;
  readonly peer: PeerId;
}

/** A run and who brought it; undefined for one's own. */
export interface Offered {
  readonly run: Run;
  readonly from: Bearer | undefined;
}

/** Where a feed may go on behind a gap, and how far its clock may be by then: nobody checks the steps in between. */
export interface Leap {
  readonly to: number;
  readonly clockMax: number;
}

export type Offer =
  | { readonly type: 'queued' }
  /** It is on its way in already, or nothing more of the feed is wanted. */
  | { readonly type: 'duplicate' }
  /** Its place is taken by what is stored: the same run once more, or one that contradicts it. */
  | { readonly type: 'known' }
  /** Entries before it are missing: `from` to `to`, this run's included, are to be asked for. */
  | { readonly type: 'gap'; readonly from: number; readonly to: number };

/** What a feed wants next; it wants one thing at a time. */
export type Work =
  | { readonly type: 'verify'; readonly signed: string; readonly signature: string; readonly texts: readonly string[] }
  /** `leaps`: the first of the runs does not follow on what is stored. */
  | { readonly type: 'store'; readonly runs: readonly HashedRun[]; readonly leaps: boolean };

export type Judgement =
  | { readonly type: 'work'; readonly work: Work }
  /** The run that `from` brought broke the rules; it and everything behind it is dropped. */
  | {
      readonly type: 'refused';
      readonly from: Bearer | undefined;
      readonly fault: Fault;
      readonly dropped: readonly Offered[];
    }
  /** The author has signed a run that continues another history than the one kept here. */
  | { readonly type: 'forked'; readonly other: Offered; readonly dropped: readonly Offered[] }
  /** The feed is forked since the question was asked. */
  | { readonly type: 'dropped'; readonly dropped: readonly Offered[] };

const BAD_START = fault('bad-chain', 'a first run that continues another');
const BAD_SIGNATURE = fault('bad-signature', 'the signature does not fit');
const START: Head = { sequence: 0, clock: 0, hash: NO_RUN };

export class Feed {
  readonly room: RoomName;
  readonly author: PeerId;
  #head: Head;
  #state: 'idle' | 'verifying' | 'signing' | 'storing' = 'idle';
  #forked: boolean;
  /** Behind the batch, in order of the chain. */
  #queue: Offered[] = [];
  /** Being verified, then stored. */
  #batch: Offered[] = [];
  #hashes: readonly RunHash[] = [];
  /** The sequence at which the feed goes on, though what is before it is not here and nobody has it any more. */
  #leapTo: number | undefined;
  /** After a failure each run is verified by itself, so that the one at fault is found. */
  #oneByOne = false;

  constructor(room: RoomName, author: PeerId, head: Head = START, forked = false) {
    this.room = room;
    this.author = author;
    this.#head = head;
    this.#forked = forked;
  }

  get head(): Head {
    return this.#head;
  }

  get forked(): boolean {
    return this.#forked;
  }

  /** Whether nothing is under way, so that an own run can be made that continues the head. */
  get idle(): boolean {
    return this.#state === 'idle' && this.#queue.length === 0;
  }

  /** The author told another history as well: nothing more is taken. Returns what waited and is dropped. */
  fork(): readonly Offered[] {
    this.#forked = true;
    return this.#queue.splice(0);
  }

  /** The last sequence that is stored or on its way in. */
  get tip(): number {
    return (this.#queue.at(-1) ?? this.#batch.at(-1))?.run.last ?? this.#head.sequence;
  }

  /**
   * Takes a run that came on a link, if it may continue the chain. Nobody is judged here: what waits before it may be
   * forged, and is not proven yet. Verification starts with `next()`. `leap` is where it may go on behind a gap.
   */
  offer(run: Run, from: Bearer, leap?: Leap): Offer {
    assert(run.room === this.room && run.author === this.author, 'a run offered to another feed');
    const tip = this.tip;
    if (this.#forked) return { type: 'duplicate' };
    if (run.first <= this.#head.sequence) return { type: 'known' };
    if (run.first <= tip) return { type: 'duplicate' };
    if (run.first > tip + 1) {
      const leaps = this.idle && run.first === leap?.to && run.clock <= leap.clockMax;
      if (!leaps) return { type: 'gap', from: tip + 1, to: run.last };
      this.#leapTo = run.first;
    }
    this.#queue.push({ run, from });
    return { type: 'queued' };
  }

  /** What is to be done now, or undefined while something is under way or nothing waits. */
  next(): Work | undefined {
    if (this.#state !== 'idle' || this.#forked || this.#queue.length === 0) return undefined;
    this.#batch = this.#queue.splice(0, this.#oneByOne ? 1 : this.#batchLength());
    this.#state = 'verifying';
    const runs = this.#batch.map(({ run }) => run);
    const last = runs.at(-1);
    const seal = last === undefined ? undefined : signedPart(last.text);
    assert(seal !== undefined, 'a run without a seal in the queue');
    return { type: 'verify', ...seal, texts: runs.map((run) => run.text) };
  }

  /** The last signature of the batch and the hashes of all its runs. */
  verified(valid: boolean, hashes: readonly RunHash[]): Judgement {
    assert(this.#state === 'verifying' && hashes.length === this.#batch.length, 'an answer to another question');
    if (this.#forked) {
      this.#state = 'idle';
      return { type: 'dropped', dropped: this.#drop() };
    }
    const start = this.#leaps ? this.#batch[0]?.run.prev : this.#head.hash;
    const chained = this.#batch.every(({ run }, place) => run.prev === (place === 0 ? start : hashes[place - 1]));
    const wrong = chained ? this.#wrongNumbers() : undefined;
    if (valid && chained && wrong === undefined) return { type: 'work', work: this.#store(hashes) };
    if (this.#batch.length > 1) return this.#retryOneByOne();
    const at = this.#batch[0];
    assert(at !== undefined, 'an empty batch');
    this.#state = 'idle';
    // Before the first run nothing was kept that another history could contradict.
    this.#forked = valid && !chained && this.#head.sequence > 0;
    if (this.#forked) return { type: 'forked', other: at, dropped: this.#drop() };
    const reason = valid ? (wrong ?? BAD_START) : BAD_SIGNATURE;
    return { type: 'refused', from: at.from, fault: reason, dropped: this.#drop() };
  }

  /** The batch is on disk: the head moves, and the runs count from now on. */
  stored(): readonly Offered[] {
    const last = this.#batch.at(-1)?.run;
    const hash = this.#hashes.at(-1);
    assert(this.#state === 'storing' && last !== undefined && hash !== undefined, 'stored what was not to be stored');
    this.#head = { sequence: last.last, clock: last.clock, hash };
    const batch = this.#batch;
    this.#batch = [];
    this.#state = 'idle';
    this.#leapTo = undefined;
    if (this.#queue.length === 0) this.#oneByOne = false;
    return batch;
  }

  /** The disk refused: the head stays, and whatever was on its way in is dropped. */
  storeFailed(): readonly Offered[] {
    assert(this.#state === 'storing', 'a store failed that was not asked for');
    this.#state = 'idle';
    return this.#drop();
  }

  /** An own run is being signed; nothing else happens to this feed until `signed`. */
  signing(): void {
    assert(this.idle, 'an own run while something is under way');
    this.#state = 'signing';
  }

  signed({ run, hash }: HashedRun): Work {
    assert(this.#state === 'signing' && run.prev === this.#head.hash, 'an own run that does not continue the feed');
    this.#batch = [{ run, from: undefined }];
    return this.#store([hash]);
  }

  /** What is wrong with the numbers of the batch, which is a chain that continues the head. */
  #wrongNumbers(): Fault | undefined {
    let before = this.#before();
    for (const { run } of this.#batch) {
      if (run.first !== before.sequence + 1) return fault('bad-chain', 'a sequence that does not follow');
      if (run.firstClock <= before.clock) return fault('bad-chain', 'a clock that does not rise');
      if (run.firstClock - before.clock > CLOCK_STEP_MAX) return fault('bad-chain', 'a clock that leaps');
      before = { ...before, sequence: run.last, clock: run.clock };
    }
    return undefined;
  }

  /** As many runs as may be verified and stored in one go, and at least one. */
  #batchLength(): number {
    let chars = 0;
    let length = 0;
    for (const { run } of this.#queue) {
      chars += run.text.length;
      if (length > 0 && chars > BATCH_BYTES_MAX) break;
      length += 1;
    }
    return length;
  }

  /** Whether the first run of the batch goes on behind a gap. */
  get #leaps(): boolean {
    return this.#leapTo !== undefined && this.#batch[0]?.run.first === this.#leapTo;
  }

  /** The end of what the batch follows on. Behind a gap nobody knows how far the clock has come. */
  #before(): Head {
    const first = this.#batch[0]?.run;
    if (!this.#leaps || first === undefined) return this.#head;
    return { ...this.#head, sequence: first.first - 1, clock: Math.max(this.#head.clock, first.firstClock - 1) };
  }

  #store(hashes: readonly RunHash[]): Work {
    this.#state = 'storing';
    this.#hashes = hashes;
    const runs = this.#batch.map(({ run }, place) => {
      const hash = hashes[place];
      assert(hash !== undefined, 'a run without its hash');
      return { run, hash };
    });
    return { type: 'store', runs, leaps: this.#leaps };
  }

  #retryOneByOne(): Judgement {
    this.#oneByOne = true;
    this.#queue = [...this.#batch, ...this.#queue];
    this.#batch = [];
    this.#state = 'idle';
    const work = this.next();
    assert(work !== undefined, 'nothing left to verify');
    return { type: 'work', work };
  }

  #drop(): readonly Offered[] {
    const dropped = [...this.#batch, ...this.#queue];
    this.#batch = [];
    this.#queue = [];
    this.#leapTo = undefined;
    this.#oneByOne = false;
    return dropped;
  }
}
