import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { checkNick, type Nick } from '../../pkg/identity/nick.ts';

/**
 * Asks for a name on a terminal until one is given that can be used; the login name is offered and taken for an empty
 * answer. Undefined when the person would rather not say (Ctrl-C, Ctrl-D).
 */
export async function askName(input: Readable, output: Writable): Promise<Nick | undefined> {
  const offered = loginName();
  const question = offered === undefined ? 'Your name: ' : `Your name [${offered}]: `;
  const terminal = createInterface({ input, output });
  const ended = new AbortController();
  terminal.once('close', () => ended.abort());
  try {
    for (;;) {
      const answer = (await terminal.question(question, { signal: ended.signal })).trim();
      const check = checkNick(answer === '' ? (offered ?? '') : answer);
      if (check.type === 'nick') return check.nick;
      output.write(`That name ${check.why}: choose another.\n`);
    }
  } catch (error) {
    if (ended.signal.aborted) return undefined;
    throw error;
  } finally {
    terminal.close();
  }
}

/** The login name, where it can be used as it is. */
function loginName(): Nick | undefined {
  try {
    const check = checkNick(userInfo().username);
    return check.type === 'nick' ? check.nick : undefined;
  } catch {
    return undefined;
  }
}
