import { keyTag } from '../identity/peer-id.ts';
import { excerpt } from './excerpt.ts';
import { grouped } from './grouped.ts';
import type { InputContext } from './input-action.ts';
import type { ChatMessage, Holder, Snapshot } from './snapshot.ts';
import { shownName } from './who.ts';

/** How many of those present have a message of one's own, of how many. */
export interface Delivery {
  readonly held: number;
  readonly present: number;
}

const TEXT_SHOWN_MAX = 60;

export function deliveryOf(sequence: number, holders: readonly Holder[]): Delivery {
  return { held: holders.filter((holder) => holder.sequence >= sequence).length, present: holders.length };
}

/**
 * Who of those present has the last message of one's own, who has not, and what waits to be stored. By nick, safe to
 * show. As each holds a prefix of what one said, this tells of the messages before it as well.
 */
export function deliveryLines({ snapshot, timeOf }: InputContext): string[] {
  const { room } = snapshot;
  const waiting = room.waiting.at(-1);
  const lines = waiting === undefined ? [] : [waitingText(room.waiting.length, waiting.text)];
  const last = room.items.findLast((item) => item.type === 'message' && item.mine);
  if (last?.type !== 'message') return lines.length > 0 ? lines : ['none of what is on hand here was said by you'];
  return [
    ...lines,
    `your last message, ${timeOf(last.saidAt)}: ${excerpt(last.text, { lengthMax: TEXT_SHOWN_MAX })}`,
    ...holderLines(last, snapshot),
  ];
}

function waitingText(count: number, text: string): string {
  const what = count === 1 ? '1 message waits' : `${grouped(count)} messages wait`;
  return `${what} to be stored here before going out: ${excerpt(text, { lengthMax: TEXT_SHOWN_MAX })}`;
}

function holderLines({ sequence }: ChatMessage, { people, room }: Snapshot): string[] {
  const { held, present } = deliveryOf(sequence, room.holders);
  if (present === 0) return ['it is stored here; nobody else is here, and whoever comes gets it'];
  const places = new Map(people.map((person, place) => [person.peer, { place, name: shownName(person) }]));
  const all = room.holders
    .map(({ peer, sequence: has }) => ({ place: 0, name: keyTag(peer), ...places.get(peer), missing: sequence - has }))
    .sort((left, right) => left.place - right.place);
  const having = all.filter(({ missing }) => missing <= 0).map(({ name }) => name);
  if (held === present) return [`everyone here has it: ${having.join(', ')}`];
  const lacking = all
    .filter(({ missing }) => missing > 0)
    .map(({ name, missing }) => (missing === 1 ? name : `${name} (lacks ${grouped(missing)})`));
  const some =
    held === 0
      ? 'nobody else here has it yet'
      : `${held} of ${present} here ${held === 1 ? 'has' : 'have'} it: ${having.join(', ')}`;
  return [some, `not yet: ${lacking.join(', ')}`];
}
