/** `npm run bench` measures everything, `npm run bench -- start` one case; each prints a table. Build first. */
import { benchBundle } from './bundle.ts';
import { benchDiscovery } from './discovery.ts';
import { benchNewcomer } from './newcomer.ts';
import { benchOpening } from './opening.ts';
import { benchParting } from './parting.ts';
import { benchStart } from './start.ts';

const CASES: Readonly<Record<string, () => Promise<void>>> = {
  start: benchStart,
  discovery: benchDiscovery,
  parting: benchParting,
  newcomer: benchNewcomer,
  opening: benchOpening,
  bundle: benchBundle,
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !Object.hasOwn(CASES, name));
if (unknown !== undefined) {
  console.error(`there is no case "${unknown}": ${Object.keys(CASES).join(', ')}`);
  process.exitCode = 2;
} else {
  for (const [name, bench] of Object.entries(CASES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log(`\n${name}`);
    await bench();
  }
}
