/** The flags: what each may be, what it means when it is left out, and the help that says so. */
import type { Command } from 'commander';
import { LINKS_MAX_DEFAULT } from '../../pkg/base/limits.ts';
import { closestWord } from '../../pkg/chat/spelling.ts';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';
import { DOCTOR_COMMANDS, type DoctorRequest, doctorCommand } from './doctor-flags.ts';
import { EXIT_MEANINGS } from './exit-code.ts';
import { GoStyleCommand } from './go-style.ts';
import { explain, type HelpRow } from './help.ts';
import { HISTORY_COMMANDS, type HistoryRequest, historyCommand } from './history-flags.ts';
import {
  connectOption,
  GROUP_DEFAULT,
  type Group,
  interfaceOption,
  linksOption,
  multicastOption,
  portOption,
} from './network-flags.ts';
import { type ProfileFlags, profileFlags, profileOption, USERNAME_HELP, usernameOption } from './profile-flags.ts';

/** What the chat was asked for, by flag or environment. */
export interface Flags extends ProfileFlags {
  readonly port: number | undefined;
  readonly multicast: Group;
  /** Empty for all. */
  readonly interface: readonly string[];
  /** Hosts to dial, found or not. */
  readonly connect: readonly Endpoint[];
  /** Links held at once. */
  readonly links: number;
  readonly plain: boolean;
  readonly debug: boolean;
}

/** What the program is to do. */
export type Request = { readonly type: 'chat'; readonly flags: Flags } | HistoryRequest | DoctorRequest;

const PURPOSE = 'Chat with everyone on your network: no server, no account, no configuration.';

const EXAMPLES: readonly HelpRow[] = [
  ['p2pchat -username alice', 'join the chat as alice'],
  ['p2pchat -interface eth0', 'use this network card alone'],
  ['p2pchat -multicast 239.1.2.3:9999', 'a chat of your own on the same network'],
  ['p2pchat doctor', 'nobody shows up? it says why, and what to do'],
  ['p2pchat -connect 192.168.1.5:8080', 'reach a friend whom you do not see by yourself'],
  ['echo "build passed" | p2pchat -username ci', 'say one line to whoever is there, and leave'],
];

const ENVIRONMENT: readonly HelpRow[] = [
  ['P2PCHAT_USERNAME, P2PCHAT_PROFILE, P2PCHAT_PORT, P2PCHAT_MULTICAST, P2PCHAT_LINKS', 'as the flags, which go first'],
  ['P2PCHAT_INTERFACE, P2PCHAT_CONNECT', 'as the flags; several parted by commas'],
  ['P2PCHAT_HOME', 'keep identity, history and settings in this folder'],
  ['DEBUG=p2pchat:*', 'trace (to standard error where there is no screen)'],
  ['NO_COLOR', 'no colours'],
];

/** The command line. `run` gets what is asked for once it is valid; wrong use throws a `CommanderError`. */
export function commandLine(version: string, run: (request: Request) => void): Command {
  forgetEmptyVariables();
  const command = explain(new GoStyleCommand('p2pchat'), {
    purpose: PURPOSE,
    examples: EXAMPLES,
    commands: [...DOCTOR_COMMANDS, ...HISTORY_COMMANDS],
    environment: ENVIRONMENT,
    exitCodes: EXIT_MEANINGS,
  });
  command
    .version(version, '-v, --version', 'print the version')
    .addOption(usernameOption(USERNAME_HELP))
    .addOption(profileOption())
    .addOption(portOption())
    .addOption(multicastOption())
    .addOption(interfaceOption())
    .addOption(connectOption('dial this host, wherever it is, until it answers; may repeat'))
    .addOption(linksOption())
    .option('--plain', 'append-only lines instead of the full screen, for screen readers and pipes')
    .option('-d, --debug', 'write a trace to a file, whose path is printed at the end')
    // What stands behind a command is the command's own.
    .enablePositionalOptions()
    .allowExcessArguments(true)
    .addCommand(doctorCommand(run))
    .addCommand(historyCommand(run))
    .action((options: Partial<Flags>) => {
      refuseWords(command);
      run({ type: 'chat', flags: chatFlags(command, options) });
    });
  return command;
}

function chatFlags(command: Command, options: Partial<Flags>): Flags {
  return {
    ...profileFlags(command),
    port: options.port,
    multicast: options.multicast ?? GROUP_DEFAULT,
    interface: options.interface ?? [],
    connect: options.connect ?? [],
    links: options.links ?? LINKS_MAX_DEFAULT,
    plain: options.plain ?? false,
    debug: options.debug ?? false,
  };
}

/** The chat itself takes no words: one that stands there is a command, mistyped. */
function refuseWords(command: Command): void {
  const [word] = command.args;
  if (word === undefined) return;
  const names = command.commands.map((known) => known.name());
  const close = closestWord(word.toLowerCase(), names);
  const meant = close === undefined ? `, only ${names.join(', ')}` : `; did you mean ${close}?`;
  command.error(`there is no command '${word}'${meant}`);
}

/** A variable that is set to nothing is not set: scripts hand variables on without asking. */
function forgetEmptyVariables(): void {
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith('P2PCHAT_') && value === '') delete process.env[name];
  }
}
