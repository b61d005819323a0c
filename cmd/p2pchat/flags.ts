/** The flags: what each may be, what it means when it is left out, and the help that says so. */
import { isIPv4 } from 'node:net';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  LISTEN_PORT_DEFAULT,
  MULTICAST_GROUP_DEFAULT,
  MULTICAST_PORT_DEFAULT,
  NICK_CODE_POINTS_MAX,
} from '../../pkg/base/limits.ts';
import { shownLine } from '../../pkg/chat/shown.ts';
import { checkNick, type Nick } from '../../pkg/identity/nick.ts';
import { EXIT_MEANINGS } from './exit-code.ts';
import { GoStyleCommand } from './go-style.ts';

interface Group {
  readonly address: string;
  readonly port: number;
}

/** What was asked for, by flag or environment. */
export interface Flags {
  readonly username: Nick | undefined;
  readonly profile: Nick | undefined;
  readonly port: number | undefined;
  readonly multicast: Group;
  /** Empty for all. */
  readonly interface: readonly string[];
  readonly plain: boolean;
  readonly debug: boolean;
}

const PURPOSE = 'Chat with everyone on your network: no server, no account, no configuration.';

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['p2pchat -username alice', 'join the chat as alice'],
  ['p2pchat -interface eth0', 'use this network card alone'],
  ['p2pchat -multicast 239.1.2.3:9999', 'a chat of your own on the same network'],
  ['echo "build passed" | p2pchat -username ci', 'say one line to whoever is there, and leave'],
];

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['P2PCHAT_USERNAME, P2PCHAT_PROFILE, P2PCHAT_PORT, P2PCHAT_MULTICAST', 'as the flags, which go first'],
  ['P2PCHAT_INTERFACE', 'as the flag; several parted by commas'],
  ['P2PCHAT_HOME', 'keep identity, history and settings in this folder'],
  ['DEBUG=p2pchat:*', 'trace (to standard error where there is no screen)'],
  ['NO_COLOR', 'no colours'],
];

/** The command line. `run` gets the flags once they are valid; wrong use throws a `CommanderError`. */
export function commandLine(version: string, run: (flags: Flags) => void): Command {
  forgetEmptyVariables();
  const command = new GoStyleCommand('p2pchat');
  return command
    .description(PURPOSE)
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addOption(
      new Option('-u, --username <name>', `your name, up to ${NICK_CODE_POINTS_MAX} characters (asked for once)`)
        .env('P2PCHAT_USERNAME')
        .argParser(parseName),
    )
    .addOption(
      new Option('--profile <name>', 'whose identity and history to use (as the username)')
        .env('P2PCHAT_PROFILE')
        .argParser(parseName),
    )
    .addOption(
      new Option('-p, --port <port>', `accept links on this TCP port (${LISTEN_PORT_DEFAULT} or the next free one)`)
        .env('P2PCHAT_PORT')
        .argParser(parsePort),
    )
    .addOption(
      new Option('-m, --multicast <address:port>', 'where to find each other')
        .env('P2PCHAT_MULTICAST')
        .default({ address: MULTICAST_GROUP_DEFAULT, port: MULTICAST_PORT_DEFAULT })
        .argParser(parseGroup),
    )
    .addOption(
      new Option('-i, --interface <name|address>', 'use this network card alone; may repeat (all of them)')
        .env('P2PCHAT_INTERFACE')
        .default([])
        .argParser(parseInterfaces),
    )
    .option('--plain', 'append-only lines instead of the full screen, for screen readers and pipes')
    .option('-d, --debug', 'write a trace to a file, whose path is printed at the end')
    .allowExcessArguments(false)
    .showSuggestionAfterError(true)
    .configureHelp({ formatHelp: (helped) => helpText(helped) })
    .configureOutput({ outputError: (text, write) => write(errorLine(text)) })
    .exitOverride()
    .action((options: Partial<Flags>) =>
      run({
        username: options.username,
        profile: options.profile,
        port: options.port,
        multicast: options.multicast ?? { address: MULTICAST_GROUP_DEFAULT, port: MULTICAST_PORT_DEFAULT },
        interface: options.interface ?? [],
        plain: options.plain ?? false,
        debug: options.debug ?? false,
      }),
    );
}

/** A variable that is set to nothing is not set: scripts hand variables on without asking. */
function forgetEmptyVariables(): void {
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith('P2PCHAT_') && value === '') delete process.env[name];
  }
}

function parseName(text: string): Nick {
  const check = checkNick(text);
  if (check.type === 'wrong') throw new InvalidArgumentError(`That name ${check.why}: choose another.`);
  return check.nick;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 1 to 65535.');
}

function parseGroup(text: string): Group {
  const match = /^([^:]+)(?::(.+))?$/.exec(text);
  const address = match?.[1] ?? '';
  const first = Number(address.split('.')[0]);
  if (!isIPv4(address) || first < 224 || first > 239) {
    throw new InvalidArgumentError('A multicast address is 224.0.0.0 to 239.255.255.255, as in 239.1.2.3:9999.');
  }
  return { address, port: match?.[2] === undefined ? MULTICAST_PORT_DEFAULT : parsePort(match[2]) };
}

function parseInterfaces(text: string, before: readonly string[]): readonly string[] {
  const names = text.split(',').filter((name) => name !== '');
  if (names.length === 0) throw new InvalidArgumentError('Name a card or its address, as in eth0 or 127.0.0.1.');
  return [...before, ...names];
}

/** One line, whatever the arguments hold: they may come from a script that took them from anywhere. */
function errorLine(text: string): string {
  const line = shownLine(
    text
      .trim()
      .replace(/^error: /, '')
      .replace(/\s*\n\s*/g, ' ')
      .replace(/--(?=[a-z])/g, '-'),
  );
  return `p2pchat: ${line} (p2pchat -help shows the flags)\n`;
}

function helpText(command: Command): string {
  const flags = command.createHelp().visibleOptions(command);
  const rows = flags.map(({ flags: spelling, description }) => [spelling.replace('--', '-'), description] as const);
  const sections = [
    PURPOSE,
    section('Examples', EXAMPLES),
    section('Flags (each also with two dashes, and with = before its value)', rows),
    section('Environment', ENVIRONMENT),
    section('Exit codes', EXIT_MEANINGS),
  ];
  return `${sections.join('\n\n')}\n`;
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([term]) => term.length).filter((length) => length <= 44));
  const lines = rows.map(([term, meaning]) =>
    term.length > width ? `  ${term}\n  ${' '.repeat(width)}  ${meaning}` : `  ${term.padEnd(width)}  ${meaning}`,
  );
  return `${title}:\n${lines.join('\n')}`;
}
