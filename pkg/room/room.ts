/** One room as its members see it: what was said, who came and went. Knows entries, not how they travelled. */
import { LATE_AFTER_MS, LATE_TOLD_MAX } from '../base/limits.ts';
import { after, type Instant, type Now, wallTime } from '../base/units.ts';
import type { ComingOrGoing } from '../chat/attendance.ts';
import type { ChatMessage, Notice, RoomView, WaitingMessage } from '../chat/snapshot.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import type { Entry, Run, Utterance } from '../wire/entry.ts';
import { Comings } from './comings.ts';
import { LONG_AGO, Timeline } from './timeline.ts';

/** What people see of a room, but for what its members have of it. */
export type RoomPart = Omit<RoomView, 'entries' | 'holders' | 'catchingUp'>;

export class Room {
  readonly name: RoomName;
  readonly #me: PeerId;
  readonly #timeline = new Timeline();
  readonly #comings = new Comings();
  #waiting: readonly WaitingMessage[] = [];
  #view: RoomPart | undefined;
  /** Until the first page has come, nobody knows what the store holds. */
  #opened = false;
  #notices = 0;
  #utterances = 0;
  /** The room's clock when one came for the first time; 0 when one was here before, or is the first. */
  #cameAt = 0;
  /** Whether what is shown was shown before it was stored. */
  #glimpsed = false;

  constructor(name: RoomName, me: PeerId) {
    this.name = name;
    this.#me = me;
  }

  /** One who comes for the first time is told the room's clock. */
  arrive(clock: number): void {
    this.#cameAt = Math.max(this.#cameAt, clock);
  }

  /** Nothing of what was told is on its way any more; `clock` is the greatest that is stored. Anybody can tell any clock. */
  settle(clock: number): void {
    this.#cameAt = Math.min(this.#cameAt, clock);
  }

  /** Whether a message was said before one ever came. */
  isPast({ clock, mine }: Pick<ChatMessage, 'clock' | 'mine'>): boolean {
    return !mine && clock <= this.#cameAt;
  }

  /** Something was said here, and is on its way into the store. */
  say({ kind, sender, content, saidAt }: Utterance): void {
    this.#utterances += 1;
    const id = `waiting/${this.#utterances}`;
    this.#waiting = [...this.#waiting, { type: 'waiting', id, nick: sender, kind, text: content, saidAt }];
    this.#view = undefined;
  }

  /** The first `count` of what waits will not be said, or the last. */
  unsay(count: number, which: 'first' | 'last' = 'first'): void {
    if (count === 0) return;
    this.#waiting = which === 'first' ? this.#waiting.slice(count) : this.#waiting.slice(0, -count);
    this.#view = undefined;
  }

