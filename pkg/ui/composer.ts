import type { WallTime } from '../base/units.ts';
import { deliveryOf } from '../chat/delivery.ts';
import type { RoomView, Snapshot, TimelineItem, WaitingMessage } from '../chat/snapshot.ts';
import type { PeerId } from '../identity/peer-id.ts';
import type { RoomName } from '../identity/room-name.ts';
import type { Frame } from './frame.ts';
import { headerText, welcomeLines } from './header.ts';
import { inputLayout } from './input-layout.ts';
import { type ItemStyle, itemRows, waitingRows } from './item-rows.ts';
import { BAR, DIM } from './look.ts';
import { deliveryMark } from './marks.ts';
import { latest } from './memo.ts';
import { NameBook } from './name-book.ts';
import { peopleRows } from './people-rows.ts';
import { inputRowsMax, peopleColumnsOf, regionsOf, type Size } from './regions.ts';
import { bar, type Row, row, span } from './row.ts';
import { RowCache } from './row-cache.ts';
import { type Cleared, type Hint, isChangeable, type ScreenState } from './screen-state.ts';
import { statusRows } from './status-rows.ts';
import { cameLate, messagesBelow, type Place, type Timeline, visibleRows } from './viewport.ts';
import { wrapped } from './wrap.ts';

/** What the drawing depends on besides the chat, the state and the size. */
export interface ComposerSetup {
  /** Whether colours may be used. */
  readonly colour: boolean;
  /** A wall-clock time in words of this place, five columns: `14:03`. */
  readonly timeOf: (at: WallTime) => string;
  /** The day of it in this place: `2025-11-16`. */
  readonly dayOf: (at: WallTime) => string;
}

/** What was said, and by whom of it all. */
interface Said {
  readonly room: Pick<RoomView, 'items' | 'waiting' | 'holders'>;
  readonly me: { readonly peer: PeerId };
}

/** Of the message column, in columns (≥ 1) and rows. */
export interface Area {
  readonly width: number;
  readonly height: number;
}

/**
 * Composes frames. A frame costs what its rows cost, whatever the length of the timeline, and the parts of it that did
 * not change are the same objects as in the frame before.
 */
export class Composer {
  readonly #setup: ComposerSetup;
  readonly #names = new NameBook();
  readonly #cache = new RowCache();

  constructor(setup: ComposerSetup) {
    this.#setup = setup;
  }

  /** To be called with every snapshot before it is composed: it settles whose nick needs a key tag. */
  learn({ people, room }: Snapshot): void {
    this.#names.learn(people, room.items);
  }

  /** `now` matters for what is told of the past in words such as `20 s ago`. */
  compose(snapshot: Snapshot, state: ScreenState, size: Size, now: WallTime): Frame {
    const input = inputLayout(state.editor, { width: size.columns, rowsMax: inputRowsMax(size) });
    const status = this.#status(snapshot, state, size);
    const regions = regionsOf(size, { inputRows: input.rows.length, statusRows: status.length });
    const area = { width: regions.messageColumns, height: regions.messages };
    return {
      size,
      regions,
      header: regions.header === 0 ? NO_ROWS : this.#header(headerText(snapshot, size.columns, now), size.columns),
      messages: this.#messages(snapshot, state, area, now),
      people: this.#people(snapshot.people, regions.peopleColumns, regions.messages, this.#names.edition),
      status: status.length <= regions.status ? status : status.slice(0, regions.status),
      input: input.rows,
      cursor: { x: input.cursor.x, y: regions.header + regions.messages + regions.status + input.cursor.y },
    };
  }

