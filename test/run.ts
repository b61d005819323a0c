/**
 * Everything that must hold, in one command: build, types, lint, unused code, and all tests; the last line is
 * `N passed, N failed`. `npm test -- quick` leaves out the tests that take real time.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';

const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
});

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const CHECKS: readonly (readonly [string, readonly string[]])[] = [
  ['build', ['rolldown', '-c']],
  ['types', ['tsc', '-p', '.']],
  ['lint and format', ['biome', 'check', '.']],
  ['unused code and dependencies', ['knip']],
];
const SUITES = process.argv.includes('quick') ? ['quick'] : ['quick', 'real'];

const folder = mkdtempSync(join(tmpdir(), 'p2pchat-test-'));
const total: Tally = { passed: 0, failed: 0, skipped: 0 };
try {
  for (const [name, [tool = '', ...args]] of CHECKS) {
    const ok = await run(name, tool, args);
    total[ok ? 'passed' : 'failed'] += 1;
  }
  for (const suite of SUITES) await runSuite(suite);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (total.skipped > 0) console.log(`${total.skipped} skipped: what they need is not on this machine; see above`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

async function runSuite(suite: string): Promise<void> {
  const file = join(folder, `${suite}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const ok = await run(`${suite} tests`, 'vitest', ['run', '--project', suite, ...reporters]);
  const report = readReport(file);
  total.passed += report?.numPassedTests ?? 0;
  total.skipped += report?.numPendingTests ?? 0;
  // A file that does not load has no tests to count, but it has failed.
  const failed = report?.numFailedTests ?? 0;
  total.failed += !ok && failed === 0 ? 1 : failed;
}

function readReport(file: string): z.infer<typeof reportSchema> | undefined {
  try {
    return reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    console.error(`no report in ${file}: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/** Runs a tool of `node_modules` on the Node that runs this, its output on ours. Whether it ended well. */
async function run(name: string, tool: string, args: readonly string[]): Promise<boolean> {
  console.log(`\n── ${name}`);
  const startedAt = performance.now();
  const child = spawn(join('node_modules', '.bin', tool), args, { stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
    child.once('error', (error) => {
      console.error(`cannot run ${tool}: ${error.message}; run "npm ci" first`);
      resolve(null);
    });
  });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`── ${name}: ${code === 0 ? 'ok' : 'FAILED'} in ${seconds} s`);
  return code === 0;
}
