/** The one table of commands: what they are called, what they take, what they do. `/help` is made of it. */
import { assert } from '../base/assert.ts';
import { NICK_CODE_POINTS_MAX, REASON_CHARS_MAX } from '../base/limits.ts';
import { checkNick } from '../identity/nick.ts';
import { deliveryLines } from './delivery.ts';
import { errorAction, type InputAction, type InputContext, sayAction } from './input-action.ts';
import { addressLines, peersLines, statusLines, targetsLines } from './reach.ts';
import { shownLine } from './shown.ts';
import { closestWord } from './spelling.ts';
import { checkTarget } from './target.ts';
import { shownName, whoLines } from './who.ts';

export interface SlashCommand {
  readonly name: string;
  readonly aliases: readonly string[];
  /** What follows the name, as `/help` writes it; empty when nothing does. */
  readonly usage: string;
  /** One line without a full stop that completes "this command …". */
  readonly help: string;
  readonly example: string;
  /** `rest` is what stands behind the name, without white space around it. */
  readonly run: (rest: string, context: InputContext) => InputAction;
}

export const SLASH_COMMANDS: readonly SlashCommand[] = [
  {
    name: 'help',
    aliases: [],
    usage: '[command]',
    help: 'lists the commands, or tells about one',
    example: '/help nick',
    run: help,
  },
  {
    name: 'who',
    aliases: [],
    usage: '[pattern]',
    help: 'shows who is here: name, address, round-trip time, since when, program',
    example: '/who ali',
    run: who,
  },
  {
    name: 'peers',
    aliases: [],
    usage: '',
    help: 'shows each link: direct or not, address, round-trip time, since when, in sync or not',
    example: '/peers',
    run: (rest, context) => (rest === '' ? { type: 'show', lines: peersLines(context) } : usageError('peers')),
  },
  {
    name: 'status',
    aliases: [],
    usage: '',
    help: 'shows your own side: name, key, port, network cards, what was heard last',
    example: '/status',
    run: (rest, context) => (rest === '' ? { type: 'show', lines: statusLines(context) } : usageError('status')),
  },
  {
    name: 'address',
    aliases: [],
    usage: '',
    help: 'shows what to tell a friend who does not find you',
    example: '/address',
    run: address,
  },
  {
    name: 'connect',
    aliases: [],
    usage: '[-stop] [host[:port]]',
    help: 'links with somebody whose address you were told, and keeps trying; alone it lists them',
    example: '/connect 192.168.1.5:8080',
    run: connect,
  },
  {
    name: 'doctor',
    aliases: [],
    usage: '',
    help: 'finds out why nobody shows up, and what to do',
    example: '/doctor',
    run: (rest) => (rest === '' ? { type: 'command', command: { type: 'doctor' } } : usageError('doctor')),
  },
  {
    name: 'delivery',
    aliases: [],
    usage: '',
    help: 'shows who has your last message, and who has not yet',
    example: '/delivery',
    run: (rest, context) => (rest === '' ? { type: 'show', lines: deliveryLines(context) } : usageError('delivery')),
  },
  {
    name: 'search',
    aliases: [],
    usage: 'words',
    help: 'finds what was said here, however long ago',
    example: '/search build failed',
    run: search,
  },
  {
    name: 'nick',
    aliases: [],
    usage: '[new name]',
    help: `shows your name or changes it (1 to ${NICK_CODE_POINTS_MAX} characters without spaces)`,
    example: '/nick alice',
    run: nick,
  },
  {
    name: 'me',
    aliases: [],
    usage: 'text',
    help: 'says what you do: * alice waves',
    example: '/me waves',
    run: (rest, context) => (rest === '' ? usageError('me') : sayAction('action', rest, context)),
  },
  {
    name: 'say',
    aliases: [],
    usage: 'text',
    help: 'sends the text as it is, also when it begins with a slash',
    example: '/say /etc/hosts is the file',
    run: (rest, context) => (rest === '' ? usageError('say') : sayAction('chat', rest, context)),
  },
  {
    name: 'clear',
    aliases: [],
    usage: '',
    help: 'clears the view only; what was said is there when you scroll up',
    example: '/clear',
    run: (rest) => (rest === '' ? { type: 'clear' } : usageError('clear')),
  },
  {
    name: 'quit',
    aliases: ['exit'],
    usage: '[reason]',
    help: 'says goodbye and leaves',
    example: '/quit see you tomorrow',
    run: quit,
  },
];

