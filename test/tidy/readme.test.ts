import { describe, expect, it } from 'vitest';
import { EXIT_MEANINGS } from '../../cmd/p2pchat/exit-code.ts';
import { commandLine } from '../../cmd/p2pchat/flags.ts';
import { RULES } from '../../internal/doctor/diagnose.ts';
import manifest from '../../package.json' with { type: 'json' };
import { SLASH_COMMANDS } from '../../pkg/chat/slash-table.ts';
import { blocksOf, quotedIn, rowsOf, sectionOf } from './markdown.ts';
import { textOf } from './sources.ts';

const page = textOf('README.md');
const program = commandLine(manifest.version, () => {});
const help = program.helpInformation();

/** What the help says in one of its sections: the words and their meanings. */
function helpRows(title: string): readonly (readonly [string, string])[] {
  const lines = help.split('\n');
  const start = lines.findIndex((line) => line.startsWith(title));
  const length = lines.slice(start).indexOf('');
  return lines.slice(start + 1, length === -1 ? lines.length : start + length).flatMap((line) => {
    const match = /^ {2}(\S.*?) {2,}(\S.*)$/.exec(line);
    return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const];
  });
}

/** A cell may say more than the help, in brackets at its end. */
function plain(cell: string): string {
  return cell.replace(/ \([\d.:]+\)$/, '');
}

describe('the README', () => {
  it('names the two commands as they are to be typed', () => {
    const commands = blocksOf(page, 'sh').map(({ code }) => code);
    expect(commands).toContain('npm ci && npm start -- -username alice');
    expect(commands).toContain('npm ci && npm test');
  });

  it('has the flags of the program, in the words of its help', () => {
    const told = rowsOf(sectionOf(page, 'Flags')).map(([flag = '', what = '']) => [quotedIn(flag), plain(what)]);
    const real = helpRows('Flags').map(([flag, what]) => [flag, what]);
    expect(real.length).toBeGreaterThan(5);
    expect(told.sort()).toEqual(real.sort());
  });

  it('names the variable of each flag that has one', () => {
    const told = new Map(
      rowsOf(sectionOf(page, 'Flags')).map(([flag = '', , variable = '']) => [quotedIn(flag), quotedIn(variable)]),
    );
    for (const { flags, envVar } of program.options) {
      if (envVar !== undefined) expect(told.get(flags.replace('--', '-')), flags).toBe(envVar);
    }
  });

  it('has the exit codes of the program', () => {
    const told = rowsOf(sectionOf(page, 'In scripts')).map((cells) => [...cells]);
    expect(told).toEqual(EXIT_MEANINGS.map((row) => [...row]));
    expect(helpRows('Exit codes').map((row) => [...row])).toEqual(told);
  });

  it('has the commands of the program, in the words of its help', () => {
    const words = new Set(program.commands.map((command) => command.name()));
    const told = ['Nobody shows up', 'Two networks, one history']
      .flatMap((heading) => rowsOf(sectionOf(page, heading)))
      .map(([command = '', what]) => [quotedIn(command), what])
      .filter(([command = '']) => words.has(command.split(' ')[0] ?? ''));
    expect(told).toEqual(helpRows('Commands').map((row) => [...row]));
    const real = program.commands.flatMap((group) =>
      group.commands.length === 0
        ? [group.name()]
        : group.commands.map((command) => `${group.name()} ${command.name()}`),
    );
    expect(told.map(([command = '']) => command.replace(' [FILE]', ''))).toEqual(real);
  });

  it('has the verdicts of the doctor', () => {
    const told = rowsOf(sectionOf(page, 'Nobody shows up')).map(([verdict = '']) => quotedIn(verdict));
    const real = new Set(['healthy', ...RULES.map(({ verdict }) => verdict)]);
    expect(told.filter((verdict) => verdict !== 'doctor').sort()).toEqual([...real].sort());
  });

  it('has the commands of the chat', () => {
    const told = rowsOf(sectionOf(page, 'In the chat'))
      .filter(([command = '']) => command.startsWith('`/'))
      .map(([command = '', what]) => [quotedIn(command), what]);
    expect(told).toEqual(SLASH_COMMANDS.map(({ name, usage, help: what }) => [`/${name} ${usage}`.trimEnd(), what]));
  });

  it('tells of scripts that exist, and of each that people may want', () => {
    const told = new Set([...page.matchAll(/`npm (?:run )?([a-z]+)(?= --|`)/g)].map((match) => match[1] ?? ''));
    const real = Object.keys(manifest.scripts);
    const quiet = ['start', 'prepare', 'pretest', 'prestart'];
    for (const name of told) expect([...real, 'install', 'ci'], `npm run ${name}`).toContain(name);
    expect(real.filter((name) => !told.has(name) && !quiet.includes(name))).toEqual([]);
  });

  it('shows a screen that fits 80 columns', () => {
    const screen = /<!-- screen -->([\s\S]*)<!-- \/screen -->/.exec(page)?.[1] ?? '';
    const lines = screen.split('\n');
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) expect([...line].length, line).toBeLessThanOrEqual(80);
  });
});
