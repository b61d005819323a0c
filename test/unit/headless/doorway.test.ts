import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Doorway } from '../../../internal/headless/doorway.ts';
import {
  PRESENCE_AT_ONCE_MAX,
  PRESENCE_COLLECT_MS,
  PRESENCE_FOLD_MS,
  PRESENCE_GOODBYE_MS,
  PRESENCE_QUIET_MS,
  PRESENCE_REST_MS,
} from '../../../pkg/base/limits.ts';
import { clauses, namesOf } from '../../../pkg/chat/attendance.ts';
import { nick, peer } from '../../ui/fake-chat.ts';

/** As many as are told of at once after quiet. */
const FEW = ['frank', 'grace', 'heidi'];
const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', ...FEW];

let told: string[] = [];
let door: Doorway;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  door = new Doorway((people) => {
    for (const clause of clauses(people)) told.push(`${namesOf(clause, (name) => name)} ${clause.what}`);
  });
});

afterEach(() => {
  door.stop();
  vi.useRealTimers();
});

function joins(...names: string[]): void {
  for (const name of names) door.change({ type: 'joined', peer: peer(NAMES.indexOf(name)), nick: nick(name) });
}

function leaves(reason: string, goodbye: boolean, names: readonly string[]): void {
  for (const name of names) {
    door.change({ type: 'left', peer: peer(NAMES.indexOf(name)), nick: nick(name), reason, goodbye });
  }
}

const loses = (...names: string[]): void => leaves('connection lost', false, names);
const quits = (...names: string[]): void => leaves('goodbye', true, names);

/** What is told within a span, from now on. */
function within(spanMs: number): readonly string[] {
  const from = told.length;
  vi.advanceTimersByTime(spanMs);
  return told.slice(from);
}

describe('comings and goings in lines that stay', () => {
  it('are told at once when few come, and collected when many follow', () => {
    expect(FEW).toHaveLength(PRESENCE_AT_ONCE_MAX);
    joins(...FEW);
    expect(told).toEqual(FEW.map((name) => `${name} joined`));
    joins('alice', 'bob', 'carol');
    expect(within(PRESENCE_QUIET_MS - 1)).toEqual([]);
    expect(within(1)).toEqual(['alice, bob and carol joined']);
    expect(within(PRESENCE_QUIET_MS)).toEqual([]);
    joins('dave');
    expect(told.at(-1)).toBe('dave joined');
  });

  it('wait no longer than the longest, however long the others keep coming', () => {
    joins(...FEW);
    for (let spent = 0; spent < PRESENCE_COLLECT_MS; spent += 200) {
      joins(NAMES[spent / 200] ?? 'alice');
      if (spent + 200 < PRESENCE_COLLECT_MS) expect(within(200)).toEqual([]);
    }
    expect(within(200)).toHaveLength(1);
  });

  it('are told before anything else is', () => {
    joins('alice', 'bob');
    door.flush();
    expect(told).toEqual(['alice joined', 'bob joined']);
    expect(within(PRESENCE_COLLECT_MS)).toEqual([]);
  });

  it('are told of a goodbye in no time, and of several together', () => {
    quits(...FEW);
    expect(told).toEqual(FEW.map((name) => `${name} left (goodbye)`));
    quits('alice', 'bob');
    expect(within(PRESENCE_GOODBYE_MS)).toEqual(['alice and bob left (goodbye)']);
  });

  it('are all told at the end', () => {
    loses('alice');
    joins('alice', 'bob', 'carol', 'dave');
    loses('alice');
    door.close();
    expect(told.slice(PRESENCE_AT_ONCE_MAX)).toEqual(['carol and dave joined', 'alice left (connection lost)']);
  });
});

describe('who comes and goes', () => {
  /** Left and came back, which was told. */
  function flapped(): void {
    loses('bob');
    vi.advanceTimersByTime(PRESENCE_QUIET_MS);
    joins('bob');
    vi.advanceTimersByTime(PRESENCE_QUIET_MS);
    expect(told).toEqual(['bob left (connection lost)', 'bob joined']);
  }

  it('is told of once it rests', () => {
    flapped();
    for (let count = 0; count < 4; count += 1) {
      loses('bob');
      expect(within(1_000)).toEqual([]);
      joins('bob');
      expect(within(1_000)).toEqual([]);
    }
    expect(within(PRESENCE_REST_MS)).toEqual(['bob came and went 4 times, is here']);
    expect(within(2 * PRESENCE_FOLD_MS)).toEqual([]);
  });

  it('is told of gone when that is how it rests, and of coming back at once', () => {
    flapped();
    loses('bob');
    expect(within(PRESENCE_REST_MS)).toEqual(['bob left (connection lost)']);
    vi.advanceTimersByTime(PRESENCE_QUIET_MS);
    joins('bob');
    expect(told.at(-1)).toBe('bob joined');
  });

  it('is told of after a minute though it never rests, and is not heard of more than so', () => {
    flapped();
    const from = told.length;
    let here = true;
    for (let spent = 0; spent < PRESENCE_FOLD_MS + 1_000; spent += 1_000) {
      if (here) loses('bob');
      else joins('bob');
      here = !here;
      vi.advanceTimersByTime(1_000);
    }
    expect(told.slice(from)).toHaveLength(1);
    expect(told[from]).toMatch(/^bob came and went \d+ times, is (?:here|gone)/);
  });

  it('says goodbye at once', () => {
    flapped();
    loses('bob');
    vi.advanceTimersByTime(1_000);
    joins('bob');
    vi.advanceTimersByTime(1_000);
    quits('bob');
    expect(told.at(-1)).toBe('bob came and went 2 times, is gone (goodbye)');
    expect(within(2 * PRESENCE_FOLD_MS)).toEqual([]);
  });

  it('is told of as of anybody after a minute', () => {
    flapped();
    vi.advanceTimersByTime(PRESENCE_FOLD_MS + 1);
    loses('bob');
    expect(told.at(-1)).toBe('bob left (connection lost)');
  });

  it('does not keep others from being told of', () => {
    flapped();
    loses('bob');
    joins('carol');
    expect(told.at(-1)).toBe('carol joined');
  });
});

describe('a reader that is too slow', () => {
  it('is known also where nobody was calling', async () => {
    const slow = new Doorway(() => {
      throw new Error('too slow');
    });
    expect(() => slow.change({ type: 'joined', peer: peer(1), nick: nick('bob') })).toThrow('too slow');
    for (let count = 1; count < PRESENCE_AT_ONCE_MAX; count += 1) {
      expect(() => slow.change({ type: 'joined', peer: peer(9 + count), nick: nick('eve') })).toThrow('too slow');
    }
    slow.change({ type: 'joined', peer: peer(2), nick: nick('carol') });
    vi.advanceTimersByTime(PRESENCE_QUIET_MS);
    await expect(slow.failed).rejects.toThrow('too slow');
  });
});
