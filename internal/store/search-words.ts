/**
 * What the full-text index is given of a text, and what it is asked for a person's words. SQLite's tokenizer takes a
 * whole Chinese or Japanese sentence for one word; so the letters of scripts without spaces are indexed in overlapping
 * pairs, by which any part of a sentence is found. Its trigrams would miss words of two letters, the most common ones.
 */
import { SEARCH_WORDS_MAX } from '../../pkg/base/limits.ts';

const SPACELESS = /[[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}]&&[\p{L}\p{Nl}]]+/gv;
const NO_WORD = /[^\p{L}\p{N}\p{M}\p{Co}]+/u;
/** A prefix of one letter would fit almost everything. */
const PREFIX_CHARS_MIN = 2;

/** A text as the index is to have it. */
export function indexedText(text: string): string {
  return evened(text).replace(SPACELESS, (letters) => ` ${pairsOf(letters).join(' ')} `);
}

/**
 * The query for texts that contain all of the words, the last of them as the beginning of a word; undefined where there is
 * no word in `text`. Nothing that a person types is taken for the query language: it is left out or quoted.
 */
export function searchQuery(text: string): string | undefined {
  const words = evened(text).split(NO_WORD).filter(Boolean).slice(0, SEARCH_WORDS_MAX);
  const pieces = words.flatMap(piecesOf);
  const terms = pieces.map((piece, place) => {
    if (isSpaceless(piece)) return phraseOf(piece);
    const begins = place === pieces.length - 1 && piece.length >= PREFIX_CHARS_MIN;
    return begins ? `"${piece}"*` : `"${piece}"`;
  });
  return terms.length === 0 ? undefined : terms.join(' ');
}

/** What the tokenizer, which takes away case and accents, leaves apart though people don't. */
function evened(text: string): string {
  return text.normalize('NFKC').replace(/[ßẞ]/g, 'ss');
}

/** The last letter stands alone, so that there are as many places as letters. */
function pairsOf(letters: string): string[] {
  const single = [...letters];
  return single.map((letter, place) => letter + (single[place + 1] ?? ''));
}

function piecesOf(word: string): string[] {
  return word.replace(SPACELESS, ' $& ').split(' ').filter(Boolean);
}

function isSpaceless(piece: string): boolean {
  return piece.replace(SPACELESS, '') === '';
}

function phraseOf(letters: string): string {
  const pairs = pairsOf(letters);
  return pairs.length === 1 ? `"${letters}"*` : `"${pairs.slice(0, -1).join(' ')}"`;
}
