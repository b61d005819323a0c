import { type Millis, millis, type WallTime, wallTime } from '../../pkg/base/units.ts';
import type { Chat } from '../../pkg/chat/chat.ts';
import type { Command } from '../../pkg/chat/command.ts';
import type { ChatEvent } from '../../pkg/chat/event.ts';
import type {
  ChatMessage,
  NetworkView,
  Notice,
  Person,
  RoomView,
  Snapshot,
  TimelineItem,
  WaitingMessage,
} from '../../pkg/chat/snapshot.ts';
import { checkNick, type Nick } from '../../pkg/identity/nick.ts';
import { keyTag, type PeerId, peerIdFromKey } from '../../pkg/identity/peer-id.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import type { EntryKind } from '../../pkg/wire/entry.ts';

/** 2025-11-16 10:30 UTC. */
const START: WallTime = wallTime(Date.UTC(2025, 10, 16, 10, 30));
const MINUTE_MS = 60_000;
const FOUND_MAX = 10;

export const NETWORK: NetworkView = {
  interfaces: [{ name: 'eth0', address: '192.168.1.5' }],
  group: '224.0.0.1:9999',
  port: 8080,
  unlinked: 0,
  heardAt: undefined,
  targets: [],
};

/** A peer id that is the same for the same number. */
export function peer(number: number): PeerId {
  const key = new Uint8Array(32).fill(number & 255);
  key[0] = (number * 37) & 255;
  key[1] = number >> 8;
  const id = peerIdFromKey(key);
  if (id === undefined) throw new Error('32 bytes make a peer id');
  return id;
}

export function nick(text: string): Nick {
  const check = checkNick(text);
  if (check.type === 'wrong') throw new Error(`"${text}" ${check.why}`);
  return check.nick;
}

/** A name that no rule was asked about, as a broken peer could send it. */
export function brokenNick(text: string): Nick {
  return text as Nick;
}

export function person(number: number, name: Nick | string, more: Partial<Person> = {}): Person {
  const id = peer(number);
  return {
    peer: id,
    nick: nick(name),
    tag: keyTag(id),
    ambiguous: false,
    me: number === 1,
    since: START,
    address: number === 1 ? undefined : `192.168.1.${number}:8080`,
    roundTripMs: number === 1 ? undefined : roundTrip(number),
    software: 'p2pchat/0.1.0',
    relayed: false,
    linkedAt: number === 1 ? undefined : START,
    lacks: number === 1 ? undefined : 0,
    ...more,
  };
}

function roundTrip(number: number): Millis {
  return millis(number / 2);
}

export function message(sequence: number, text: string, more: Partial<ChatMessage> = {}): ChatMessage {
  const author = more.author ?? peer(2);
  return {
    type: 'message',
    id: `${author}/${sequence}`,
    room: GENERAL,
    author,
    nick: nick('bob'),
    kind: 'chat',
    text,
    saidAt: wallTime(START + sequence * MINUTE_MS),
    sequence,
    clock: sequence,
    mine: false,
    late: false,
    ...more,
  };
}

/** Something that alice, who is here, has said. */
export function own(sequence: number, text: string, more: Partial<ChatMessage> = {}): ChatMessage {
  return message(sequence, text, { author: peer(1), nick: nick('alice'), mine: true, ...more });
}

export function waiting(number: number, text: string, more: Partial<WaitingMessage> = {}): WaitingMessage {
  return {
    type: 'waiting',
    id: `waiting/${number}`,
    nick: nick('alice'),
    kind: 'chat',
    text,
    saidAt: START,
    ...more,
  };
}

export function notice(number: number, what: Notice['what']): Notice {
  return { type: 'notice', id: `notice/${number}`, at: START, what };
}

/** A chat in memory that really keeps what is said: what a front end cannot tell from the true one. */
export class FakeChat implements Chat {
  readonly done: Command[] = [];
  readonly #older: ChatMessage[];
  readonly #listeners = new Set<() => void>();
  readonly #inboxes = new Set<(event: ChatEvent) => void>();
  #snapshot: Snapshot;
  #said = 0;
  #holding = false;
  #waited = 0;
  /** Far from the numbers that tests give. */
  #notices = 1_000_000;

  /** `older` lies in the store; the first page of the room is `items`. */
  constructor({
    people = [person(1, 'alice')],
    items = [],
    older = [],
    network = NETWORK,
  }: {
    readonly people?: readonly Person[];
    readonly items?: readonly TimelineItem[];
    readonly older?: readonly ChatMessage[];
    readonly network?: NetworkView;
  } = {}) {
    this.#older = [...older];
    const me = people.find((someone) => someone.me) ?? person(1, 'alice');
    const room = { name: GENERAL, items, waiting: [], entries: 0, hasOlder: older.length > 0, catchingUp: undefined };
    this.#snapshot = { me, people, room: { ...room, holders: this.#holders(people) }, network };
  }

