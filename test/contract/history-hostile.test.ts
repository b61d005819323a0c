import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COUNT_MAX, SEQUENCE_MAX } from '../../pkg/base/limits.ts';
import { wallTime } from '../../pkg/base/units.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import { Author } from './author.ts';
import { closed, fresh, open } from './open-history.ts';
import { scratchFolder } from './scratch.ts';

describe('a feed that begins as late as numbers go', () => {
  it('does not keep what is said after it from being found', () => {
    const history = fresh();
    const [liar, honest] = [new Author(), new Author()];
    liar.end = { ...liar.end, sequence: SEQUENCE_MAX - 1 };
    history.store([[{ ...liar.say(['far'], 2 ** 42), leaps: true }]]);
    history.store([[honest.say(['hello'])]]);
    while (history.index());
    expect(history.search({ room: GENERAL, text: 'hello', limit: 10 })).toHaveLength(1);
  });

  it('can be deleted, and the history opened again', () => {
    const path = join(scratchFolder(), 'history.db');
    const history = open(path);
    const liar = new Author();
    liar.end = { ...liar.end, sequence: SEQUENCE_MAX - 1 };
    history.store([[{ ...liar.say(['far'], 5), leaps: true }]], wallTime(0));
    history.prune({ [GENERAL]: { days: 1 } });
    closed(history);
    expect(open(path).heads()).toHaveLength(1);
  });

  it('is on the newest page', () => {
    const history = fresh();
    const liar = new Author();
    history.store([[{ ...liar.say(['far'], COUNT_MAX), leaps: true }]]);
    expect(history.page({ room: GENERAL, before: Number.MAX_SAFE_INTEGER }).runs).toHaveLength(1);
  });
});

describe('words of a search', () => {
  it.each([
    '\u0000',
    '"',
    'a"b',
    'a\u0000b',
    '\u0301',
    'NEAR(a b)',
    'text:x',
    '* *',
    'AND OR NOT',
    '🙂',
    '\ud800',
    '\u20e3',
    '\ue000',
    '़',
    '\u0301a',
    '𝒳',
    '²',
    '①',
    'ﷺ'.repeat(4_000),
    'a '.repeat(8_000),
    'x'.repeat(16_000),
    '漢'.repeat(8_000),
    'ー',
    '々',
    '\u3099',
  ])('are no language: %#', (text) => {
    const history = fresh();
    const author = new Author();
    history.store([[author.say(['hello world 🙂 漢字'])]]);
    while (history.index());
    expect(() => history.search({ room: GENERAL, text, limit: 10 })).not.toThrow();
  });
});
