/** `p2pchat doctor`, as it is typed. */
import type { Command } from 'commander';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';
import { GoStyleCommand } from './go-style.ts';
import { explain, type HelpRow } from './help.ts';
import {
  connectOption,
  GROUP_DEFAULT,
  type Group,
  interfaceOption,
  multicastOption,
  portOption,
} from './network-flags.ts';
import { type ProfileFlags, profileFlags, profileOption, usernameOption } from './profile-flags.ts';

/** What is to be examined. */
export interface DoctorRequest extends ProfileFlags {
  readonly type: 'doctor';
  readonly port: number | undefined;
  readonly multicast: Group;
  /** Empty for all. */
  readonly interface: readonly string[];
  readonly connect: readonly Endpoint[];
  readonly json: boolean;
}

const PURPOSE =
  'Examine the network: why nobody shows up, and what to do about it. Takes some seconds; the chat may run.';

export const DOCTOR_COMMANDS: readonly HelpRow[] = [
  ['doctor', 'find out why nobody shows up, and what to do about it'],
];

const EXAMPLES: readonly HelpRow[] = [
  ['p2pchat doctor', 'one cause, one thing to do, and the evidence'],
  ['p2pchat doctor -connect 192.168.1.5', 'somebody is there and does not show up: visit that machine, too'],
  ['p2pchat doctor -interface eth0', 'look at this network card alone; nothing is sent on any other'],
  ['p2pchat doctor -json', 'one object with verdict, cause, fix and evidence, for scripts'],
];

const ENVIRONMENT: readonly HelpRow[] = [
  ['P2PCHAT_USERNAME, P2PCHAT_PROFILE, P2PCHAT_PORT, P2PCHAT_MULTICAST', 'as the flags, which go first'],
  ['P2PCHAT_INTERFACE, P2PCHAT_CONNECT', 'as the flags; several parted by commas'],
  ['P2PCHAT_HOME', 'where it is kept who was met last time'],
];

const EXIT_CODES: readonly HelpRow[] = [
  ['0', 'healthy'],
  ['1', 'failed'],
  ['2', 'wrong usage'],
  ['3', 'not healthy, or nobody else is there'],
  ['129 / 130 / 143', 'SIGHUP / SIGINT / SIGTERM'],
];

export function doctorCommand(run: (request: DoctorRequest) => void): Command {
  const command = explain(new GoStyleCommand('doctor'), {
    purpose: PURPOSE,
    examples: EXAMPLES,
    environment: ENVIRONMENT,
    exitCodes: EXIT_CODES,
  });
  return command
    .addOption(usernameOption('whose peers of last time to visit (the name that is remembered)'))
    .addOption(profileOption())
    .addOption(portOption())
    .addOption(multicastOption())
    .addOption(interfaceOption())
    .addOption(connectOption('visit this host, too; may repeat'))
    .option('--json', 'print one JSON object: verdict, cause, fix, evidence')
    .allowExcessArguments(false)
    .action(() => {
      const port: number | undefined = flagOf(command, 'port');
      const multicast: Group = flagOf(command, 'multicast') ?? GROUP_DEFAULT;
      const cards: readonly string[] = flagOf(command, 'interface') ?? [];
      const connect: readonly Endpoint[] = flagOf(command, 'connect') ?? [];
      const json = command.getOptionValue('json') === true;
      run({ type: 'doctor', ...profileFlags(command), port, multicast, interface: cards, connect, json });
    });
}

/** The value of a flag of this command or of the one before it: `p2pchat -port 8080 doctor` means the same. */
function flagOf(command: Command, flag: string): ReturnType<Command['getOptionValue']> {
  for (let at: Command | null = command; at !== null; at = at.parent) {
    if (at.getOptionValueSource(flag) === 'cli') return at.getOptionValue(flag);
  }
  return command.getOptionValue(flag);
}