  snapshot(): Snapshot {
    return this.#snapshot;
  }

  subscribe(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  async *events(signal: AbortSignal): AsyncIterable<ChatEvent> {
    const waiting: ChatEvent[] = [];
    let wake = (): void => {};
    const take = (event: ChatEvent): void => {
      waiting.push(event);
      wake();
    };
    this.#inboxes.add(take);
    signal.addEventListener('abort', () => wake());
    while (!signal.aborted) {
      const event = waiting.shift();
      if (event !== undefined) yield event;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    this.#inboxes.delete(take);
  }

  do(command: Command): void {
    this.done.push(command);
    if (command.type === 'say') this.#say(command.kind, command.text);
    if (command.type === 'nick') this.change({ me: { ...this.#snapshot.me, nick: command.nick } });
    if (command.type === 'note') this.tell({ type: 'note', lines: command.lines });
    if (command.type === 'older') this.#page();
    if (command.type === 'search') this.#search(command.words);
  }

  /** From now on what is said waits, until `store`. */
  hold(): void {
    this.#holding = true;
  }

  /** The disk has taken what waits. */
  store(): void {
    this.#holding = false;
    const { waiting } = this.#snapshot.room;
    const stored = waiting.map(({ kind, text }) => this.#stored(kind, text));
    this.view({ waiting: [], items: [...this.#snapshot.room.items, ...stored] });
  }

  /** Somebody present has stored what was said here up to `sequence`. */
  acknowledge(number: number, sequence: number): void {
    const id = peer(number);
    const holders = this.#snapshot.room.holders.map((holder) => (holder.peer === id ? { peer: id, sequence } : holder));
    this.view({ holders });
  }

  /** Something came that belongs before the item at `place`. */
  insert(place: number, ...items: readonly TimelineItem[]): void {
    this.#items(this.#snapshot.room.items.toSpliced(place, 0, ...items));
  }

  view(parts: Partial<RoomView>): void {
    this.change({ room: { ...this.#snapshot.room, ...parts } });
  }

  /** Something came in. */
  add(...items: readonly TimelineItem[]): void {
    this.#items([...this.#snapshot.room.items, ...items]);
  }

  /** A message came in, of which those who follow events hear. */
  receive(said: ChatMessage): void {
    this.add(said);
    this.#emit({ type: 'message', message: said, past: false });
  }

  tell(what: Notice['what']): void {
    this.#notices += 1;
    const told = notice(this.#notices, what);
    this.add(told);
    this.#emit({ type: 'notice', room: GENERAL, notice: told });
  }

  refuse(why: string, unsaid = 1): void {
    this.#emit({ type: 'refused', why, unsaid });
  }

  change(parts: Partial<Snapshot>): void {
    const me = parts.me ?? this.#snapshot.me;
    const isSame = parts.me === undefined && parts.people === undefined;
    const listed = parts.people ?? this.#snapshot.people;
    const people = isSame ? listed : listed.map((someone) => (someone.me ? me : someone));
    const room = parts.room ?? this.#snapshot.room;
    const known = parts.people === undefined ? room : { ...room, holders: this.#holders(people, room.holders) };
    this.#snapshot = { ...this.#snapshot, ...parts, me, people, room: known };
    queueMicrotask(() => {
      for (const changed of this.#listeners) changed();
    });
  }

  #say(kind: EntryKind, text: string): void {
    if (!this.#holding) return this.add(this.#stored(kind, text));
    this.#waited += 1;
    const { me, room } = this.#snapshot;
    this.view({ waiting: [...room.waiting, waiting(this.#waited, text, { kind, nick: me.nick })] });
  }

  #stored(kind: EntryKind, text: string): ChatMessage {
    this.#said += 1;
    const { me } = this.#snapshot;
    const stored = message(this.#said, text, { kind, author: me.peer, nick: me.nick, mine: true, saidAt: START });
    this.#emit({ type: 'message', message: stored, past: false });
    return stored;
  }

  #emit(event: ChatEvent): void {
    for (const take of this.#inboxes) take(event);
  }

  #holders(people: readonly Person[], before: RoomView['holders'] = []): RoomView['holders'] {
    const others = people.filter(({ me }) => !me);
    return others.map(({ peer }) => before.find((holder) => holder.peer === peer) ?? { peer, sequence: 0 });
  }

  #search(words: string): void {
    const said = [...this.#older, ...this.#snapshot.room.items].filter((item) => item.type === 'message');
    const messages = said.filter(({ text }) => text.includes(words));
    this.tell({ type: 'found', words, messages: messages.slice(-FOUND_MAX), more: messages.length > FOUND_MAX });
  }

  #page(): void {
    const page = this.#older.splice(-50);
    this.#items([...page, ...this.#snapshot.room.items]);
  }

  #items(items: readonly TimelineItem[]): void {
    this.view({ items, hasOlder: this.#older.length > 0 });
  }
}
