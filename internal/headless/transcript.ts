import { never } from '../../pkg/base/assert.ts';
import type { InputContext } from '../../pkg/chat/input-action.ts';
import { shownLine } from '../../pkg/chat/shown.ts';
import type { ChatMessage, Notice, Snapshot } from '../../pkg/chat/snapshot.ts';
import { NameBook } from '../../pkg/ui/name-book.ts';

/** White space, and the Braille cell that is as empty. */
const BLANKS = /[\s\u2800]+/gu;
/** More than parts the columns of a table. */
const WIDE_GAP = /[\s\u2800]{4,}/gu;
const COLUMN_GAP = '   ';

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

  /** One line for one message: `14:03 alice: hello`, or `14:03 * alice waves`. The message's own line breaks are shown as `⏎`. */
  message(message: ChatMessage, { snapshot, timeOf }: InputContext): string {
    this.#learn(message, snapshot);
    const name = this.#names.label(message.nick, message.author);
    const text = shownLine(message.text);
    return message.kind === 'action'
      ? `${timeOf(message.saidAt)} * ${name} ${text}`
      : `${timeOf(message.saidAt)} ${name}: ${text}`;
  }

  /** The lines of a notice. None can be filled up with blanks until the terminal wraps it into what looks like another. */
  notice(notice: Notice, snapshot: Snapshot): readonly string[] {
    this.#learn(notice, snapshot);
    const { what } = notice;
    switch (what.type) {
      case 'joined':
        return [`${this.#names.label(what.nick, what.peer)} joined`];
      case 'left':
        return [`${this.#names.label(what.nick, what.peer)} left (${closeSet(what.reason)})`];
      case 'renamed':
        return [`${this.#names.label(what.from, what.peer)} is now known as ${this.#names.label(what.to, what.peer)}`];
      case 'problem':
        return [closeSet(what.text)];
      case 'note':
        return what.lines.map(tableLine);
      default:
        return never(what);
    }
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

function closeSet(text: string): string {
  return shownLine(text).replace(BLANKS, ' ');
}
