/**
 * Text from the network made safe for a terminal.
 *
 * Invariant tame-text: nothing in it can move the cursor, change colours, reorder the line
 * or hide. Every front end shows foreign text through here; JSON and the store keep the bytes.
 */

/**
 * Control characters, lone surrogates, separators, bidi controls, and whatever shows nothing; but not the joiners and
 * the two variation selectors that scripts and emoji are written with.
 */
const UNSAFE =
  /(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
/** More marks and joiners on one character than any script needs. */
const STACKED_MARKS = /([\p{M}\u200c\u200d]{6})[\p{M}\u200c\u200d]+/gu;
/** Many hidden characters in a row say no more than one. */
const HIDDEN_RUN = /�{2,}/g;
const TAB_SPACES = '    ';
/** White space, and the Braille cell that is as empty. */
const BLANKS = /[\s\u2800]+/gu;

/** One line of safe text: line breaks become `⏎`, tabs spaces, control characters their pictures, hidden ones `�`. */
export function shownLine(text: string): string {
  return neutral(text.replace(/\r\n|[\n\u2028\u2029]/g, '⏎'));
}

/** The same, but the text's own line breaks part the lines. Show each so that it cannot pass for a message. */
export function shownLines(text: string): string[] {
  return text.split(/\r\n|[\n\u2028\u2029]/).map(neutral);
}

/** One line of safe text that no blanks can fill up until the terminal wraps it into what looks like another line. */
export function closeLine(text: string): string {
  return shownLine(text).replace(BLANKS, ' ');
}

function neutral(text: string): string {
  return text
    .replaceAll('\t', TAB_SPACES)
    .replace(UNSAFE, picture)
    .replace(HIDDEN_RUN, '�')
    .replace(STACKED_MARKS, '$1');
}

function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  return '�';
}
