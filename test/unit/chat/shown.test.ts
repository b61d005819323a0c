import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownLine, shownLines } from '../../../pkg/chat/shown.ts';

/** What no shown text may hold: nothing here may reach a terminal. */
const DANGEROUS =
  /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u061c\ufeff]|[\u{e0000}-\u{e0fff}]/u;

describe('tame-text: shownLine', () => {
  it.each([
    ['escape sequences', '\u001b[31mred\u001b[0m', '␛[31mred␛[0m'],
    ['a title', '\u001b]0;owned\u0007', '␛]0;owned␇'],
    [
      'a link',
      '\u001b]8;;https://evil.example\u001b\\text\u001b]8;;\u001b\\',
      '␛]8;;https://evil.example␛\\text␛]8;;␛\\',
    ],
    ['the clipboard', '\u001b]52;c;bHM=\u0007', '␛]52;c;bHM=␇'],
    ['CSI as one 8-bit character', '\u009b31mred', '�31mred'],
    ['OSC and ST as one character', '\u009d0;t\u009c', '�0;t�'],
    ['next line', 'a\u0085b', 'a�b'],
    ['a carriage return', 'hidden\rshown', 'hidden␍shown'],
    ['backspaces', 'abc\b\b\bxyz', 'abc␈␈␈xyz'],
    ['delete', 'a\u007fb', 'a␡b'],
    ['nul', 'a\0b', 'a␀b'],
    ['bidi overrides', 'user\u202egnp.exe', 'user�gnp.exe'],
    ['bidi isolates', '\u2066a\u2069', '�a�'],
    ['marks of direction', 'a\u200eb\u200fc\u061cd', 'a�b�c�d'],
    ['line breaks of every kind', 'a\r\nb\nc\u2028d\u2029e', 'a⏎b⏎c⏎d⏎e'],
    ['tabs', 'a\tb', 'a    b'],
    ['zero-width spaces', 'a\u200bb\u2060c\ufeffd', 'a�b�c�d'],
    ['a soft hyphen', 'a\u00adb', 'a�b'],
    ['text in tags', 'hi\u{e0068}\u{e0069}\u{e007f}', 'hi�'],
    ['a lone surrogate', 'a\ud800b\udc00', 'a�b�'],
    ['annotation marks', 'a\ufff9b\ufffac\ufffbd', 'a�b�c�d'],
    ['Hangul fillers', 'a\u3164b\u115fc', 'a�b�c'],
  ])('neutralises %s', (_what, text, shown) => {
    expect(shownLine(text)).toBe(shown);
  });

  it.each([
    ['a family', '👨‍👩‍👧‍👦'],
    ['a flag of joined signs', '🏳️‍🌈'],
    ['a flag of letters', '🇨🇭'],
    ['skin tones', '👍🏽'],
    ['a keycap', '1️⃣'],
    ['a kiss', '👩🏻‍❤️‍💋‍👩🏿'],
    ['Persian with non-joiners', 'می‌خواهم'],
    ['Devanagari', 'क्षत्रिय'],
    ['Vietnamese, decomposed', 'tiếng Việt'.normalize('NFD')],
    ['Burmese', 'မြွှေ့'],
    ['Hebrew with points', 'שָׁלוֹם'],
    ['Chinese', '你好，世界'],
    ['Thai', 'น้ำ'],
  ])('leaves %s as it is', (_what, text) => {
    expect(shownLine(text)).toBe(text);
  });

  it('keeps a few of ten thousand marks and joiners on one character', () => {
    expect(shownLine(`a${'\u0301'.repeat(10_000)}b`)).toBe(`a${'\u0301'.repeat(6)}b`);
    expect(shownLine(`a${'\u200d'.repeat(10_000)}b`).length).toBeLessThan(10);
    expect(shownLine(`a${'\u200d\ufe0f'.repeat(10_000)}b`).length).toBeLessThan(10);
  });

  it('lets nothing dangerous through, whatever comes, and is done after one round', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.integer({ min: 0, max: 0xffff }).map(String.fromCharCode),
        fc.constantFrom('\u001b[2J', '\u{e0041}', '\u202e', 'a'),
      ),
    });
    fc.assert(
      fc.property(text, (any) => {
        const shown = shownLine(any);
        expect(shown).not.toMatch(DANGEROUS);
        expect(shown.isWellFormed()).toBe(true);
        expect(shownLine(shown)).toBe(shown);
      }),
    );
  });
});

describe('tame-text: shownLines', () => {
  it('parts lines at the breaks of the text and nowhere else', () => {
    expect(shownLines('a\nb\r\nc\u2028d\re')).toEqual(['a', 'b', 'c', 'd␍e']);
    expect(shownLines('')).toEqual(['']);
  });
});
