import { TIMELINE_PAGE_RUNS } from '../../../pkg/base/limits.ts';
import { instant, wallTime } from '../../../pkg/base/units.ts';
import type { ChatMessage } from '../../../pkg/chat/snapshot.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { Room } from '../../../pkg/room/room.ts';
import type { Run } from '../../../pkg/wire/entry.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { Speaker } from '../speaker.ts';

const me = toyPeerId('me');

/** A room with a store behind it that answers for pages as the real one does. */
export class Shelf {
  readonly room = new Room(GENERAL, me);
  now = 0;
  readonly stored: Run[] = [];

  store(...runs: readonly Run[]): void {
    this.stored.push(...runs);
  }

  fold(...runs: readonly Run[]): void {
    this.store(...runs);
    this.take(runs);
  }

  /** Takes in what is stored now; `since` when the catching up began, if one is under way. */
  take(runs: readonly Run[], since?: number): ChatMessage[] {
    return this.room.fold(runs, instant(this.now), since === undefined ? undefined : instant(since));
  }

  note(clock: number): void {
    this.room.notice({ type: 'note', lines: ['a note'] }, { at: instant(this.now), wall: wallTime(0) }, clock);
  }

  /** Brings the next older page, if there is one. */
  page(): boolean {
    const before = this.room.olderThan;
    if (before === undefined) return false;
    const below = this.stored.filter((run) => run.firstClock < before).sort((a, b) => a.firstClock - b.firstClock);
    const lowest = below.at(-TIMELINE_PAGE_RUNS)?.firstClock ?? 0;
    const floor = below.some((run) => run.firstClock < lowest) ? lowest : 0;
    this.room.older(
      below.filter((run) => run.clock >= floor),
      floor,
      before,
    );
    return true;
  }

  pageAll(): void {
    for (let count = 0; this.page(); count += 1) if (count > 1_000) throw new Error('pages without end');
  }

  get texts(): string[] {
    return this.room.view().items.flatMap((item) => (item.type === 'message' ? [item.text] : []));
  }
}

export function spoken(name: string, count: number, clockFrom = 1): Run[] {
  const speaker = new Speaker(name);
  return Array.from({ length: count }, (_, place) => speaker.say(`${name} ${place}`, { clock: clockFrom + place }));
}
