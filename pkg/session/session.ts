/**
 * One conversation with one peer on one link: hello first, then messages, with a beat every `BEAT_INTERVAL_MS` as a
 * sign of life. Turns bytes into messages and runs; a peer that breaks a rule gets one fault, after which nothing more
 * of the link is read. Knows no other session.
 */
import {
  CONTROL_LINES_BURST_MAX,
  CONTROL_LINES_PER_SECOND_MAX,
  HELLO_TIMEOUT_MS,
  NICK_LINES_BURST_MAX,
  NICK_LINES_PER_SECOND_MAX,
  PROTOCOL_VERSION,
  WANT_LINES_BURST_MAX,
  WANT_LINES_PER_SECOND_MAX,
} from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import { TokenBucket } from '../base/token-bucket.ts';
import { after, type Instant, instant, type Millis } from '../base/units.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { Run } from '../wire/entry.ts';
import { type Fault, fault } from '../wire/fault.ts';
import { LineSplitter } from '../wire/lines.ts';
import {
  type Aside,
  type Beat,
  type Bye,
  type Control,
  type DialledBack,
  decodeMessage,
  type Enough,
  type Have,
  type Hello,
  type Latest,
  type Message,
  type Peers,
  type Visit,
  type Visited,
  type Want,
} from '../wire/message.ts';
import { isEntry, RunCollector } from '../wire/run.ts';
import { Pulse } from './pulse.ts';

/** What a peer says once it has greeted. */
export type Said =
  | Beat
  | Have
  | Want
  | Enough
  | Latest
  | Peers
  | Extract<Control, { readonly type: 'nick' | 'who' | 'doubt' }>;

/** What a run is shown for that does not continue a feed, and how many of its kind are still to come. */
export interface ShownAside {
  readonly what: Aside['what'];
  readonly left: number;
}

export type SessionOut =
  | { readonly type: 'greeted'; readonly link: LinkId; readonly hello: Hello }
  | { readonly type: 'said'; readonly link: LinkId; readonly message: Said }
  | { readonly type: 'run'; readonly link: LinkId; readonly run: Run; readonly aside: ShownAside | undefined }
  /** Somebody came to examine the network instead of greeting: the session is over, the link stays open for the answers. */
  | { readonly type: 'visit'; readonly link: LinkId; readonly peer: PeerId; readonly visit: Visit }
  | { readonly type: 'bye'; readonly link: LinkId; readonly bye: Bye }
  /** Nothing came for a while of a peer whose beats are often. Told once until something comes. */
  | { readonly type: 'silent'; readonly link: LinkId; readonly peer: PeerId }
  | { readonly type: 'fault'; readonly link: LinkId; readonly fault: Fault };

export class Session {
  readonly link: LinkId;
  readonly peer: PeerId;
  readonly #group: string;
  readonly #splitter = new LineSplitter();
  readonly #runs = new RunCollector();
  readonly #control: TokenBucket;
  readonly #wants: TokenBucket;
  readonly #nicks: TokenBucket;
  /** Runs that are still to come of an aside. */
  #aside: ShownAside | undefined;
  #openedAt: Instant;
  /** From the hello on. */
  #pulse: Pulse | undefined;
  #over = false;
  #reading = true;

  /** `group` is the network of which the peer must be. */
  constructor(link: LinkId, peer: PeerId, group: string, now: Instant) {
    this.link = link;
    this.peer = peer;
    this.#group = group;
    this.#openedAt = now;
    this.#control = new TokenBucket(CONTROL_LINES_BURST_MAX, CONTROL_LINES_PER_SECOND_MAX, now);
    this.#wants = new TokenBucket(WANT_LINES_BURST_MAX, WANT_LINES_PER_SECOND_MAX, now);
    this.#nicks = new TokenBucket(NICK_LINES_BURST_MAX, NICK_LINES_PER_SECOND_MAX, now);
  }

  /** Whether it has ended by a fault or a bye: nothing more of it is read. */
  get over(): boolean {
    return this.#over;
  }

  /** The link's round trip as the beats measured it last, or undefined before the first. */
  get roundTripMs(): Millis | undefined {
    return this.#pulse?.roundTripMs;
  }

