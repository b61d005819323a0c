/**
 * Reads what somebody typed. Every front end takes its input through here, so that the commands, the words of the
 * errors and the rule that a mistyped command is never sent are the same everywhere.
 */
import { errorAction, type InputAction, type InputContext, sayAction } from './input-action.ts';
import { shownLine } from './shown.ts';
import { findCommand, suggestedWord } from './slash-table.ts';

const COMMAND = /^\/(\S*)\s*(.*)$/s;
const UNKNOWN_WORD_CHARS_SHOWN = 24;

/**
 * What `text` asks for. `/word` is a command, in capitals or not; `//word` says `/word`; anything else is said as it
 * stands but for white space at its end. A word behind a slash that is no command is an error and never text, also
 * with spaces before the slash.
 */
export function readInput(text: string, context: InputContext): InputAction {
  const trimmed = text.trimStart();
  if (trimmed.startsWith('//')) return sayAction('chat', trimmed.slice(1), context);
  const match = COMMAND.exec(trimmed);
  if (match === null) return sayAction('chat', text, context);
  const word = (match[1] ?? '').toLowerCase();
  const command = findCommand(word);
  return command === undefined ? unknownCommand(word) : command.run((match[2] ?? '').trimEnd(), context);
}

function unknownCommand(word: string): InputAction {
  if (word === '') return errorAction('a command is missing behind the slash; /help lists them');
  const near = suggestedWord(word);
  const hint = near === undefined ? '/help lists the commands' : `did you mean /${near}?`;
  return errorAction(`there is no /${clipped(word)}: ${hint} (// at the start sends a slash)`);
}

function clipped(word: string): string {
  const letters = [...shownLine(word)];
  if (letters.length <= UNKNOWN_WORD_CHARS_SHOWN) return letters.join('');
  return `${letters.slice(0, UNKNOWN_WORD_CHARS_SHOWN).join('')}…`;
}
