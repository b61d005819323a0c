import { describe, expect, it } from 'vitest';
import {
  CLOCK_STEP_MAX,
  COUNT_MAX,
  LEAP_PATIENCE_MS,
  RUN_ENTRIES_MAX,
  SEQUENCE_MAX,
  TIMELINE_ITEMS_MAX,
  WANT_TIMEOUT_MS,
} from '../../pkg/base/limits.ts';
import { wallTime } from '../../pkg/base/units.ts';
import type { ChatMessage } from '../../pkg/chat/snapshot.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import { GENERAL, isRoomName, type RoomName } from '../../pkg/identity/room-name.ts';
import { composeRun, sealed } from '../../pkg/wire/entry.ts';
import { NO_RUN } from '../../pkg/wire/fields.ts';
import type { ToldHead } from '../../pkg/wire/message.ts';
import { nickOf, Speaker } from '../unit/speaker.ts';
import { Liar } from './liar.ts';
import { Meeting } from './meeting.ts';
import type { SimHost } from './sim-host.ts';
import { hashText, toyPeerId, toySign } from './toy-crypto.ts';

const FAR = COUNT_MAX;

function told(heads: readonly ToldHead[], clock = 0): string {
  return `${JSON.stringify({ type: 'have', room: GENERAL, heads, whole: true, clock })}\n`;
}

function shown(host: SimHost): ChatMessage[] {
  return host.machine.snapshot().room.items.flatMap((item) => (item.type === 'message' ? [item] : []));
}

function otherRoom(): RoomName {
  const name = '#other';
  if (!isRoomName(name)) throw new Error('no room');
  return name;
}

/** Runs of as many entries as fit, whose clocks rise as steeply as they may. */
function steepRuns(author: PeerId, runs: number): string {
  let text = '';
  let prev = NO_RUN;
  for (let count = 0; count < runs; count += 1) {
    const utterances = Array.from({ length: RUN_ENTRIES_MAX - 60 }, () => ({
      kind: 'chat' as const,
      sender: nickOf('mallory'),
      content: 'x',
      saidAt: wallTime(0),
    }));
    const sequence = count * utterances.length + 1;
    const flat = composeRun({ room: GENERAL, author, sequence, clock: sequence, prev }, utterances).text;
    const steep = flat.replaceAll(/"clock":(\d+)/g, (_, clock) => `"clock":${Number(clock) * CLOCK_STEP_MAX}`);
    const run = sealed(steep, toySign(author, 'run', steep));
    prev = hashText(run);
    text += `${run}\n`;
  }
  return text;
}

