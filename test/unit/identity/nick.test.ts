import { describe, expect, it } from 'vitest';
import { NICK_CODE_POINTS_MAX } from '../../../pkg/base/limits.ts';
import { checkNick, foldNick, isNick } from '../../../pkg/identity/nick.ts';

const GOOD = [
  'a',
  'alice',
  'Alice_42',
  'jürgen',
  '李雷',
  'Дмитрий',
  'محمد',
  '🦊',
  'o.o',
  'a-b',
  'x'.repeat(24),
  '🦊'.repeat(24),
];

const BAD: Record<string, readonly string[]> = {
  'is empty': [''],
  [`is longer than ${NICK_CODE_POINTS_MAX} characters`]: ['x'.repeat(25), '🦊'.repeat(25), `a${'\u0301'.repeat(25)}`],
  'contains a space, a control or an invisible character': [
    ' ',
    'a b',
    'a\tb',
    'a\nb',
    'a\u00a0b',
    'a\u3000b',
    'a\u2028b',
    '\u001b[31mred',
    'a\u0000',
    'a\u007f',
    'a\u009b1m',
    'a\u200bb',
    'a\u200db',
    'a\u202eb',
    'a\u2066b',
    'a\ufeffb',
    'a\u00adb',
    'a\u034fb',
    'a\u3164b',
    'a\u180eb',
    '\ud800',
    'a\ue000',
    'a\u{e0041}',
    'a\ufffe',
  ],
  'contains one of ~ , : < >': ['a~b', 'alice~k7fq', 'a,b', ':a', 'alice:', '<a>'],
  'begins with one of # / @ & + - or a combining mark': ['#a', '/quit', '@a', '&a', '+a', '-a', '\u0301a'],
};

describe('a nick', () => {
  it.each(GOOD)('%s is one', (text) => {
    expect(checkNick(text)).toEqual({ type: 'nick', nick: text });
    expect(isNick(text)).toBe(true);
  });

  it.each(Object.entries(BAD))('that %s is none', (why, texts) => {
    for (const text of texts) {
      expect(checkNick(text), JSON.stringify(text)).toEqual({ type: 'wrong', why });
      expect(isNick(text), JSON.stringify(text)).toBe(false);
    }
  });

  it('has one spelling: typed in pieces it is put together, on the wire that is refused', () => {
    expect(checkNick('e\u0301mile')).toEqual({ type: 'nick', nick: 'émile' });
    expect(isNick('e\u0301mile')).toBe(false);
    expect(checkNick('é'.normalize('NFD').repeat(24)).type).toBe('nick');
  });

  it('is the same name to people whatever its capitals and widths', () => {
    expect(foldNick('ALICE')).toBe(foldNick('alice'));
    expect(foldNick('ａｌｉｃｅ')).toBe('alice');
    expect(foldNick('alice')).not.toBe(foldNick('alicе'));
  });
});
