import { HEADS_PER_LINE_MAX } from '../base/limits.ts';
import type { Frontier } from '../feed/frontier.ts';
import type { RoomName } from '../identity/room-name.ts';
import { encodeMessage } from '../wire/message.ts';

/** Tells whole frontiers. After a partition one is told to everybody, so its text is kept until it has risen. */
export class Telling {
  readonly #told = new Map<RoomName, { readonly rises: number; readonly text: string }>();

  whole(room: RoomName, frontier: Frontier | undefined, clock: number): string {
    const rises = frontier?.rises ?? 0;
    const told = this.#told.get(room);
    if (told?.rises === rises) return told.text;
    const text = wholeFrontier(room, frontier, clock);
    this.#told.set(room, { rises, text });
    return text;
  }
}

/** The lines that tell a whole frontier, as many as it takes; the last of them says that it is the last, and the clock. */
function wholeFrontier(room: RoomName, frontier: Frontier | undefined, clock: number): string {
  const heads = [...(frontier ?? [])];
  let text = '';
  for (let place = 0; place === 0 || place < heads.length; place += HEADS_PER_LINE_MAX) {
    const last = place + HEADS_PER_LINE_MAX >= heads.length;
    const slice = heads.slice(place, place + HEADS_PER_LINE_MAX);
    text += `${encodeMessage({ type: 'have', room, heads: slice, ...(last ? { whole: true, clock } : {}) })}\n`;
  }
  return text;
}
