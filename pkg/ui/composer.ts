import type { WallTime } from '../base/units.ts';
import type { Snapshot, TimelineItem } from '../chat/snapshot.ts';
import type { RoomName } from '../identity/room-name.ts';
import type { Frame } from './frame.ts';
import { headerText, welcomeLines } from './header.ts';
import { inputLayout } from './input-layout.ts';
import { type ItemStyle, itemRows } from './item-rows.ts';
import { BAR, DIM } from './look.ts';
import { latest } from './memo.ts';
import { NameBook } from './name-book.ts';
import { peopleRows } from './people-rows.ts';
import { inputRowsMax, peopleColumnsOf, regionsOf, type Size } from './regions.ts';
import { bar, type Row, row, span } from './row.ts';
import { RowCache } from './row-cache.ts';
import type { Hint, ScreenState } from './screen-state.ts';
import { statusRows } from './status-rows.ts';
import { messagesBelow, type Place, type Timeline, visibleRows } from './viewport.ts';
import { wrapped } from './wrap.ts';

/** What the drawing depends on besides the chat, the state and the size. */
export interface ComposerSetup {
  /** Whether colours may be used. */
  readonly colour: boolean;
  /** A wall-clock time in words of this place, five columns: `14:03`. */
  readonly timeOf: (at: WallTime) => string;
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

  compose(snapshot: Snapshot, state: ScreenState, size: Size): Frame {
    const input = inputLayout(state.editor, { width: size.columns, rowsMax: inputRowsMax(size) });
    const status = this.#status(snapshot, state, size);
    const regions = regionsOf(size, { inputRows: input.rows.length, statusRows: status.length });
    const area = { width: regions.messageColumns, height: regions.messages };
    return {
      size,
      regions,
      header: regions.header === 0 ? NO_ROWS : this.#header(headerText(snapshot, size.columns), size.columns),
      messages: this.#messages(snapshot, state, area),
      people: this.#people(snapshot.people, regions.peopleColumns, regions.messages, this.#names.edition),
      status: status.length <= regions.status ? status : status.slice(0, regions.status),
      input: input.rows,
      cursor: { x: input.cursor.x, y: regions.header + regions.messages + regions.status + input.cursor.y },
    };
  }

  /** The timeline as it is scrolled through. */
  timeline(items: readonly TimelineItem[], clearedId: string | undefined, { width, height }: Area): Timeline {
    const edition = `${width}/${this.#names.edition}`;
    const style: ItemStyle = { ...this.#setup, width, label: this.#label };
    const wrap = (item: TimelineItem): readonly Row[] => itemRows(item, style);
    return {
      items,
      rowsOf: (item) => this.#cache.rows(item, edition, wrap),
      height: Math.max(1, height),
      clearedId,
    };
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
    const newBelow = place === undefined ? undefined : messagesBelow(room.items, place, leftAtId);
    const loadingOlder = room.hasOlder && askedId !== undefined && askedId === room.items[0]?.id;
    return this.#statusRows(room.name, here, newBelow, loadingOlder, hint, columns);
  }

  readonly #statusRows = latest(
    (
      room: RoomName,
      here: number | undefined,
      newBelow: number | undefined,
      loadingOlder: boolean,
      hint: Hint | undefined,
      width: number,
    ): readonly Row[] => statusRows({ room, here, newBelow, loadingOlder }, hint, width),
  );

  #messages({ room, people, me, network }: Snapshot, { place, clearedId }: ScreenState, area: Area): readonly Row[] {
    const { width, height } = area;
    const empty = people.length <= 1 && place === undefined && !room.items.some((item) => item.type === 'message');
    const welcome = empty ? welcomeLines({ me, network }).join('\n') : '';
    return this.#shown(room.items, place, clearedId, width, height, welcome, this.#names.edition);
  }

  /** Exactly `height` rows: what is there stands at the bottom, beside what is being typed. */
  readonly #shown = latest(
    (
      items: readonly TimelineItem[],
      place: Place | undefined,
      clearedId: string | undefined,
      width: number,
      height: number,
      welcome: string,
      _edition: number,
    ): readonly Row[] => {
      const rows = visibleRows(this.timeline(items, clearedId, { width, height }), place);
      const all = [...rows, ...welcomeRows(welcome, width)].slice(-height).slice(0, height);
      return [...blankRows(height - all.length), ...all];
    },
  );
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