  /**
   * Runs that are stored now, for the first time. The messages in them, in the order of the feed. Late is what stands
   * before something that was here already when the catching up began, at `since`, or for `LATE_AFTER_MS`.
   */
  fold(runs: readonly Run[], now: Instant, since: Instant | undefined): ChatMessage[] {
    const longAgo = after(now, -LATE_AFTER_MS);
    const before = since !== undefined && since < longAgo ? since : longAgo;
    const messages: ChatMessage[] = [];
    for (const { entries } of runs) {
      for (const entry of entries) {
        const message = this.#message(entry, before);
        messages.push(message);
        if (this.#timeline.message(message, now)) this.#view = undefined;
        const [first] = this.#waiting;
        if (message.mine && first?.text === message.text && first.saidAt === message.saidAt) this.unsay(1);
      }
    }
    return messages;
  }

  /**
   * A page of the past from the clock `floor` up to below `before`, as the store holds it, lowest first; 0 where there is
   * none before it. One asked for before what is above it was dropped again comes too late.
   */
  older(runs: readonly Run[], floor: number, before: number): void {
    if (before < this.#timeline.floor) return;
    this.#timeline.older(this.#messages(runs), floor);
    this.#opened = true;
    this.#view = undefined;
  }

  /** The newest runs of the room, lowest first, ahead of the rest and before they are stored. */
  glimpse(runs: readonly Run[], now: Instant): void {
    const lowest = runs[0]?.firstClock;
    if (lowest === undefined || lowest <= this.#timeline.floor) return;
    this.#timeline.begin(this.#messages(runs), lowest, { at: now, keep: true });
    this.#glimpsed = true;
    this.#view = undefined;
  }

  /** Whether the newest page of the store is to take the place of what was shown before it was stored. */
  get glimpsed(): boolean {
    return this.#glimpsed;
  }

  /** The newest page of the store, from the clock `floor` on: nothing else counts from now on. */
  reopen(runs: readonly Run[], floor: number): void {
    this.#timeline.begin(this.#messages(runs), floor, { at: LONG_AGO, keep: false });
    this.#glimpsed = false;
    this.#opened = true;
    this.#view = undefined;
  }

  /** What the store gave back of runs, as messages. */
  found(runs: readonly { readonly run: Run; readonly sequence: number }[]): ChatMessage[] {
    return runs.flatMap(({ run, sequence }) =>
      run.entries.filter((entry) => entry.sequence === sequence).map((entry) => this.#message(entry)),
    );
  }

  /** The clock before which the next older page ends, or undefined when everything is here. */
  get olderThan(): number | undefined {
    if (!this.#hasOlder()) return undefined;
    return this.#opened ? this.#timeline.floor : Number.MAX_SAFE_INTEGER;
  }

  /**
   * Something that happened, behind everything said up to `clock`. Comings and goings may be told by an item that is here
   * already; what is returned is the change by itself.
   */
  notice(what: Notice['what'], now: Now, clock: number): Notice {
    this.#notices += 1;
    const notice: Notice = { type: 'notice', id: `notice/${this.#notices}`, at: now.wall, what };
    this.#view = undefined;
    const shown = what.type === 'joined' || what.type === 'left' ? this.#presence(notice, what, now) : notice;
    if (shown !== undefined) this.#timeline.notice(shown, clock, now.at);
    return notice;
  }

  /** The item that is to be put behind the others, or undefined where one that is here tells of the change now. */
  #presence(notice: Notice, what: ComingOrGoing, { at }: Now): Notice | undefined {
    const amended = this.#comings.amended(what, this.#timeline.last?.id, at);
    if (amended !== undefined && this.#timeline.amend(amended)) return undefined;
    return this.#comings.begun(notice, what, at);
  }

  /** Says that more messages came late: in one notice, as long as nothing else stands behind it. */
  noticeLate(late: readonly ChatMessage[], now: Now, clock: number): void {
    const { last } = this.#timeline;
    if (last?.type !== 'notice' || last.what.type !== 'late') {
      this.notice({ type: 'late', count: late.length, messages: late.slice(-LATE_TOLD_MAX) }, now, clock);
      return;
    }
    const count = last.what.count + late.length;
    const messages = [...last.what.messages, ...late].slice(-LATE_TOLD_MAX);
    this.#timeline.amend({ ...last, what: { type: 'late', count, messages } });
    this.#view = undefined;
  }

  view(): RoomPart {
    this.#view ??= {
      name: this.name,
      items: this.#timeline.items(),
      waiting: this.#waiting,
      hasOlder: this.#hasOlder(),
    };
    return this.#view;
  }

  #hasOlder(): boolean {
    return !this.#opened || this.#timeline.floor > 0;
  }

  #messages(runs: readonly Run[]): ChatMessage[] {
    return runs.flatMap(({ entries }) => entries.map((entry) => this.#message(entry)));
  }

  /** Late where something that came before `before` stands behind it. */
  #message(entry: Entry, before: Instant | undefined = undefined): ChatMessage {
    const mine = entry.author === this.#me;
    const { clock, author } = entry;
    const behind =
      before === undefined || mine || this.isPast({ clock, mine }) ? undefined : this.#timeline.cameBehind(entry);
    return {
      type: 'message',
      id: `${author}/${entry.sequence}`,
      room: entry.room,
      author,
      nick: entry.sender,
      kind: entry.type,
      text: entry.content,
      saidAt: wallTime(Date.parse(entry.timestamp)),
      sequence: entry.sequence,
      clock,
      mine,
      late: before !== undefined && behind !== undefined && behind < before,
    };
  }
}