describe('a liar', () => {
  it('who claims to have an endless feed of somebody absent does not part that one from others', () => {
    const meeting = new Meeting(3, ['alice', 'bob']);
    const liar = new Liar(meeting.world, 'mallory');
    liar.attack(meeting.host(0), told([[toyPeerId('carol'), SEQUENCE_MAX]]));
    meeting.world.run(meeting.world.at + 500);
    const carol = meeting.world.addHost('carol');
    carol.start();
    // An honest peer that finds fault with another fails the run by itself.
    meeting.world.run(meeting.world.at + 5_000);
    const present = carol.machine.snapshot().people.map(({ peer }) => peer);
    expect(present).toEqual(expect.arrayContaining(meeting.hosts.filter(({ alive }) => alive).map(({ peer }) => peer)));
  });

  it('whose feed begins late has no clock that nobody can reach', () => {
    const meeting = new Meeting(4, ['alice', 'bob']);
    // The checker knows of no feed that begins late.
    meeting.checker.stored = () => undefined;
    const liar = new Liar(meeting.world, 'mallory');
    const own = new Speaker('mallory');
    const far = own.aside('I am the last', { sequence: 5, clock: FAR, prev: hashText('x') });
    liar.answer = ({ author, from }) => (author === liar.peer && from === 5 ? `${far.text}\n` : '');
    const beat = '{"type":"beat","sent":1,"circle":"","digests":[]}\n';
    liar.attack(meeting.host(0), told([[liar.peer, 5, 5]]));
    for (let past = 0; past < LEAP_PATIENCE_MS + 2_000; past += 1_000) {
      meeting.world.run(meeting.world.at + 1_000);
      for (const pipe of liar.links.values()) pipe.send(beat);
    }
    liar.crash();
    meeting.world.run(meeting.world.at + 20_000);
    for (let count = 0; count < 3; count += 1) {
      meeting.host(1).say(`hello ${count}`);
      meeting.world.run(meeting.world.at + 5_000);
    }
    const last = shown(meeting.host(0)).at(-1);
    expect(last?.text).toBe('hello 2');
    expect(shown(meeting.host(0)).filter(({ late }) => late)).toEqual([]);
  });

  it('who shows the newest runs does not take from the screen what honest people say', () => {
    const meeting = new Meeting(5, ['alice', 'bob']);
    const liar = new Liar(meeting.world, 'mallory');
    const run = new Speaker('mallory').say('look', { clock: FAR });
    const aside = `{"type":"aside","what":"latest","runs":1}\n${run.text}\n`;
    meeting.host(1).say('before');
    meeting.world.run(meeting.world.at + 1_000);
    liar.attack(meeting.host(0), `${told([[toyPeerId('nobody'), 1_000]])}${aside}`);
    meeting.world.run(meeting.world.at + 1_000);
    meeting.host(1).say('hello');
    meeting.host(0).say('hi');
    // What was claimed is waited for until nothing of it has come for a while.
    meeting.world.run(meeting.world.at + 2 * WANT_TIMEOUT_MS);
    expect(shown(meeting.host(0)).map(({ text }) => text)).toEqual(expect.arrayContaining(['hello', 'hi']));
  });

  it('who shows runs of another room shows nothing', () => {
    const meeting = new Meeting(6, ['alice', 'bob']);
    const liar = new Liar(meeting.world, 'mallory');
    const run = new Speaker('mallory', otherRoom()).say('elsewhere');
    const aside = `{"type":"aside","what":"latest","runs":1}\n${run.text}\n`;
    liar.attack(meeting.host(0), `${told([[toyPeerId('nobody'), 1_000]])}${aside}`);
    meeting.world.run(meeting.world.at + 1_000);
    expect(shown(meeting.host(0))).toEqual([]);
  });

  it('who tells a clock that nobody has stored does not make all that is said the past', () => {
    const meeting = new Meeting(7, ['alice']);
    const past: boolean[] = [];
    const { checker } = meeting;
    const event = checker.event.bind(checker);
    checker.event = (host, what) => {
      if (what.type === 'message' && host.name === 'alice') past.push(what.past);
      event(host, what);
    };
    const liar = new Liar(meeting.world, 'mallory');
    liar.attack(meeting.host(0), told([], FAR));
    meeting.world.run(meeting.world.at + 1_000);
    const bob = meeting.world.addHost('bob');
    bob.start();
    meeting.world.run(meeting.world.at + 3_000);
    bob.say('hello');
    meeting.world.run(meeting.world.at + 1_000);
    expect(past).toEqual([false]);
  });

  it('whose clock ran ahead in many entries does not take from the screen what honest people say', () => {
    const meeting = new Meeting(8, ['alice', 'bob']);
    const liar = new Liar(meeting.world, 'mallory');
    const runs = Math.ceil((TIMELINE_ITEMS_MAX * 1.2) / (RUN_ENTRIES_MAX - 60));
    liar.attack(meeting.host(0), steepRuns(liar.peer, runs));
    meeting.world.run(meeting.world.at + 5_000);
    liar.crash();
    meeting.world.run(meeting.world.at + 20_000);
    meeting.host(1).say('hello');
    meeting.host(0).say('hi');
    meeting.world.run(meeting.world.at + 2_000);
    expect(meeting.host(0).disk.entries, 'nothing of it is taken in').toBe(2);
    expect(shown(meeting.host(0)).map(({ text }) => text)).toEqual(expect.arrayContaining(['hello', 'hi']));
  });
});

describe('an author who starts with an old backup', () => {
  it('does not fork because somebody who knows nothing was met first', () => {
    const meeting = new Meeting(33, ['alice', 'bob', 'carol']);
    const [alice, bob, carol] = [meeting.host(0), meeting.host(1), meeting.host(2)];
    for (let count = 1; count <= 10; count += 1) {
      alice.say(`alice ${count}`);
      meeting.runUntil('it is everywhere', 5_000, () => meeting.allHold(count));
    }
    alice.crash();
    alice.disk.restore(5);
    // One has lost its history, the only other one is a moment late.
    carol.crash();
    carol.disk.restore(0);
    bob.stall(400, false);
    carol.start();
    alice.start();
    alice.say('alice 11');
    meeting.runUntil('all hold it', 20_000, () => meeting.allHold(11));
  });
});
