import { assert } from '../../../pkg/base/assert.ts';
import { LOAD_BYTES_MAX } from '../../../pkg/base/limits.ts';
import { type LinkId, linkId } from '../../../pkg/base/link-id.ts';
import { instant, wallTime } from '../../../pkg/base/units.ts';
import { Feeds } from '../../../pkg/feed/feeds.ts';
import type { FeedsOut } from '../../../pkg/feed/feeds-out.ts';
import type { PeerId } from '../../../pkg/identity/peer-id.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { Sync } from '../../../pkg/sync/sync.ts';
import type { SyncOut } from '../../../pkg/sync/sync-out.ts';
import { type Entry, type Run, sealed } from '../../../pkg/wire/entry.ts';
import type { Fault } from '../../../pkg/wire/fault.ts';
import { decodeMessage, type Message } from '../../../pkg/wire/message.ts';
import { isEntry, RunCollector } from '../../../pkg/wire/run.ts';
import { hashText, toyPeerId, toySign } from '../../sim/toy-crypto.ts';
import { nickOf, Speaker, verdict } from '../speaker.ts';

/** One line on its way. */
interface Line {
  readonly from: Member;
  readonly to: Member;
  readonly link: LinkId;
  readonly text: string;
}

/** Members of one room in memory, whose lines travel when the test says so. Signing and storing take no time. */
export class Crowd {
  now = 0;
  /** Every line that was sent, in order. */
  readonly sent: Line[] = [];
  /** What does not arrive. */
  lost: (line: Line) => boolean = () => false;
  readonly #onTheWay: Line[] = [];
  #links = 0;

  member(name: string): Member {
    return new Member(this, name);
  }

