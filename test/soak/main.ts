/**
 * `npm run soak -- 1h --peers 30` keeps as many real programs, each on a host of its own, through stalls, cut cables and
 * restarts for so long, and looks all along whether everybody's list is true: nobody gone who is here, nobody here who is
 * gone, nobody twice; everybody seen by everybody 10 s after the last trouble; every message everywhere once; handles and
 * memory flat. Exit code 1 on any violation, with the seed that draws the same troubles and the folder of the logs.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lanSupport } from '../lan/support.ts';
import { Soak } from './soak.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { peers: { type: 'string', default: '30' }, seed: { type: 'string' } },
});
const [, number, unit] = /^(\d+)([smh])$/.exec(positionals[0] ?? '2m') ?? [];
const peers = Number(values.peers);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const lan = await lanSupport();
if (number === undefined || !Number.isInteger(peers) || peers < 3 || peers > 200 || Number.isNaN(seed)) {
  console.error('usage: npm run soak -- [time: 90s, 2m, 1h] [--peers 3 to 200] [--seed number]');
  process.exitCode = 2;
} else if (lan.type === 'no') {
  console.error(`no hosts here: ${lan.why}`);
  process.exitCode = 2;
} else {
  process.exitCode = await run(Number(number) * (UNITS[unit ?? 's'] ?? 1_000));
}

async function run(spanMs: number): Promise<number> {
  console.log(`${peers} peers for ${spanMs / 1_000} s, seed ${seed}`);
  const soak = await Soak.open(peers, seed);
  try {
    await soak.run(spanMs);
    console.table(soak.summary());
    const { violations } = soak;
    if (violations.length === 0) return 0;
    const folder = mkdtempSync(join(tmpdir(), 'p2pchat-soak-'));
    for (const { name, text } of soak.logs()) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, 'violations'), `${violations.join('\n')}\n`);
    console.log(`${violations.length} violations; seed ${seed}; logs in ${folder}`);
    return 1;
  } finally {
    await soak.close();
  }
}
