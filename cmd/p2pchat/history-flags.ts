/** `p2pchat history export` and `p2pchat history import`, as they are typed. */
import { type Command, InvalidArgumentError } from 'commander';
import { GoStyleCommand } from './go-style.ts';
import { explain, type HelpRow } from './help.ts';
import { type ProfileFlags, profileFlags, profileOption, usernameOption } from './profile-flags.ts';

/** What is to be done with a history. */
export type HistoryRequest = ProfileFlags & {
  /** Undefined for standard output or input. */
  readonly file: string | undefined;
  /** Prints the help of this very command to standard error, for who has named no file on a terminal. */
  readonly showHelp: () => void;
} & ({ readonly type: 'export'; readonly force: boolean } | { readonly type: 'import' });

const HISTORY_PURPOSE = 'Take the history out of a profile and into another, so that a USB stick joins two islands.';

export const HISTORY_COMMANDS: readonly HelpRow[] = [
  ['history export [FILE]', 'write a bundle of everything that was said (to standard output)'],
  ['history import [FILE]', 'merge a bundle into the history (from standard input)'],
];

const EXPORT_PURPOSE =
  'Write everything that was said as a bundle: JSON lines as they travelled, signatures and all. The chat may run.';

const IMPORT_PURPOSE =
  'Verify a bundle and merge what is new of it into the history. Leave the chat of this profile first.';

const EXPORT_EXAMPLES: readonly HelpRow[] = [
  ['p2pchat history export /media/stick/hall-a.jsonl', 'onto a USB stick'],
  ['p2pchat history export -username alice | gzip > alice.jsonl.gz', 'to another program'],
];

const IMPORT_EXAMPLES: readonly HelpRow[] = [
  ['p2pchat history import /media/stick/hall-a.jsonl', 'from a USB stick'],
  ['gunzip < alice.jsonl.gz | p2pchat history import', 'from another program'],
];

const ENVIRONMENT: readonly HelpRow[] = [
  ['P2PCHAT_USERNAME, P2PCHAT_PROFILE', 'as the flags, which go first'],
  ['P2PCHAT_HOME', 'where identity, history and settings are kept'],
];

const SIGNALS: HelpRow = ['129 / 130 / 143', 'SIGHUP / SIGINT / SIGTERM'];

const EXPORT_CODES: readonly HelpRow[] = [
  ['0', 'done'],
  ['1', 'failed'],
  ['2', 'wrong usage'],
  ['5', 'refused: the file is there already'],
  ['7', 'no such profile or folder'],
  SIGNALS,
];

const IMPORT_CODES: readonly HelpRow[] = [
  ['0', 'done'],
  ['1', 'failed'],
  ['2', 'wrong usage'],
  ['6', 'not all of it could be verified; the rest is merged'],
  ['7', 'no such profile or file'],
  ['8', 'the chat of this profile is running'],
  SIGNALS,
];

/** The command with its two own ones. `run` gets what is to be done once it is valid. */
export function historyCommand(run: (request: HistoryRequest) => void): Command {
  const history = explain(new GoStyleCommand('history'), {
    purpose: HISTORY_PURPOSE,
    examples: [...EXPORT_EXAMPLES.slice(0, 1), ...IMPORT_EXAMPLES.slice(0, 1)],
    commands: HISTORY_COMMANDS,
    environment: ENVIRONMENT,
    exitCodes: [...EXPORT_CODES.slice(0, 3), ['5, 6, 7, 8', 'as the help of each command says'], SIGNALS],
  });
  const exporting = explain(new GoStyleCommand('export'), {
    purpose: EXPORT_PURPOSE,
    examples: EXPORT_EXAMPLES,
    environment: ENVIRONMENT,
    exitCodes: EXPORT_CODES,
  });
  const importing = explain(new GoStyleCommand('import'), {
    purpose: IMPORT_PURPOSE,
    examples: IMPORT_EXAMPLES,
    environment: ENVIRONMENT,
    exitCodes: IMPORT_CODES,
  });
  exporting.option('--force', 'replace the file where there is one already');
  for (const command of [exporting, importing]) {
    command
      .argument('[file]', 'a path, or - for the stream', parseFile)
      .addOption(usernameOption('whose history (the name that is remembered)'))
      .addOption(profileOption())
      .allowExcessArguments(false);
    history.addCommand(command);
  }
  exporting.action((file: string | undefined, { force = false }: { readonly force?: boolean }) =>
    run({ type: 'export', force, ...common(exporting, file) }),
  );
  importing.action((file: string | undefined) => run({ type: 'import', ...common(importing, file) }));
  return history;
}

function common(command: Command, file: string | undefined): ProfileFlags & Pick<HistoryRequest, 'file' | 'showHelp'> {
  return {
    ...profileFlags(command),
    // A dash stands for the stream, as everywhere.
    file: file === '-' ? undefined : file,
    showHelp: () => command.outputHelp({ error: true }),
  };
}

/** A script whose variable is empty does not mean the stream. */
function parseFile(path: string): string {
  if (path === '') throw new InvalidArgumentError('A file has a name.');
  return path;
}