  /** The timeline as it is scrolled through. */
  timeline({ room, me }: Said, cleared: Cleared | undefined, area: Area): Timeline {
    const { items, holders, waiting } = room;
    const height = Math.max(1, area.height);
    const edition = `${area.width}/${this.#names.edition}`;
    const style: ItemStyle = { ...this.#setup, width: area.width, label: this.#label };
    const rowsOf = (item: TimelineItem): readonly Row[] => {
      if (item.type !== 'message' || !item.mine) return this.#cache.rows(item, edition, (it) => itemRows(it, style));
      const mark = deliveryMark(deliveryOf(item.sequence, holders));
      return this.#cache.rows(item, `${edition}/${mark}`, (it) => itemRows(it, style, mark));
    };
    const rowsOfWaiting = (message: WaitingMessage): readonly Row[] =>
      this.#cache.rows(message, edition, (it) => waitingRows(it, me.peer, style));
    // Each has a row at least: more of them than rows are not to be seen.
    const tail = waiting.slice(-height).flatMap(rowsOfWaiting);
    return { items, rowsOf, height, tail, clearedId: hiddenUpTo(items, cleared) };
  }

  readonly #label: ItemStyle['label'] = (nick, peer) => this.#names.label(nick, peer);

  readonly #header = latest((text: string, width: number): readonly Row[] => [
    bar('header', text, { width, look: BAR }),
  ]);

  readonly #people = latest((people: Snapshot['people'], width: number, height: number, _edition: number) =>
    peopleRows(people, { width, height, colour: this.#setup.colour, label: this.#label }),
  );

  #status(
    { room, people }: Snapshot,
    { place, leftAtId, askedId, hint }: ScreenState,
    { columns }: Size,
  ): readonly Row[] {
    const here = peopleColumnsOf(columns) === 0 ? people.length : undefined;
    const newBelow = place === undefined ? undefined : this.#newBelow(room.items, place, leftAtId);
    const late = place === undefined ? 0 : this.#cameLate(room.items, leftAtId);
    const loadingOlder = room.hasOlder && askedId !== undefined && askedId === room.items[0]?.id;
    return this.#statusRows(room.name, here, newBelow, late, loadingOlder, hint, columns);
  }

  readonly #newBelow = latest(messagesBelow);
  readonly #cameLate = latest(cameLate);

  readonly #statusRows = latest(
    (
      room: RoomName,
      here: number | undefined,
      newBelow: number | undefined,
      late: number,
      loadingOlder: boolean,
      hint: Hint | undefined,
      width: number,
    ): readonly Row[] => statusRows({ room, here, newBelow, cameLate: late, loadingOlder }, hint, width),
  );

  #messages(
    { room, people, me, network }: Snapshot,
    { place, cleared }: ScreenState,
    area: Area,
    now: WallTime,
  ): readonly Row[] {
    const { width, height } = area;
    const alone = people.length <= 1 && place === undefined && room.waiting.length === 0;
    const empty = alone && !room.items.some((item) => item.type === 'message');
    const welcome = empty ? welcomeLines({ me, network }, now).join('\n') : '';
    const { items, waiting, holders } = room;
    const { edition } = this.#names;
    return this.#shown(items, waiting, holders, me.peer, place, cleared, width, height, welcome, edition);
  }

  /** Exactly `height` rows: what is there stands at the bottom, beside what is being typed. */
  readonly #shown = latest(
    (
      items: RoomView['items'],
      waiting: RoomView['waiting'],
      holders: RoomView['holders'],
      me: PeerId,
      place: Place | undefined,
      cleared: Cleared | undefined,
      width: number,
      height: number,
      welcome: string,
      _edition: number,
    ): readonly Row[] => {
      const room = { items, waiting, holders };
      const rows = visibleRows(this.timeline({ room, me: { peer: me } }, cleared, { width, height }), place);
      const all = [...rows, ...welcomeRows(welcome, width)].slice(-height).slice(0, height);
      return [...blankRows(height - all.length), ...all];
    },
  );
}

/** The last item that is not shown. What was amended since it was cleared is news, and what stands behind it comes with it. */
function hiddenUpTo(items: RoomView['items'], cleared: Cleared | undefined): string | undefined {
  if (cleared === undefined) return undefined;
  const last = items.findLastIndex(({ id }) => id === cleared.lastId);
  const place = items.findIndex((item, at) => at <= last && isChangeable(item) && !cleared.changeable.has(item));
  return place === -1 ? cleared.lastId : items[place - 1]?.id;
}

function welcomeRows(text: string, width: number): Row[] {
  if (text === '') return [];
  const lines = text.split('\n').flatMap((line) => wrapped(line, width));
  return [row('welcome'), ...lines.map((line, place) => row(`welcome:${place}`, span(line, DIM)))];
}

const NO_ROWS: readonly Row[] = [];
const BLANK_ROWS: Row[] = [];

/** Blank rows, the same ones each time. */
function blankRows(count: number): Row[] {
  while (BLANK_ROWS.length < count) BLANK_ROWS.push(row(`blank:${BLANK_ROWS.length}`));
  return BLANK_ROWS.slice(0, count);
}
