import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRESENCE_FOLD_MS, PRESENCE_FOLDED_MAX } from '../../../pkg/base/limits.ts';
import { instant, wallTime } from '../../../pkg/base/units.ts';
import { clauses, namesOf } from '../../../pkg/chat/attendance.ts';
import type { Attendance, TimelineItem } from '../../../pkg/chat/snapshot.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { Room } from '../../../pkg/room/room.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { nickOf } from '../speaker.ts';

/** A room at whose door people come and go, at seconds of one clock. */
class Door {
  readonly room = new Room(GENERAL, toyPeerId('me'));

  joins(name: string, atS: number, nick = name): void {
    this.#happens({ type: 'joined', peer: toyPeerId(name), nick: nickOf(nick) }, atS);
  }

  loses(name: string, atS: number, reason = 'connection lost'): void {
    this.#happens({ type: 'left', peer: toyPeerId(name), nick: nickOf(name), reason, goodbye: false }, atS);
  }

  quits(name: string, atS: number): void {
    this.#happens({ type: 'left', peer: toyPeerId(name), nick: nickOf(name), reason: 'tea', goodbye: true }, atS);
  }

  /** Something else is told. */
  notes(atS: number): void {
    this.#happens({ type: 'note', lines: ['a note'] }, atS);
  }

  get items(): readonly TimelineItem[] {
    return this.room.view().items;
  }

  get ids(): readonly string[] {
    return this.items.map(({ id }) => id);
  }

  get texts(): readonly string[] {
    return this.items.map((item) => {
      if (item.type === 'message' || item.what.type !== 'presence') return 'a note';
      return clauses(item.what.people)
        .map((clause) => `${namesOf(clause, (nick) => nick)} ${clause.what}`)
        .join('; ');
    });
  }

  /** What the last item says that tells of somebody. */
  attendance(name: string): Attendance | undefined {
    const told = this.items.flatMap((item) =>
      item.type === 'notice' && item.what.type === 'presence' ? item.what.people : [],
    );
    return told.findLast(({ peer }) => peer === toyPeerId(name));
  }

  #happens(what: Parameters<Room['notice']>[0], atS: number): void {
    const notice = this.room.notice(what, { at: instant(atS * 1_000), wall: wallTime(atS * 1_000) }, 0);
    // Whoever follows events hears of each change by itself.
    expect(notice.what).toBe(what);
  }
}

const FOLD_S = PRESENCE_FOLD_MS / 1_000;

describe('comings and goings that follow each other', () => {
  it('are one item, of which the id stays', () => {
    const door = new Door();
    door.joins('bob', 0);
    expect(door.texts).toEqual(['bob joined']);
    const { ids } = door;
    for (const name of ['carol', 'dave']) door.joins(name, 1);
    expect(door.texts).toEqual(['bob, carol and dave joined']);
    door.quits('carol', 2);
    expect(door.texts).toEqual(['bob and dave joined; carol came and left (tea)']);
    expect(door.ids).toEqual(ids);
  });

  it('are one item however many leave, by reason', () => {
    const door = new Door();
    for (const name of ['bob', 'carol', 'dave']) door.loses(name, 0);
    door.quits('erin', 1);
    door.joins('frank', 2);
    expect(door.texts).toEqual(['bob, carol and dave left (connection lost); erin left (tea); frank joined']);
  });

  it('are another item behind anything else, and behind one that is old', () => {
    const door = new Door();
    door.joins('bob', 0);
    door.notes(1);
    door.joins('carol', 2);
    door.joins('dave', 2 + FOLD_S);
    door.joins('erin', 2 + FOLD_S + 1);
    expect(door.texts).toEqual(['bob joined', 'a note', 'carol and dave joined', 'erin joined']);
  });

  it('are several items where a crowd would make one too long', () => {
    const door = new Door();
    for (let count = 0; count <= PRESENCE_FOLDED_MAX; count += 1) door.joins(`p${count}`, 0);
    expect(door.items).toHaveLength(2);
    expect(door.texts[1]).toBe(`p${PRESENCE_FOLDED_MAX} joined`);
  });
});

describe('somebody who comes and goes', () => {
  it('changes what told of the leave, wherever it stands, and makes no new item', () => {
    const door = new Door();
    door.loses('bob', 0);
    const [id] = door.ids;
    door.notes(1);
    door.joins('bob', 12);
    expect(door.texts).toEqual(['bob was away for 12 s', 'a note']);
    door.loses('bob', 20);
    expect(door.texts[0]).toBe('bob came and went 2 times, is gone (connection lost)');
    door.joins('bob', 22);
    door.loses('bob', 30);
    door.joins('bob', 31);
    door.loses('bob', 40);
    door.joins('bob', 41);
    expect(door.texts).toEqual(['bob came and went 4 times, is here', 'a note']);
    expect(door.ids[0]).toBe(id);
  });

  it('last-word: is told of anew once a minute, and the last item says how it is', () => {
    const door = new Door();
    let here = true;
    for (let atS = 0; atS < 10 * FOLD_S; atS += 25) {
      door.notes(atS);
      if (here) door.loses('bob', atS);
      else door.joins('bob', atS);
      here = !here;
      const last = door.texts.findLast((text) => text !== 'a note') ?? '';
      expect(last, door.texts.join('\n')).toMatch(here ? /was away|is here$/ : /left \(|is gone \(/);
    }
    const told = door.texts.filter((text) => text !== 'a note');
    expect(told.length).toBeGreaterThan(1);
    expect(told.length).toBeLessThanOrEqual(10);
  });

  it('last-word: holds whoever comes and goes, and whenever', () => {
    const act = fc.record({
      name: fc.constantFrom('bob', 'carol', 'dave'),
      how: fc.constantFrom('quits', 'loses', 'loses', 'notes'),
      afterS: fc.constantFrom(0, 1, 5, 20, 30, 61),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const door = new Door();
        const here = new Set<string>();
        let atS = 0;
        for (const { name, how, afterS } of acts) {
          atS += afterS;
          if (how === 'notes') door.notes(atS);
          else if (!here.has(name)) door.joins(name, atS);
          else if (how === 'quits') door.quits(name, atS);
          else door.loses(name, atS);
          if (how !== 'notes' && !here.delete(name)) here.add(name);
          for (const person of ['bob', 'carol', 'dave']) {
            const told = door.attendance(person);
            if (told !== undefined) expect(told.here).toBe(here.has(person));
          }
        }
      }),
    );
  });

  it('says goodbye at the end of everything', () => {
    const door = new Door();
    door.loses('bob', 0);
    door.joins('bob', 5);
    door.notes(6);
    door.quits('bob', 7);
    expect(door.texts).toEqual(['bob was away for 5 s', 'a note', 'bob left (tea)']);
  });

  it('is a newcomer after a minute, and under another name', () => {
    const door = new Door();
    door.loses('bob', 0);
    door.notes(1);
    door.joins('bob', 1 + FOLD_S);
    expect(door.texts).toEqual(['bob left (connection lost)', 'a note', 'bob joined']);
    const other = new Door();
    other.loses('bob', 0);
    other.notes(1);
    other.joins('bob', 2, 'robert');
    expect(other.texts).toEqual(['bob left (connection lost)', 'a note', 'robert joined']);
  });

  it('does not take back what somebody said between coming and being lost', () => {
    const door = new Door();
    door.joins('bob', 0);
    door.notes(1);
    door.loses('bob', 2);
    expect(door.texts).toEqual(['bob joined', 'a note', 'bob left (connection lost)']);
  });
});
