import { TIMELINE_ITEMS_MAX } from '../base/limits.ts';
import { shownLine } from '../chat/shown.ts';
import type { Person, TimelineItem } from '../chat/snapshot.ts';
import { foldNick } from '../identity/nick.ts';
import { keyTag, type PeerId } from '../identity/peer-id.ts';

/**
 * Remembers which keys have used which nick in what is shown here, present or not: a nick that two keys have used is
 * written with the key's tag from then on, so that nobody can pass for somebody who has left.
 */
export class NameBook {
  #users = new Map<string, PeerId | 'several'>();
  #present: readonly Person[] = [];
  #known: readonly TimelineItem[] = [];
  #edition = 0;

  /** Nicks remembered. */
  get size(): number {
    return this.#users.size;
  }

  /** Rises whenever a label may have changed. */
  get edition(): number {
    return this.#edition;
  }

  /** Whether it forgets what it is not told again when it learns next. */
  get isFull(): boolean {
    return this.#users.size > 2 * TIMELINE_ITEMS_MAX;
  }

  /** Takes in who is here and what was said; names are looked at in what is new alone, where the timeline grew
   * anywhere or moved on. */
  learn(people: readonly Person[], items: readonly TimelineItem[]): void {
    if (this.isFull) this.#forget();
    if (people !== this.#present) for (const person of people) this.#use(person.nick, person.peer);
    this.#present = people;
    if (items === this.#known) return;
    for (const item of unseen(this.#known, items)) this.#learnItem(item);
    this.#known = items;
  }

  /** The nick as it is to be shown for this key. */
  label(nick: string, peer: PeerId): string {
    return shownLine(this.#users.get(foldNick(nick)) === 'several' ? `${nick}~${keyTag(peer)}` : nick);
  }

  #learnItem(item: TimelineItem): void {
    if (item.type === 'message') this.#use(item.nick, item.author);
    else if (item.what.type === 'joined' || item.what.type === 'left') this.#use(item.what.nick, item.what.peer);
    else if (item.what.type === 'renamed') this.#use(item.what.to, item.what.peer);
    else if (item.what.type === 'presence') for (const { nick, peer } of item.what.people) this.#use(nick, peer);
    else if (item.what.type === 'found') for (const { nick, author } of item.what.messages) this.#use(nick, author);
  }

  #use(nick: string, peer: PeerId): void {
    const name = foldNick(nick);
    const user = this.#users.get(name);
    if (user === peer || user === 'several') return;
    this.#users.set(name, user === undefined ? peer : 'several');
    if (user !== undefined) this.#edition += 1;
  }

  /** Starts again with what is on hand; the edition rises, as tags may go. */
  #forget(): void {
    this.#users = new Map();
    this.#present = [];
    this.#known = [];
    this.#edition += 1;
  }
}

/** The items of `now` that `before` did not have, where `now` lost nothing but its beginning; else those and others. */
function unseen(before: readonly TimelineItem[], now: readonly TimelineItem[]): readonly TimelineItem[] {
  const last = before.at(-1);
  const lastPlace = last === undefined ? -1 : now.lastIndexOf(last);
  if (lastPlace === -1) return now;
  const shift = lastPlace - (before.length - 1);
  const isOnePiece = shift >= 0 ? now[shift] === before[0] : now[0] === before[-shift];
  if (isOnePiece) return [...now.slice(0, Math.max(0, shift)), ...now.slice(lastPlace + 1)];
  return insertedInto(before, now);
}

function insertedInto(before: readonly TimelineItem[], now: readonly TimelineItem[]): readonly TimelineItem[] {
  const [first] = now;
  let known = first === undefined ? 0 : Math.max(0, before.indexOf(first));
  return now.filter((item) => {
    const isKnown = item === before[known];
    if (isKnown) known += 1;
    return !isKnown;
  });
}
