import { never } from '../../pkg/base/assert.ts';
import { attended, clauses, listed } from '../../pkg/chat/attendance.ts';
import { type FoundStyle, foundText } from '../../pkg/chat/found.ts';
import { grouped } from '../../pkg/chat/grouped.ts';
import type { InputContext } from '../../pkg/chat/input-action.ts';
import { closeLine, shownLine } from '../../pkg/chat/shown.ts';
import type { Attendance, ChatMessage, Notice, Snapshot } from '../../pkg/chat/snapshot.ts';
import { spokenLine } from '../../pkg/chat/spoken-line.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import { NameBook } from '../../pkg/ui/name-book.ts';

/** More than parts the columns of a table. */
const WIDE_GAP = /[\s\u2800]{4,}/gu;
const COLUMN_GAP = '   ';
/** Of those who came or went together. */
const NAMES_PER_LINE = 10;
/** Of a line that tells what a search has found. */
const HIT_CHARS = 160;

/** What the words of a line depend on besides what happened. */
export interface TranscriptContext extends InputContext, Pick<FoundStyle, 'dayOf'> {}

/**
 * What happens, as lines. Remembers who has used which nick, as the screen does: once two keys have used one, it is
 * written with the key's tag.
 */
export class Transcript {
  readonly #names = new NameBook();

  /** Knows from the start who is here and who has said what is on hand. */
  constructor({ people, room }: Snapshot) {
    this.#names.learn(people, room.items);
  }

  /** One line for one message, see `spokenLine`. The message's own line breaks are shown as `⏎`. */
  message(message: ChatMessage, { snapshot, timeOf }: InputContext): string {
    this.#learn(message, snapshot);
    const name = this.#names.label(message.nick, message.author);
    return spokenLine(message, { time: timeOf(message.saidAt), name, text: shownLine(message.text) });
  }

  /** The lines of a notice. None can be filled up with blanks until the terminal wraps it into what looks like another. */
  notice(notice: Notice, context: TranscriptContext): readonly string[] {
    this.#learn(notice, context.snapshot);
    const { what } = notice;
    switch (what.type) {
      case 'joined':
      case 'left':
        return this.#presence([attended(undefined, what)]);
      case 'presence':
        return this.#presence(what.people);
      case 'renamed':
        return [`${this.#names.label(what.from, what.peer)} is now known as ${this.#names.label(what.to, what.peer)}`];
      case 'problem':
        return [closeLine(what.text)];
      case 'late':
        return [lateText(what.count)];
      case 'found': {
        const label = (nick: string, peer: PeerId): string => this.#names.label(nick, peer);
        const { heading, hits, rest } = foundText(what, { ...context, label, at: notice.at, hitMax: HIT_CHARS });
        return [heading, ...hits.map((line) => `  ${line}`), ...rest];
      }
      case 'note':
        return what.lines.map(tableLine);
      default:
        return never(what);
    }
  }

  /** Who came and went, all by name: `bob, carol and dave joined`. */
  #presence(people: readonly Attendance[]): readonly string[] {
    return clauses(people).flatMap(({ people: all, what }) => {
      const names = all.map(({ nick, peer }) => this.#names.label(nick, peer));
      const lines = Array.from({ length: Math.ceil(names.length / NAMES_PER_LINE) }, (_, place) =>
        names.slice(place * NAMES_PER_LINE, (place + 1) * NAMES_PER_LINE),
      );
      return lines.map((line) => `${listed(line)} ${what}`);
    });
  }

  /** A full book is told again what is on hand, so that a flood of names does not make it forget all the others. */
  #learn(item: ChatMessage | Notice, { people, room }: Snapshot): void {
    this.#names.learn(people, this.#names.isFull ? [...room.items, item] : [item]);
  }
}

/** A line of an answer, which may be a row of a table; what others say of themselves in it makes no wide gap. */
export function tableLine(text: string): string {
  return shownLine(text).replace(WIDE_GAP, COLUMN_GAP);
}

function lateText(count: number): string {
  if (count === 1) return 'a message that was said earlier came only now: it is the line marked late';
  return `${grouped(count)} messages that were said earlier came only now: they are the lines marked late`;
}
