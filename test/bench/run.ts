/**
 * `npm run bench` measures everything, `npm run bench -- start` one case; each prints a table. Build first. For `mesh`
 * one may say how many peers (`--peers 30`) and how many rounds (`--rounds 3`).
 */
import { parseArgs } from 'node:util';
import { benchBundle } from './bundle.ts';
import { benchDiscovery } from './discovery.ts';
import { benchMesh } from './mesh.ts';
import { benchNewcomer } from './newcomer.ts';
import { benchOpening } from './opening.ts';
import { benchParting } from './parting.ts';
import { benchStart } from './start.ts';

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { peers: { type: 'string', default: '100' }, rounds: { type: 'string', default: '1' } },
});

const CASES: Readonly<Record<string, () => Promise<void>>> = {
  start: benchStart,
  discovery: benchDiscovery,
  parting: benchParting,
  newcomer: benchNewcomer,
  opening: benchOpening,
  bundle: benchBundle,
  mesh: () => benchMesh({ peers: Number(values.peers), rounds: Number(values.rounds) }),
};

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
