import type { Person } from '../chat/snapshot.ts';
import { columns, fitted } from './cells.ts';
import type { ItemStyle } from './item-rows.ts';
import { DIM, nickLook } from './look.ts';
import { type Row, row, span } from './row.ts';

const MINE = ' (you)';
/** Present through others alone. */
const RELAYED = ' ↝';

/** The list of people: a heading, a row for each, and a last row that counts those for whom there was no room. */
export function peopleRows(
  people: readonly Person[],
  { width, height, colour, label }: Pick<ItemStyle, 'width' | 'colour' | 'label'> & { readonly height: number },
): Row[] {
  if (width <= 0 || height <= 0) return [];
  const heading = row('heading', span(fitted(people.length === 1 ? '1 here' : `${people.length} here`, width), DIM));
  const room = height - 1;
  const shown = people.length <= room ? people : people.slice(0, Math.max(0, room - 1));
  const rows = shown.map((person) => {
    const mark = person.me ? MINE : person.relayed ? RELAYED : '';
    const name = fitted(label(person.nick, person.peer), Math.max(1, width - columns(mark)));
    return row(person.peer, span(name, person.relayed ? DIM : nickLook(person.peer, colour)), span(mark, DIM));
  });
  const missing = people.length - shown.length;
  const rest = missing === 0 ? [] : [row('rest', span(fitted(`and ${missing} more`, width), DIM))];
  return [heading, ...rows, ...rest].slice(0, height);
}
