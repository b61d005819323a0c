import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excerpt } from '../../../pkg/chat/excerpt.ts';
import { closeLine } from '../../../pkg/chat/shown.ts';
import { anyText } from '../ui/texts.ts';

const LONG = 'so I looked into what happened last night when we were all asleep and the Build failed with 3 errors';

describe('an excerpt', () => {
  it('is all of a short text, on one line and without gaps', () => {
    expect(excerpt(' one \n two\u001b[2J     three ', { lengthMax: 40 })).toBe('one ⏎ two␛[2J three');
  });

  it('is the beginning, or the piece with the words, and tells where something is missing', () => {
    expect(excerpt(LONG, { lengthMax: 20 })).toBe('so I looked into wha…');
    expect(excerpt(LONG, { words: 'build failed', lengthMax: 30 })).toBe('…the Build failed with 3 errors');
    expect(excerpt(LONG, { words: 'nothing LAST', lengthMax: 20 })).toBe('…last night when we w…');
    expect(excerpt(LONG, { words: 'elsewhere', lengthMax: 20 })).toBe('so I looked into wha…');
  });

  it('finds the word behind letters whose small forms are longer', () => {
    expect(excerpt(`${'İ'.repeat(50)} word ${'x'.repeat(50)}`, { words: 'Word', lengthMax: 12 })).toBe(
      '…word xxxxxxx…',
    );
  });

  it('is never longer than asked, and nothing but a piece of the safe text', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.integer({ min: 1, max: 40 }), (text, words, lengthMax) => {
        const piece = excerpt(text, { words, lengthMax });
        expect([...piece].length).toBeLessThanOrEqual(lengthMax + 2);
        const whole = closeLine(text).trim();
        if (piece !== whole) expect(whole).toContain(piece.replace(/^…/, '').replace(/…$/, ''));
      }),
    );
  });
});
