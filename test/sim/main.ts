/**
 * Plays scenarios by hand: `npm run sim` for twenty seeds, `npm run sim -- --seed 7 --scenario rough` to replay one,
 * `npm run sim -- --count 1000` for a long night. A failure prints the command that replays it.
 */
import { parseArgs } from 'node:util';
import { FIFTY, play, ROUGH } from './scenario.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, count: { type: 'string', default: '20' }, scenario: { type: 'string' } },
});
const scenarios = { fifty: FIFTY, rough: ROUGH };
const first = Number(values.seed ?? 1);
const count = values.seed === undefined ? Number(values.count) : 1;
let failures = 0;
for (const [name, scenario] of Object.entries(scenarios)) {
  if (values.scenario !== undefined && values.scenario !== name) continue;
  for (let seed = first; seed < first + count; seed += 1) {
    const startedAt = process.cpuUsage();
    try {
      const { allSeenMs, convergedMs, messages, steps, traceHash } = play(scenario, seed);
      const cpuMs = process.cpuUsage(startedAt).user / 1_000;
      console.log(
        `${name} seed ${seed}: all seen after ${allSeenMs.toFixed(0)} ms, converged after ${convergedMs.toFixed(0)} ms, ` +
          `${messages} messages, ${steps} steps, ${cpuMs.toFixed(0)} ms CPU, trace ${traceHash.slice(0, 12)}`,
      );
    } catch (error) {
      failures += 1;
      console.error(`${name} seed ${seed} failed: ${error instanceof Error ? error.message : error}`);
      console.error(`  replay: npm run sim -- --scenario ${name} --seed ${seed}`);
    }
  }
}
process.exitCode = failures === 0 ? 0 : 1;
