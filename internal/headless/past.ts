import type { ChatMessage } from '../../pkg/chat/snapshot.ts';

/** The past has come when nothing more of it came for so long. */
const QUIET_MS = 300;

/**
 * What was said before one ever came arrives by author, as it is synced. People get the newest of it in the order of the
 * room, once it has come.
 */
export class Past {
  readonly #shownMax: number;
  readonly #print: (message: ChatMessage) => void;
  #messages: ChatMessage[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(shownMax: number, print: (message: ChatMessage) => void) {
    this.#shownMax = shownMax;
    this.#print = print;
  }

  add(message: ChatMessage): void {
    this.#messages.push(message);
    if (this.#messages.length > 10 * this.#shownMax) this.#messages = this.#newest();
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.print(), QUIET_MS);
    else this.#timer.refresh();
  }

  /** Prints what has come so far. */
  print(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const newest = this.#newest();
    this.#messages = [];
    for (const message of newest) this.#print(message);
  }

  #newest(): ChatMessage[] {
    return this.#messages.sort(inOrder).slice(-this.#shownMax);
  }
}

function inOrder(left: ChatMessage, right: ChatMessage): number {
  return left.clock - right.clock || (left.author < right.author ? -1 : 1);
}