const COMMANDS_BY_WORD: ReadonlyMap<string, SlashCommand> = new Map(
  SLASH_COMMANDS.flatMap((command) => [command.name, ...command.aliases].map((word) => [word, command] as const)),
);

/** The command of that name or alias, in lower case and without its slash. */
export function findCommand(word: string): SlashCommand | undefined {
  return COMMANDS_BY_WORD.get(word);
}

/** The command that `word` was probably meant to be. */
export function suggestedWord(word: string): string | undefined {
  return closestWord(word, [...COMMANDS_BY_WORD.keys()]);
}

function help(rest: string): InputAction {
  if (rest === '') return { type: 'show', lines: overview() };
  const word = rest.replace(/^\//, '').toLowerCase();
  const command = findCommand(word);
  if (command !== undefined) return { type: 'show', lines: details(command) };
  const near = suggestedWord(word);
  return errorAction(
    `there is no /${shownLine(word)}: ${near === undefined ? '/help lists all' : `try /help ${near}`}`,
  );
}

function overview(): string[] {
  const heads = SLASH_COMMANDS.map(synopsis);
  const width = Math.max(...heads.map((head) => head.length));
  const commands = SLASH_COMMANDS.map((command, place) => `${(heads[place] ?? '').padEnd(width)}  ${command.help}`);
  return [
    'Type a text and press Enter to say it to everyone here. Commands:',
    ...commands,
    '//text sends /text. PgUp and PgDn scroll, Alt-Enter begins a new line, Ctrl-C twice quits.',
  ];
}

function details(command: SlashCommand): string[] {
  const lines = [`${synopsis(command)}  ${command.help}`, `example: ${command.example}`];
  const also = command.aliases.map((alias) => `/${alias}`).join(', ');
  return also === '' ? lines : [...lines, `also: ${also}`];
}

function synopsis(command: SlashCommand): string {
  return command.usage === '' ? `/${command.name}` : `/${command.name} ${command.usage}`;
}

function usageError(name: string): InputAction {
  const command = findCommand(name);
  assert(command !== undefined, `no /${name} in the table`);
  if (command.usage === '') return errorAction(`/${name} stands alone: nothing follows it`);
  return errorAction(`use: ${synopsis(command)}   for example: ${command.example}`);
}

function who(rest: string, context: InputContext): InputAction {
  const lines = whoLines(rest, context);
  return lines.length > 0 ? { type: 'show', lines } : errorAction(`nobody here matches ${shownLine(rest)}`);
}

function address(rest: string, { snapshot }: InputContext): InputAction {
  if (rest !== '') return usageError('address');
  const lines = addressLines(snapshot);
  if (lines.length > 0) return { type: 'show', lines };
  return errorAction(
    'this machine has no address that others could reach: join a network first (/status shows the cards)',
  );
}

function connect(rest: string, context: InputContext): InputAction {
  if (rest === '') {
    const lines = targetsLines(context);
    return lines.length === 0 ? usageError('connect') : { type: 'show', lines };
  }
  const [, stop, place = ''] = /^(-{1,2}stop(?:\s+|$))?(.*)$/s.exec(rest) ?? [];
  if (place === '') return usageError('connect');
  const check = checkTarget(place);
  if (check.type === 'wrong') return errorAction(`that ${check.why}`);
  return { type: 'command', command: { type: stop === undefined ? 'connect' : 'stop-connecting', to: check.to } };
}

function search(rest: string, { snapshot }: InputContext): InputAction {
  if (rest === '') return usageError('search');
  return { type: 'command', command: { type: 'search', room: snapshot.room.name, words: rest } };
}

function nick(rest: string, { snapshot }: InputContext): InputAction {
  const { me } = snapshot;
  if (rest === '') return { type: 'show', lines: [`you are ${shownName(me)}; /nick new-name changes that`] };
  const check = checkNick(rest);
  if (check.type === 'wrong') return errorAction(`that name ${check.why}`);
  if (check.nick === me.nick) return { type: 'show', lines: [`you are ${shownName(me)} already`] };
  return { type: 'command', command: { type: 'nick', nick: check.nick } };
}

function quit(rest: string): InputAction {
  if (rest.length <= REASON_CHARS_MAX) return { type: 'quit', reason: rest };
  return errorAction(`that reason has ${rest.length} characters, and ${REASON_CHARS_MAX} fit: shorten it`);
}
