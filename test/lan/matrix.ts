/**
 * `npm run matrix` plays every network situation with the real program and prints a table: how soon people found each
 * other, and what the doctor said. `-- --runs 5` plays each so often, `-- isolation router` those alone whose names have
 * one of these words, `--no-doctor` measures discovery alone, `--list` tells the names, `--verbose` prints what everybody
 * said where something is not as expected, `--write` puts the table into `docs/SITUATIONS.md`. The table goes to standard output, all else to standard error; the exit code
 * is 1 when anything is not as expected.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { SITUATIONS } from './situations/all.ts';
import { type Outcome, play } from './situations/play.ts';
import type { Situation } from './situations/situation.ts';
import { firewallSupport, lanSupport, rateSupport } from './support.ts';

const SUPPORT = { firewall: firewallSupport, rate: rateSupport };

interface Row {
  readonly situation: Situation;
  readonly outcomes: readonly Outcome[];
  readonly skipped?: string;
}

const { values: flags, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '1' },
    'no-doctor': { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const runs = Number(flags.runs);
const chosen = SITUATIONS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
if (!Number.isInteger(runs) || runs < 1 || chosen.length === 0) {
  process.stderr.write(
    'usage: npm run matrix -- [--runs N] [--no-doctor] [--verbose] [--write] [--list] [words of names]\n',
  );
  process.exit(2);
}

if (flags.list) process.stdout.write(chosen.map(({ name }) => `${name}\n`).join(''));
else process.exitCode = await run();

async function run(): Promise<number> {
  const lan = await lanSupport();
  if (lan.type === 'no') {
    process.stderr.write(`no hosts here: ${lan.why}\n`);
    return 1;
  }
  const rows: Row[] = [];
  for (const situation of chosen) rows.push(await playAll(situation));
  process.stdout.write(`${table(rows)}\n`);
  if (flags.write) writeDown(table(rows));
  return rows.every((row) => row.skipped !== undefined || isGreen(row)) ? 0 : 1;
}

async function playAll(situation: Situation): Promise<Row> {
  const { name, needs } = situation;
  const support = needs === undefined ? undefined : await SUPPORT[needs]();
  if (support?.type === 'no') {
    process.stderr.write(`${name}: skipped, ${support.why}\n`);
    return { situation, outcomes: [], skipped: support.why };
  }
  const outcomes: Outcome[] = [];
  for (let count = 1; count <= runs; count += 1) {
    const outcome = await play(situation, !flags['no-doctor']);
    outcomes.push(outcome);
    const { verdict, found = '' } = outcome;
    process.stderr.write(`${outcome.ok ? 'ok ' : 'NOT'} ${name} (${count}): ${spoken(outcome)}, ${verdict} ${found}\n`);
    if (flags.verbose && !outcome.ok) process.stderr.write(`${outcome.transcript}\n`);
  }
  return { situation, outcomes };
}

function isGreen({ situation: { discovery }, outcomes }: Row): boolean {
  const inTime = discovery === 'never' || median(times(outcomes)) <= discovery.medianMs;
  return inTime && outcomes.every(({ ok }) => ok);
}

function table(rows: readonly Row[]): string {
  const head = ['situation', 'expected', 'median', 'max', 'doctor should say', 'doctor said', `of ${runs}`];
  const lines = [head, head.map(() => '---'), ...rows.map(cells)].map((line) => `| ${line.join(' | ')} |`);
  const node = `Node ${process.versions.node}, ${availableParallelism()} processors`;
  const played = rows.filter(({ skipped }) => skipped === undefined);
  const skips = rows.length === played.length ? '' : `, ${rows.length - played.length} skipped`;
  const counted = `${played.filter(isGreen).length} of ${played.length} as expected${skips}.`;
  return `${lines.join('\n')}\n\n${counted} No host has a default route. ${node}.`;
}

function cells(row: Row): string[] {
  const { situation, outcomes, skipped } = row;
  const { discovery, name, verdicts } = situation;
  const expected = discovery === 'never' ? 'never' : `≤ ${discovery.medianMs} ms, each ≤ ${discovery.maxMs} ms`;
  if (skipped !== undefined) return [name, expected, '', '', verdicts.join(' or '), '', 'skipped'];
  const found = times(outcomes);
  const never = discovery === 'never' ? 'never' : 'not in time';
  const missed = found.length < outcomes.length;
  const said = [...new Set(outcomes.map(({ verdict }) => verdict))].join(', ');
  const good = outcomes.filter(({ ok }) => ok).length;
  const mark = isGreen(row) ? '✓' : '✗';
  return [
    name,
    expected,
    found.length === 0 ? never : shown(median(found)),
    missed ? never : shown(Math.max(...found)),
    verdicts.join(' or '),
    said,
    `${good} ${mark}`,
  ];
}

function times(outcomes: readonly Outcome[]): number[] {
  return outcomes.flatMap(({ discoveryMs }) => (discoveryMs === undefined ? [] : [discoveryMs]));
}

function median(spans: readonly number[]): number {
  return spans.toSorted((left, right) => left - right)[spans.length >> 1] ?? Number.POSITIVE_INFINITY;
}

function spoken({ discoveryMs }: Outcome): string {
  return discoveryMs === undefined ? 'nobody found' : `found in ${shown(discoveryMs)}`;
}

function shown(ms: number): string {
  return `${ms.toFixed(0)} ms`;
}

/** Puts the table in the place of the one that stands in the documents. */
function writeDown(text: string): void {
  const page = new URL('../../docs/SITUATIONS.md', import.meta.url);
  const [before = '', , after = ''] = readFileSync(page, 'utf8').split(/<!-- \/?matrix -->/);
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(page, `${before}<!-- matrix -->\n${text} Measured on ${day}.\n<!-- /matrix -->${after}`);
}
