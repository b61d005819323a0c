/** What the program says about its own use: the help of each command, and the one line about wrong use. */
import type { Command } from 'commander';
import { shownLine } from '../../pkg/chat/shown.ts';

/** A term and what it means. */
export type HelpRow = readonly [string, string];

/** What the help of a command says besides its flags. */
export interface HelpText {
  readonly purpose: string;
  readonly examples: readonly HelpRow[];
  readonly commands?: readonly HelpRow[];
  readonly environment: readonly HelpRow[];
  readonly exitCodes: readonly HelpRow[];
}

/** Gives a command its help and its way of telling wrong use. */
export function explain(command: Command, text: HelpText): Command {
  return command
    .description(text.purpose)
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .configureHelp({ formatHelp: (helped) => helpText(helped, text) })
    .configureOutput({ outputError: (error, write) => write(errorLine(command, error)) })
    .exitOverride();
}

function helpText(command: Command, { purpose, examples, commands, environment, exitCodes }: HelpText): string {
  const flags = command.createHelp().visibleOptions(command);
  const rows = flags.map(({ flags: spelling, description }) => [spelling.replace('--', '-'), description] as const);
  const sections = [
    purpose,
    section('Examples', examples),
    ...(commands === undefined ? [] : [section('Commands', commands)]),
    section('Flags (each also with two dashes, and with = before its value)', rows),
    section('Environment', environment),
    section('Exit codes', exitCodes),
  ];
  return `${sections.join('\n\n')}\n`;
}

function section(title: string, rows: readonly HelpRow[]): string {
  const width = Math.max(0, ...rows.map(([term]) => term.length).filter((length) => length <= 44));
  const lines = rows.map(([term, meaning]) =>
    term.length > width ? `  ${term}\n  ${' '.repeat(width)}  ${meaning}` : `  ${term.padEnd(width)}  ${meaning}`,
  );
  return `${title}:\n${lines.join('\n')}`;
}

/** One line, whatever the arguments hold: they may come from a script that took them from anywhere. */
function errorLine(command: Command, text: string): string {
  const line = shownLine(
    text
      .trim()
      .replace(/^error: /, '')
      .replace(/\s*\n\s*/g, ' ')
      .replace(/--(?=[a-z])/g, '-'),
  );
  return `p2pchat: ${line} (${fullName(command)} -help shows the flags)\n`;
}

/** The words that it is called by: `p2pchat history export`. */
function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}
