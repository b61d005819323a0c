import { earliest } from '../base/deadlines.ts';
import { BEAT_INTERVAL_MS, BEAT_RARE_MS, DOUBT_MS, EXCHANGE_REST_MS, SILENCE_MS_MAX } from '../base/limits.ts';
import { after, between, type Instant, instant, type Millis, millis } from '../base/units.ts';
import { type Beat, encodeMessage } from '../wire/message.ts';

/** What beats tell besides the clocks. */
export type Told = Pick<Beat, 'ask' | 'circle' | 'digests'>;

/** Who is doubted has so long to give a sign of life. */
const PROOF_MS = SILENCE_MS_MAX - DOUBT_MS;

/** The signs of life on a link that has greeted: beats sent and heard, and how long nothing may come. */
export class Pulse {
  #heardAt: Instant;
  #beatAt: Instant;
  #reading: boolean;
  /** How often a beat is sent. */
  #everyMs = BEAT_INTERVAL_MS;
  /** Whether the first beat has gone out, which must not be early. */
  #begun = false;
  /** How long the peer's next beat may take, as it told. */
  #nextMs = BEAT_INTERVAL_MS;
  /** That nothing comes was told. */
  #doubted = false;
  /** Others doubt that the peer is alive: by then it is to have been heard. */
  #provesAt: Instant | undefined;
  /** The latest beat of the peer: its own clock then, and ours. */
  #theirBeat: { readonly sent: number; readonly heardAt: Instant } | undefined;
  #roundTripMs: Millis | undefined;

  /** `openedAt` is when the connection stood: the first beat tells the circle, once that has had time to rest. */
  constructor(openedAt: Instant, reading: boolean, now: Instant) {
    this.#heardAt = now;
    this.#reading = reading;
    const first = after(openedAt, EXCHANGE_REST_MS);
    // A deadline that lies in the past would look as if we had stood still.
    this.#beatAt = first < now ? now : first;
  }

  /** The link's round trip as the beats measured it last, or undefined before the first. */
  get roundTripMs(): Millis | undefined {
    return this.#roundTripMs;
  }

  /** Something came. */
  heard(now: Instant): void {
    this.#heardAt = now;
    this.#doubted = false;
    this.#provesAt = undefined;
  }

  /** A beat came. */
  measure(beat: Beat, now: Instant): void {
    this.#theirBeat = { sent: beat.sent, heardAt: now };
    this.#nextMs = Math.max(BEAT_INTERVAL_MS, beat.next ?? BEAT_INTERVAL_MS);
    if (beat.echo === undefined || beat.held === undefined) return;
    const roundTripMs = now - beat.echo - beat.held;
    if (roundTripMs >= -1 && roundTripMs < SILENCE_MS_MAX) this.#roundTripMs = millis(Math.max(0, roundTripMs));
  }

  /** Reading from the link stops or goes on. What is not read cannot be heard: meanwhile nobody is silent. */
  flow(reading: boolean, now: Instant): void {
    this.#reading = reading;
    this.#heardAt = now;
  }

  /** We ourselves stood still: what the peer said meanwhile is still to be read, so it gets `graceMs` at least. */
  pardon(graceMs: number, now: Instant): void {
    const pardoned = after(now, graceMs - this.#silenceMs());
    if (pardoned > this.#heardAt) this.#heardAt = pardoned;
    // Others have stood still for nobody: who is silent is told by them.
    this.#doubted = true;
    const provesAt = after(now, graceMs);
    if (this.#provesAt !== undefined && this.#provesAt < provesAt) this.#provesAt = provesAt;
  }

  /** From now on beats are sent often, or rarely. */
  pace(quick: boolean, now: Instant): void {
    this.#everyMs = quick ? BEAT_INTERVAL_MS : BEAT_RARE_MS;
    const latest = after(now, this.#everyMs);
    if (this.#beatAt > latest) this.#beatAt = latest;
  }

  /** The next beat is due now. */
  beatSoon(now: Instant): void {
    this.#beatAt = now;
  }

  /** Whether a beat may as well be sent now as it would be due before `until`: then it has been. */
  beatsEarly(until: Instant, now: Instant): boolean {
    if (!this.#begun || this.#beatAt > until) return false;
    this.#beatAt = after(now, this.#everyMs);
    return true;
  }

  /** Others hear nothing of the peer. Whether it is to be asked for a sign of life: not where it gave one a moment ago. */
  doubt(now: Instant): boolean {
    if (this.#provesAt !== undefined || between(this.#heardAt, now) < PROOF_MS) return false;
    this.#provesAt = after(now, PROOF_MS);
    return true;
  }

  /** When `due` wants to be called. */
  nextDeadline(): Instant {
    const silentAt = this.#silentAt();
    return earliest(this.#beatAt, this.#doubtAt(), silentAt) ?? silentAt;
  }

  /** What is due: the peer is dead, others are to look after it, or a beat is to be sent now. */
  due(now: Instant): 'dead' | 'silent' | 'beat' | undefined {
    if (now >= this.#silentAt()) return 'dead';
    const doubtAt = this.#doubtAt();
    if (doubtAt !== undefined && doubtAt <= now) {
      this.#doubted = true;
      return 'silent';
    }
    if (this.#beatAt > now) return undefined;
    this.#beatAt = after(now, this.#everyMs);
    this.#begun = true;
    return 'beat';
  }

  /** The line of a beat sent now. */
  beat(told: Told, now: Instant): string {
    const sent = Math.max(0, Math.round(now));
    const theirs = this.#theirBeat;
    const echo = theirs === undefined ? {} : { echo: theirs.sent, held: Math.round(between(theirs.heardAt, now)) };
    const next = this.#everyMs === BEAT_INTERVAL_MS ? {} : { next: this.#everyMs };
    return encodeMessage({ type: 'beat', sent, ...echo, ...next, ...told });
  }

  /** The one place where this instant is computed: comparing spans instead could round the other way. */
  #silentAt(): Instant {
    if (!this.#reading) return instant(Number.POSITIVE_INFINITY);
    const silentAt = after(this.#heardAt, this.#silenceMs());
    return this.#provesAt !== undefined && this.#provesAt < silentAt ? this.#provesAt : silentAt;
  }

  /** How long nothing may come: past the beat that is due, as long as where beats are often. */
  #silenceMs(): number {
    return this.#nextMs - BEAT_INTERVAL_MS + SILENCE_MS_MAX;
  }

  /** When the others are to be told that nothing comes; undefined where that says nothing, or was told. */
  #doubtAt(): Instant | undefined {
    if (this.#doubted || !this.#reading || this.#nextMs > BEAT_INTERVAL_MS) return undefined;
    return after(this.#heardAt, DOUBT_MS);
  }
}
