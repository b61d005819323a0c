import { NICK_CODE_POINTS_MAX } from '../base/limits.ts';

/** A name that a person chose and that keeps the rules below. It is a wish, not an identity: the key is the person. */
export type Nick = string & { readonly __brand: 'Nick' };

/**
 * Control, format (zero-width, bidi), surrogate, private-use and unassigned characters, all white space and the empty Braille cell.
 * Marks stacked by the dozen are caught by the length bound.
 */
const FORBIDDEN_ANYWHERE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** `~` parts a nick from its key tag, `,` parts names in a list, `:` and `<>` part it from what is said. */
const RESERVED_ANYWHERE = /[~,:<>]/u;
/** What a room, a command or a mention begins with; and marks, which would join the character before them. */
const RESERVED_AT_START = /^[#/@&+\-\p{M}]/u;

export type NickCheck =
  | { readonly type: 'nick'; readonly nick: Nick }
  | { readonly type: 'wrong'; readonly why: string };

/** Checks a name against the rules and brings it to NFC. `why` completes the sentence "that name …". */
export function checkNick(text: string): NickCheck {
  const name = text.normalize('NFC');
  if (name === '') return wrong('is empty');
  if ([...name].length > NICK_CODE_POINTS_MAX) return wrong(`is longer than ${NICK_CODE_POINTS_MAX} characters`);
  if (FORBIDDEN_ANYWHERE.test(name)) return wrong('contains a space, a control or an invisible character');
  if (RESERVED_ANYWHERE.test(name)) return wrong('contains one of ~ , : < >');
  if (RESERVED_AT_START.test(name)) return wrong('begins with one of # / @ & + - or a combining mark');
  return { type: 'nick', nick: name as Nick };
}

/** Whether a text is a nick as it stands, already in NFC: what the wire demands. */
export function isNick(text: string): text is Nick {
  const check = checkNick(text);
  return check.type === 'nick' && check.nick === text;
}

/** Two nicks with one folding are the same name to people: case does not part them. */
export function foldNick(nick: string): string {
  return nick.normalize('NFKC').toLowerCase();
}

function wrong(why: string): NickCheck {
  return { type: 'wrong', why };
}