  link(left: Member, right: Member): LinkId {
    this.#links += 1;
    const link = linkId(this.#links);
    left.links.set(link, right);
    right.links.set(link, left);
    left.sync(left.machine.linkUp(link, right.peer));
    right.sync(right.machine.linkUp(link, left.peer));
    return link;
  }

  unlink(link: LinkId, ...members: readonly Member[]): void {
    for (const member of members) {
      member.links.delete(link);
      member.sync(member.machine.linkDown(link, instant(this.now)));
    }
  }

  send(line: Line): void {
    this.sent.push(line);
    this.#onTheWay.push(line);
  }

  /** Lets everything arrive that is on its way, and whatever comes of it. */
  settle(): void {
    for (let line = this.#onTheWay.shift(); line !== undefined; line = this.#onTheWay.shift()) {
      if (!this.lost(line) && line.to.links.has(line.link)) line.to.read(line);
    }
  }

  /** Lets time pass, waking the members at their deadlines. */
  wait(spanMs: number, ...members: readonly Member[]): void {
    const until = this.now + spanMs;
    for (;;) {
      this.settle();
      const next = Math.min(...members.map((member) => member.machine.nextDeadline() ?? Number.POSITIVE_INFINITY));
      if (next > until) break;
      this.now = Math.max(this.now, next);
      for (const member of members) member.sync(member.machine.due(instant(this.now)));
    }
    this.now = until;
  }

  /** Each member tells its digest on each of its links. */
  beat(...members: readonly Member[]): void {
    for (const member of members) {
      const digests = member.machine.digests();
      for (const [link, other] of member.links) other.sync(other.machine.beat(link, digests, instant(this.now)));
    }
    this.settle();
  }

  /** How often each entry crossed each link, by `link author/sequence`. */
  crossings(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { link, text } of this.sent) {
      const message = decodeMessage(text);
      if (message.type === 'fault' || !isEntry(message)) continue;
      const name = `${link} ${message.author}/${message.sequence}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  sentOf(type: Message['type'], from?: Member): readonly Line[] {
    return this.sent.filter((line) => decodeMessage(line.text).type === type && (from ?? line.from) === line.from);
  }
}

export class Member {
  readonly peer: PeerId;
  readonly feeds: Feeds;
  readonly machine: Sync;
  readonly links = new Map<LinkId, Member>();
  readonly faults: Fault[] = [];
  /** Own sequences that others have acknowledged. */
  readonly delivered: { readonly peer: PeerId; readonly sequence: number }[] = [];
  /** Stretches asked of the store; answered at once unless `diskWaits`. */
  readonly loads: Extract<SyncOut, { readonly type: 'load' }>[] = [];
  readonly #name: string;
  readonly #crowd: Crowd;
  readonly #stored = new Map<PeerId, Run[]>();
  readonly #collectors = new Map<LinkId, RunCollector>();

  constructor(crowd: Crowd, name: string) {
    this.#crowd = crowd;
    this.#name = name;
    this.peer = toyPeerId(name);
    this.feeds = new Feeds(this.peer, [GENERAL], []);
    this.machine = new Sync(this.peer, this.feeds);
  }

  say(content: string): void {
    this.feeds.say(GENERAL, { kind: 'chat', sender: nickOf(this.#name), content, saidAt: wallTime(0) });
    this.#take(this.feeds.compose(GENERAL));
  }

  /** Has in its store what somebody said who is not here. */
  knows(speaker: Speaker, run: Run): void {
    this.#take(this.feeds.offer(run, speaker.on(0)));
  }

  /** Lets go of what an author said before `base`. */
  forgets(author: PeerId, base: number): void {
    this.#stored.set(author, this.#stored.get(author)?.filter(({ first }) => first >= base) ?? []);
    this.feeds.rebase({ room: GENERAL, author }, base);
  }

  /** Everything held, by author and sequence. */
  held(): string[] {
    return [...this.#stored]
      .flatMap(([author, runs]) => runs.flatMap(({ entries }) => entries.map((e) => place(author, e))))
      .sort();
  }

  read({ link, text }: Line): void {
    const message = decodeMessage(text);
    if (message.type === 'fault') throw new Error(message.why);
    const now = instant(this.#crowd.now);
    if (isEntry(message)) return this.#entry(message, text, link);
    if (message.type === 'have') this.sync(this.machine.have(link, message, now));
    if (message.type === 'want') this.sync(this.machine.want(link, message));
    if (message.type === 'enough') this.machine.enough(link, message);
  }

  sync(outs: readonly SyncOut[]): void {
    for (const out of outs) {
      if (out.type === 'send') this.#send(out.link, out.text);
      else if (out.type === 'load') this.#load(out);
      else if (out.type === 'delivered') this.delivered.push({ peer: out.peer, sequence: out.sequence });
      else if (out.type === 'rebased') this.feeds.rebase(out.feed, out.base);
      else if (out.type === 'fault') this.faults.push(out.fault);
    }
  }

  #send(link: LinkId, text: string): void {
    const to = this.links.get(link);
    if (to === undefined) throw new Error('sent on a link that is gone');
    for (const line of text.split('\n').slice(0, -1)) this.#crowd.send({ from: this, to, link, text: line });
  }

  #load(load: Extract<SyncOut, { readonly type: 'load' }>): void {
    this.loads.push(load);
    const { feed, from, to } = load.stretch;
    const found: Run[] = [];
    let bytes = 0;
    for (const run of this.#stored.get(feed.author) ?? []) {
      if (run.last < from || run.first > to) continue;
      bytes += run.text.length;
      if (found.length > 0 && bytes > LOAD_BYTES_MAX) break;
      found.push(run);
    }
    this.sync(this.machine.loaded(load.link, found));
  }

  #entry(entry: Entry, text: string, link: LinkId): void {
    const collector = this.#collectors.get(link) ?? new RunCollector();
    this.#collectors.set(link, collector);
    const run = collector.push(entry, text);
    const peer = this.links.get(link)?.peer;
    assert(run?.type !== 'fault' && peer !== undefined, 'a false run in the model');
    if (run === undefined) return;
    const brings = this.machine.brings(link, { room: run.room, author: run.author }, undefined);
    assert(brings === 'welcome', 'an honest member brings what nobody asked for');
    this.#take(this.feeds.offer(run, { link, peer }, this.machine.leapOf(link, run)));
  }

  #take(outs: readonly FeedsOut[]): void {
    const now = instant(this.#crowd.now);
    for (const out of outs) {
      if (out.type === 'verify') {
        const { valid, hashes } = verdict(out.feed.author, out);
        this.#take(this.feeds.verified(out.feed, valid, hashes));
      } else if (out.type === 'sign') {
        const text = sealed(out.text, toySign(this.peer, 'run', out.text));
        this.#take(this.feeds.signed(out.feed, text, hashText(text)));
      } else if (out.type === 'store') {
        const runs = this.#stored.get(out.feed.author) ?? [];
        this.#stored.set(out.feed.author, [...runs, ...out.runs.map(({ run }) => run)]);
        this.#take(this.feeds.stored(out.feed));
      } else if (out.type === 'accepted') {
        this.sync(this.machine.accepted(out.feed, out.runs, now));
      } else if (out.type === 'gap') {
        this.sync(this.machine.gap(out.feed, out.link, out.to, now));
      }
    }
  }
}

function place(author: PeerId, entry: Entry): string {
  return `${author}/${entry.sequence} ${entry.content}`;
}

/** Members who are all linked with each other. */
export function mesh(size: number): { readonly crowd: Crowd; readonly members: readonly Member[] } {
  const crowd = new Crowd();
  const members = Array.from({ length: size }, (_, count) => crowd.member(`member${count}`));
  for (const [place, left] of members.entries()) {
    for (const right of members.slice(place + 1)) crowd.link(left, right);
  }
  crowd.settle();
  return { crowd, members };
}

/** Two or more members who know what `authors` said who are not here, `entries` each; and a newcomer. */
export function library(options: { readonly members: number; readonly authors: number; readonly entries?: number }) {
  const { crowd, members } = mesh(options.members);
  for (let count = 0; count < options.authors; count += 1) {
    const speaker = new Speaker(`author${count}`);
    for (let entry = 0; entry < (options.entries ?? 1); entry += 1) {
      const run = speaker.say(`entry ${entry}`);
      for (const member of members) member.knows(speaker, run);
    }
  }
  crowd.settle();
  crowd.sent.length = 0;
  return { crowd, members, newcomer: crowd.member('newcomer') };
}
