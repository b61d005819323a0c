/**
 * Plays scenarios by hand: `npm run sim` for twenty seeds of the swarm, `npm run sim -- --scenario rough --seed 7` to
 * replay one, `npm run sim -- --count 1000` for a long night. A failure prints the command that replays it.
 */
import { parseArgs } from 'node:util';
import { play } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'swarm' },
    seed: { type: 'string' },
    from: { type: 'string', default: '1' },
    count: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
});
const scenarioOf = SCENARIOS[values.scenario];
if (scenarioOf === undefined) {
  console.error(`no scenario "${values.scenario}": there are ${Object.keys(SCENARIOS).join(', ')}`);
  process.exit(2);
}
const first = Number(values.seed ?? values.from);
const count = Number(values.count ?? (values.seed === undefined && values.scenario === 'swarm' ? 20 : 1));
let failures = 0;
for (let seed = first; seed < first + count; seed += 1) {
  const startedAt = process.cpuUsage();
  try {
    const outcome = play(scenarioOf(seed), seed);
    const { user, system } = process.cpuUsage(startedAt);
    const { allSeenMs, convergedMs, messages, steps, copies, copiesAfter, copiesPerLinkMax, traceHash } = outcome;
    if (values.quiet) continue;
    console.log(
      `${values.scenario} seed ${seed}: seen ${allSeenMs.toFixed(0)} ms, converged ${convergedMs.toFixed(0)} ms, ` +
        `${messages} messages, ${copies.toFixed(3)} copies (${copiesAfter.toFixed(3)} after, ${copiesPerLinkMax} a link), ` +
        `${steps} steps, ${((user + system) / 1e6).toFixed(1)} s CPU, ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB, trace ${traceHash.slice(0, 12)}`,
    );
  } catch (error) {
    failures += 1;
    console.error(`${values.scenario} seed ${seed} failed: ${error instanceof Error ? error.message : error}`);
    if (error instanceof Error && !error.message.startsWith('the simulation broke')) console.error(error.stack);
    console.error(`  replay: npm run sim -- --scenario ${values.scenario} --seed ${seed}`);
  }
}
if (failures > 0) console.error(`${failures} of ${count} seeds failed`);
process.exitCode = failures === 0 ? 0 : 1;