  /** Takes bytes as they came. Stops at the first fault or bye. */
  bytes(chunk: Uint8Array, now: Instant): SessionOut[] {
    if (this.#over) return [];
    this.#pulse?.heard(now);
    const { lines, fault: broken } = this.#splitter.push(chunk);
    const out: SessionOut[] = [];
    for (const line of lines) {
      if (this.#over) return out;
      const message = decodeMessage(line);
      if (message.type === 'fault') return [...out, this.#fault(message)];
      out.push(...this.#message(message, line, now));
    }
    if (broken !== undefined && !this.#over) out.push(this.#fault(broken));
    return out;
  }

  /** When `due` wants to be called: for the next beat, or because the peer has been silent for a while or for too long. */
  nextDeadline(): Instant {
    if (this.#pulse !== undefined) return this.#pulse.nextDeadline();
    return this.#reading ? after(this.#openedAt, HELLO_TIMEOUT_MS) : instant(Number.POSITIVE_INFINITY);
  }

  /** What the clock brings: a fault, that the peer is silent, or `beat` when one is to be sent now. */
  due(now: Instant): SessionOut | 'beat' | undefined {
    if (this.#over) return undefined;
    const { link, peer } = this;
    switch (this.#pulse?.due(now)) {
      case 'dead':
        return this.#fault(fault('silence', 'nothing was heard for too long'));
      case 'silent':
        return { type: 'silent', link, peer };
      case 'beat':
        return 'beat';
      default:
        return this.#pulse === undefined && now >= this.nextDeadline()
          ? this.#fault(fault('hello-timeout', 'no hello in time'))
          : undefined;
    }
  }

  /** We ourselves stood still (own-stall): what the peer said meanwhile is still to be read, so it gets `graceMs` at least. */
  pardon(graceMs: number, now: Instant): void {
    this.#pulse?.pardon(graceMs, now);
    // A hello, too, may wait to be read.
    const openedAt = after(now, graceMs - HELLO_TIMEOUT_MS);
    if (openedAt > this.#openedAt) this.#openedAt = openedAt;
  }

  /** The signs of life on the link, once it has greeted and as long as it is read. */
  get pulse(): Pulse | undefined {
    return this.#over ? undefined : this.#pulse;
  }

  /** Reading from the link stops or goes on. */
  flow(reading: boolean, now: Instant): void {
    this.#reading = reading;
    this.#pulse?.flow(reading, now);
  }

  #message(message: Message, line: string, now: Instant): SessionOut[] {
    if (this.#pulse === undefined) return [this.#greeting(message, now)];
    if (isEntry(message)) {
      const run = this.#runs.push(message, line);
      if (run === undefined) return [];
      return run.type === 'fault'
        ? [this.#fault(run)]
        : [{ type: 'run', link: this.link, run, aside: this.#takeAside() }];
    }
    if (this.#runs.open) return [this.#fault(fault('bad-run', 'a run that was broken off'))];
    if (this.#aside !== undefined) return [this.#fault(fault('bad-run', 'an aside that was broken off'))];
    if (!this.#bucketOf(message).take(now)) return [this.#fault(fault('flood', `too many lines of ${message.type}`))];
    if (message.type === 'hello') return [this.#fault(fault('hello-expected', 'a second hello'))];
    if (message.type === 'bye') return [this.#bye(message)];
    if (message.type === 'aside') {
      this.#aside = { what: message.what, left: message.runs };
      return [];
    }
    if (isVisitTalk(message)) return [this.#fault(fault('hello-expected', `${message.type} after hello`))];
    if (message.type === 'beat') this.#pulse.measure(message, now);
    return [{ type: 'said', link: this.link, message }];
  }

  /** What the run that has just come is shown for. */
  #takeAside(): ShownAside | undefined {
    if (this.#aside === undefined) return undefined;
    const aside = { ...this.#aside, left: this.#aside.left - 1 };
    this.#aside = aside.left > 0 ? aside : undefined;
    return aside;
  }

  /** Ranges asked for and names have bounds of their own: the first come thick, each of the others is seen by everyone. */
  #bucketOf(message: Control): TokenBucket {
    if (message.type === 'want' || message.type === 'enough') return this.#wants;
    return message.type === 'nick' ? this.#nicks : this.#control;
  }

  #greeting(message: Message, now: Instant): SessionOut {
    if (message.type === 'bye') return this.#bye(message);
    if (message.type === 'visit') {
      this.#over = true;
      return { type: 'visit', link: this.link, peer: this.peer, visit: message };
    }
    if (message.type !== 'hello') return this.#fault(fault('hello-expected', `${message.type} before hello`));
    if (message.version !== PROTOCOL_VERSION) {
      return this.#fault(fault('version', `protocol ${message.version}, here ${PROTOCOL_VERSION}`));
    }
    if (message.group !== this.#group) return this.#fault(fault('other-group', `of the network ${message.group}`));
    this.#pulse = new Pulse(this.#openedAt, this.#reading, now);
    return { type: 'greeted', link: this.link, hello: message };
  }

  #bye(bye: Bye): SessionOut {
    this.#over = true;
    return { type: 'bye', link: this.link, bye };
  }

  #fault(reason: Fault): SessionOut {
    this.#over = true;
    return { type: 'fault', link: this.link, fault: reason };
  }
}

function isVisitTalk(message: Control): message is Visit | Visited | DialledBack {
  return message.type === 'visit' || message.type === 'visited' || message.type === 'dialled-back';
}
