import { closeLine } from './shown.ts';

/** Code points before the word that was looked for, so that it is seen also where the line is cut short. */
const LEAD_MAX = 16;
/** The first word that is there is mostly among the first. */
const WORDS_SOUGHT_MAX = 16;

/**
 * A piece of what was said, for one line of an answer: safe to show, at most `lengthMax` code points and the `…` that
 * tells where something is missing. It is the piece with the first of `words`, or the beginning.
 */
export function excerpt(
  text: string,
  { words = '', lengthMax }: { readonly words?: string; readonly lengthMax: number },
): string {
  const line = [...closeLine(text).trim()];
  if (line.length <= lengthMax) return line.join('');
  const start = startOf(line, words, lengthMax);
  const piece = line.slice(start, start + lengthMax).join('');
  return `${start > 0 ? '…' : ''}${piece}${start + lengthMax < line.length ? '…' : ''}`;
}

/** Where to begin: at a word a little before the place where the first of `words` stands. */
function startOf(line: readonly string[], words: string, lengthMax: number): number {
  const place = placeOfAny(line, words);
  const lead = Math.min(LEAD_MAX, lengthMax >> 2);
  const start = Math.max(0, Math.min(place - lead, line.length - lengthMax));
  return start === 0 ? 0 : start + line.slice(start, place).indexOf(' ') + 1;
}

/** The place of the first word there is, whatever its capitals; 0 when there is none. */
function placeOfAny(line: readonly string[], words: string): number {
  // Letter by letter, as some capitals have more than one small letter and would move what is behind them.
  const letters = line.map((letter) => firstPoint(letter.toLowerCase()));
  const text = letters.join('');
  const found = words
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, WORDS_SOUGHT_MAX)
    .map((word) => text.indexOf(word.toLowerCase()))
    .filter((place) => place >= 0);
  return found.length === 0 ? 0 : [...text.slice(0, Math.min(...found))].length;
}

function firstPoint(text: string): string {
  return String.fromCodePoint(text.codePointAt(0) ?? 0);
}
