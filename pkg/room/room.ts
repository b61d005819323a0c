/** One room as its members see it: what was said, who came and went. Knows entries, not how they travelled. */
import type { WallTime } from '../base/units.ts';
import { wallTime } from '../base/units.ts';
import type { ChatMessage, Notice, RoomView } from '../chat/snapshot.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import type { Entry, Run } from '../wire/entry.ts';
import { Timeline } from './timeline.ts';

export class Room {
  readonly name: RoomName;
  readonly #me: PeerId;
  readonly #timeline = new Timeline();
  #view: RoomView | undefined;
  /** Until the first page has come, nobody knows what the store holds. */
  #opened = false;
  #notices = 0;
  /** The room's clock when one came for the first time; 0 when one was here before, or is the first. */
  #cameAt: number | undefined;

  constructor(name: RoomName, me: PeerId) {
    this.name = name;
    this.#me = me;
  }

  /** Somebody has told the room's clock, for the first time in this run; `fresh` when nothing of the room was stored. */
  arrive(clock: number, fresh: boolean): void {
    this.#cameAt ??= fresh ? clock : 0;
  }

  /** Whether a message was said before one ever came. */
  isPast({ clock, mine }: ChatMessage): boolean {
    return !mine && clock <= (this.#cameAt ?? 0);
  }

  /** Runs that are stored now, for the first time. The messages in them, in the order of the feed. */
  fold(runs: readonly Run[]): ChatMessage[] {
    const messages = runs.flatMap(({ entries }) => entries.map((entry) => this.#message(entry)));
    for (const message of messages) this.#timeline.message(message);
    this.#view = undefined;
    return messages;
  }

  /**
   * A page of the past below the clock `before`, as the store holds it, lowest first; `more` says whether there is a page
   * before it. One asked for before what is above it was dropped again comes too late.
   */
  older(runs: readonly Run[], more: boolean, before: number): void {
    if (before < this.#timeline.floor) return;
    const lowest = runs[0]?.firstClock;
    const messages = runs.flatMap(({ entries }) => entries.map((entry) => this.#message(entry)));
    this.#timeline.older(messages, more && lowest !== undefined ? lowest : 0);
    this.#opened = true;
    this.#view = undefined;
  }

  /** The clock before which the next older page ends, or undefined when everything is here. */
  get olderThan(): number | undefined {
    if (!this.#hasOlder()) return undefined;
    return this.#opened ? this.#timeline.floor : Number.MAX_SAFE_INTEGER;
  }

  /** Something that happened, behind everything said up to `clock`. */
  notice(what: Notice['what'], at: WallTime, clock: number): Notice {
    this.#notices += 1;
    const notice: Notice = { type: 'notice', id: `notice/${this.#notices}`, at, what };
    this.#timeline.notice(notice, clock);
    this.#view = undefined;
    return notice;
  }

  view(): RoomView {
    this.#view ??= { name: this.name, items: this.#timeline.items(), hasOlder: this.#hasOlder() };
    return this.#view;
  }

  #hasOlder(): boolean {
    return !this.#opened || this.#timeline.floor > 0;
  }

  #message(entry: Entry): ChatMessage {
    return {
      type: 'message',
      id: `${entry.author}/${entry.sequence}`,
      room: entry.room,
      author: entry.author,
      nick: entry.sender,
      kind: entry.type,
      text: entry.content,
      saidAt: wallTime(Date.parse(entry.timestamp)),
      sequence: entry.sequence,
      clock: entry.clock,
      mine: entry.author === this.#me,
    };
  }
}
