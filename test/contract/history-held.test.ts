import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { wallTime } from '../../pkg/base/units.ts';
import type { HeldMessage } from '../../pkg/feed/feeds-out.ts';
import { checkNick } from '../../pkg/identity/nick.ts';
import { GENERAL, isRoomName, type RoomName } from '../../pkg/identity/room-name.ts';
import { Author } from './author.ts';
import { closed, fresh, open } from './open-history.ts';
import { AskedThread } from './open-thread.ts';
import { scratchFolder } from './scratch.ts';

function held(place: number, content: string, room: RoomName = GENERAL): HeldMessage {
  const check = checkNick('zoë');
  if (check.type !== 'nick') throw new Error(check.why);
  return { room, place, utterance: { sender: check.nick, kind: 'action', content, saidAt: wallTime(place) } };
}

function elsewhere(): RoomName {
  const room = '#elsewhere';
  if (!isRoomName(room)) throw new Error('no room');
  return room;
}

const ALL = [held(1, 'one'), held(2, 'zwei – 二'), held(3, 'three')];

describe('what a history holds', () => {
  it('is there after a restart as it was, in the order of the places', () => {
    const path = join(scratchFolder(), 'history.db');
    const history = open(path);
    expect(history.outbox()).toEqual([]);
    history.hold(ALL.slice(0, 2));
    history.hold(ALL.slice(2));
    closed(history);
    expect(open(path).outbox()).toEqual(ALL);
  });

  it('held-or-said: leaves with the run that says it, in one transaction, and no other room’s', () => {
    const history = fresh();
    const other = held(1, 'there', elsewhere());
    history.hold([...ALL, other]);
    const alice = new Author();
    expect(history.store([[{ ...alice.say(['one', 'zwei – 二']), releases: 2 }]])).toEqual([{ type: 'stored' }]);
    expect(history.outbox()).toEqual([other, ...ALL.slice(2)]);
    history.store([[alice.say(['something else'])]]);
    expect(history.outbox()).toEqual([other, ...ALL.slice(2)]);
  });

  it('held-or-said: stays when the run that says it is not stored', () => {
    const path = join(scratchFolder(), 'history.db');
    const history = open(path);
    history.hold(ALL);
    const alice = new Author();
    alice.say(['never stored']);
    const gap = { ...alice.say(['one']), releases: 3 };
    expect(history.store([[gap]])).toMatchObject([{ type: 'store-failed' }]);
    expect(history.outbox()).toEqual(ALL);
    // A trigger stands for the disk that gives out when the run is written and what was held is deleted already.
    const spoiler = new DatabaseSync(path);
    spoiler.exec(`CREATE TRIGGER full BEFORE UPDATE ON feed BEGIN SELECT raise(FAIL, 'the disk is full'); END`);
    spoiler.close();
    const first = { ...new Author().say(['one']), releases: 3 };
    expect(history.store([[first]])).toMatchObject([{ type: 'store-failed' }]);
    expect(history.outbox()).toEqual(ALL);
    expect(history.heads()).toEqual([]);
  });

  it('is let go of up to a place', () => {
    const history = fresh();
    history.hold(ALL);
    history.letGo(GENERAL, 2);
    expect(history.outbox()).toEqual(ALL.slice(2));
  });
});

describe("a history's thread", () => {
  it('holds at once, before it is up', () => {
    const path = join(scratchFolder(), 'history.db');
    const asked = new AskedThread(path);
    expect(asked.thread.outbox).toEqual([]);
    asked.thread.post(ALL.map((message) => ({ type: 'hold', ...message })));
    expect(open(path).outbox()).toEqual(ALL);
    expect(new AskedThread(path).thread.outbox).toEqual(ALL);
  });

  it('held-or-said: holds what comes with the run that says it before it stores that run', async () => {
    const path = join(scratchFolder(), 'history.db');
    const asked = new AskedThread(path);
    const alice = new Author();
    await asked.ask({ type: 'store', ticket: asked.ticket(), runs: [alice.say(['the thread is up'])] });
    const runs = [{ ...alice.say(['one', 'zwei – 二']), releases: 2 }];
    const ticket = asked.ticket();
    asked.thread.post([
      { type: 'store', ticket, runs },
      ...ALL.map((message) => ({ type: 'hold' as const, ...message })),
    ]);
    expect(await asked.answerTo(ticket)).toEqual({ type: 'stored', ticket });
    await asked.thread.close();
    expect(open(path).outbox()).toEqual(ALL.slice(2));
  });

  it('lets go later of what the disk refused to let go of', async () => {
    const path = join(scratchFolder(), 'history.db');
    const asked = new AskedThread(path);
    const alice = new Author();
    asked.thread.post(ALL.map((message) => ({ type: 'hold', ...message })));
    await asked.ask({ type: 'store', ticket: asked.ticket(), runs: [alice.say(['the thread is up'])] });
    const holder = new DatabaseSync(path);
    holder.exec('BEGIN IMMEDIATE');
    const [ticket, author] = [asked.ticket(), alice.identity.peer];
    const load = { type: 'load' as const, ticket, room: GENERAL, author, from: 1, to: 1 };
    asked.thread.post([{ type: 'let-go', room: GENERAL, upTo: 2 }, load]);
    await asked.answerTo(ticket);
    expect(asked.troubles).toEqual([expect.stringContaining('cannot write the history')]);
    holder.exec('ROLLBACK');
    holder.close();
    await asked.thread.close();
    expect(open(path).outbox()).toEqual(ALL.slice(2));
  });
});
