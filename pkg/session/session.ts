/**
 * One conversation with one peer on one link: hello first, then messages, with a beat every `BEAT_INTERVAL_MS` as a
 * sign of life. Turns bytes into messages and runs; a peer that breaks a rule gets one fault, after which nothing more
 * of the link is read. Knows no other session.
 */
import {
  BEAT_INTERVAL_MS,
  CONTROL_LINES_BURST_MAX,
  CONTROL_LINES_PER_SECOND_MAX,
  EXCHANGE_REST_MS,
  HELLO_TIMEOUT_MS,
  NICK_LINES_BURST_MAX,
  NICK_LINES_PER_SECOND_MAX,
  PROTOCOL_VERSION,
  SILENCE_MS_MAX,
  WANT_LINES_BURST_MAX,
  WANT_LINES_PER_SECOND_MAX,
} from '../base/limits.ts';
import type { LinkId } from '../base/link-id.ts';
import { TokenBucket } from '../base/token-bucket.ts';
import { after, between, type Instant, instant, type Millis, millis } from '../base/units.ts';
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
  encodeMessage,
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

/** What a peer says once it has greeted. */
export type Said = Beat | Have | Want | Enough | Latest | Peers | Extract<Control, { readonly type: 'nick' | 'who' }>;

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
  #greeted = false;
  #over = false;
  #reading = true;
  #heardAt: Instant;
  #beatAt: Instant;
  /** Whether the first beat has gone out, which must not be early. */
  #beats = false;
  /** The latest beat of the peer: its own clock then, and ours. */
  #theirBeat: { readonly sent: number; readonly heardAt: Instant } | undefined;
  #roundTripMs: Millis | undefined;

  /** `group` is the network of which the peer must be. */
  constructor(link: LinkId, peer: PeerId, group: string, now: Instant) {
    this.link = link;
    this.peer = peer;
    this.#group = group;
    this.#openedAt = now;
    this.#heardAt = now;
    // The first tells the circle, once that has had time to rest.
    this.#beatAt = after(now, EXCHANGE_REST_MS);
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
    return this.#roundTripMs;
  }

  /** Takes bytes as they came. Stops at the first fault or bye. */
  bytes(chunk: Uint8Array, now: Instant): SessionOut[] {
    if (this.#over) return [];
    this.#heardAt = now;
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

  /** When `due` wants to be called: for the next beat, or because the peer has been silent for too long. */
  nextDeadline(): Instant {
    return this.#greeted && this.#beatAt < this.#silentAt() ? this.#beatAt : this.#silentAt();
  }

  /** What the clock brings: a fault, or `beat` when one is to be sent now. */
  due(now: Instant): SessionOut | 'beat' | undefined {
    if (this.#over) return undefined;
    if (now >= this.#silentAt()) {
      if (!this.#greeted) return this.#fault(fault('hello-timeout', 'no hello in time'));
      return this.#fault(fault('silence', `nothing heard for ${SILENCE_MS_MAX} ms`));
    }
    if (!this.#greeted || this.#beatAt > now) return undefined;
    this.#beatAt = after(now, BEAT_INTERVAL_MS);
    this.#beats = true;
    return 'beat';
  }

  /** Whether a beat may as well be sent now as it would be due before `until`: then it has been. */
  beatsEarly(until: Instant, now: Instant): boolean {
    if (this.#over || !this.#beats || this.#beatAt > until) return false;
    this.#beatAt = after(now, BEAT_INTERVAL_MS);
    return true;
  }

  /** We ourselves stood still (own-stall): what the peer said meanwhile is still to be read, so it gets `graceMs` at least. */
  pardon(graceMs: number, now: Instant): void {
    const pardoned = after(now, graceMs - SILENCE_MS_MAX);
    if (pardoned > this.#heardAt) this.#heardAt = pardoned;
    // A hello, too, may wait to be read.
    const openedAt = after(now, graceMs - HELLO_TIMEOUT_MS);
    if (openedAt > this.#openedAt) this.#openedAt = openedAt;
  }

  /** The next beat is due now. */
  beatSoon(now: Instant): void {
    this.#beatAt = now;
  }

  /** Reading from the link stops or goes on. What is not read cannot be heard: meanwhile nobody is silent. */
  flow(reading: boolean, now: Instant): void {
    this.#reading = reading;
    this.#heardAt = now;
  }

  /** The line of a beat sent now. */
  beat(told: Pick<Beat, 'circle' | 'digests'>, now: Instant): string {
    const sent = Math.max(0, Math.round(now));
    const theirs = this.#theirBeat;
    const echo = theirs === undefined ? {} : { echo: theirs.sent, held: Math.round(between(theirs.heardAt, now)) };
    return encodeMessage({ type: 'beat', sent, ...echo, ...told });
  }

  /** The one place where this instant is computed: comparing spans instead could round the other way. */
  #silentAt(): Instant {
    if (!this.#reading) return instant(Number.POSITIVE_INFINITY);
    return this.#greeted ? after(this.#heardAt, SILENCE_MS_MAX) : after(this.#openedAt, HELLO_TIMEOUT_MS);
  }

  #message(message: Message, line: string, now: Instant): SessionOut[] {
    if (!this.#greeted) return [this.#greeting(message, now)];
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
    if (message.type === 'beat') this.#measure(message, now);
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
    this.#greeted = true;
    // A deadline that lies in the past would look as if we had stood still.
    if (this.#beatAt < now) this.#beatAt = now;
    return { type: 'greeted', link: this.link, hello: message };
  }

  #bye(bye: Bye): SessionOut {
    this.#over = true;
    return { type: 'bye', link: this.link, bye };
  }

  #measure(beat: Beat, now: Instant): void {
    this.#theirBeat = { sent: beat.sent, heardAt: now };
    if (beat.echo === undefined || beat.held === undefined) return;
    const roundTripMs = now - beat.echo - beat.held;
    if (roundTripMs >= -1 && roundTripMs < SILENCE_MS_MAX) this.#roundTripMs = millis(Math.max(0, roundTripMs));
  }

  #fault(reason: Fault): SessionOut {
    this.#over = true;
    return { type: 'fault', link: this.link, fault: reason };
  }
}

function isVisitTalk(message: Control): message is Visit | Visited | DialledBack {
  return message.type === 'visit' || message.type === 'visited' || message.type === 'dialled-back';
}
