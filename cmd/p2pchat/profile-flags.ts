/** The flags that say whose profile is meant. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { NICK_CODE_POINTS_MAX } from '../../pkg/base/limits.ts';
import { checkNick, type Nick } from '../../pkg/identity/nick.ts';

export interface ProfileFlags {
  readonly username: Nick | undefined;
  readonly profile: Nick | undefined;
}

/** `what` tells what the name is for. */
export function usernameOption(what: string): Option {
  return new Option('-u, --username <name>', what).env('P2PCHAT_USERNAME').argParser(parseName);
}

export function profileOption(): Option {
  return new Option('--profile <name>', 'whose identity and history to use (as the username)')
    .env('P2PCHAT_PROFILE')
    .argParser(parseName);
}

/** What the chat says of the username. */
export const USERNAME_HELP = `your name, up to ${NICK_CODE_POINTS_MAX} characters (asked for once)`;

/** Whose profile is meant by a command and those it stands behind: a flag goes before a variable, wherever it stands. */
export function profileFlags(command: Command): ProfileFlags {
  return { username: nickOf(command, 'username'), profile: nickOf(command, 'profile') };
}

function nickOf(command: Command, flag: string): Nick | undefined {
  let found: unknown;
  for (let at: Command | null = command; at !== null; at = at.parent) {
    const value: unknown = at.getOptionValue(flag);
    if (at.getOptionValueSource(flag) === 'cli') return asNick(value);
    found ??= value;
  }
  return asNick(found);
}

/** Commander does not know the types of what it keeps; `parseName` has made it a nick. */
function asNick(value: unknown): Nick | undefined {
  if (typeof value !== 'string') return undefined;
  const check = checkNick(value);
  return check.type === 'nick' ? check.nick : undefined;
}

function parseName(text: string): Nick {
  const check = checkNick(text);
  if (check.type === 'wrong') throw new InvalidArgumentError(`That name ${check.why}: choose another.`);
  return check.nick;
}
