import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '../../pkg/base/assert.ts';
import { wallTime } from '../../pkg/base/units.ts';
import type { HeldMessage } from '../../pkg/feed/feeds-out.ts';
import { checkNick } from '../../pkg/identity/nick.ts';
import { isRoomName, type RoomName } from '../../pkg/identity/room-name.ts';
import { numberOf, type Row, textOf } from './row.ts';

/** What was said before it was time to speak, a row a message, until the run that says it is stored. */
export class HeldRows {
  readonly #all: StatementSync;
  readonly #add: StatementSync;
  readonly #release: StatementSync;

  constructor(database: DatabaseSync) {
    this.#all = database.prepare('SELECT room, place, sender, kind, content, said_at FROM held ORDER BY room, place');
    this.#add = database.prepare(
      'INSERT INTO held (room, place, sender, kind, content, said_at) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#release = database.prepare('DELETE FROM held WHERE room = ? AND place <= ?');
  }

  /** Each room's lowest place first. */
  all(): HeldMessage[] {
    return this.#all.all().map(heldOf);
  }

  add({ room, place, utterance: { sender, kind, content, saidAt } }: HeldMessage): void {
    this.#add.run(room, place, sender, kind, content, saidAt);
  }

  release(room: RoomName, upTo: number): void {
    this.#release.run(room, upTo);
  }
}

function heldOf(row: Row): HeldMessage {
  const room = textOf(row, 'room');
  const kind = textOf(row, 'kind');
  const sender = checkNick(textOf(row, 'sender'));
  assert(isRoomName(room) && sender.type === 'nick', 'a held message whose room or sender is none');
  assert(kind === 'chat' || kind === 'action', 'a held message of no kind');
  const content = textOf(row, 'content');
  const saidAt = wallTime(numberOf(row, 'said_at'));
  return { room, place: numberOf(row, 'place'), utterance: { sender: sender.nick, kind, content, saidAt } };
}
