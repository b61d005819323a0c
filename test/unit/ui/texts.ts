import fc from 'fast-check';

/** Texts as people, and those who mean harm, write them. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom(
        ' ',
        '   ',
        '\n',
        '你好，世界',
        '👨‍👩‍👧‍👦',
        '👍🏽',
        '🇨🇭',
        'क्षत्रिय',
        'น้ำ',
        'e\u0301',
        '\u0301',
        '한국어',
        'a'.repeat(40),
        '\u200d',
        '\u001b[2J',
        'क्'.repeat(30),
        '👩‍'.repeat(30),
        `x${'\u0300'.repeat(40)}`,
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
