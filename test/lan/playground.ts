/**
 * `node test/lan/playground.ts 5` makes five hosts on one network and says how to open a shell in each; they are gone
 * when it ends (Ctrl-C). In the shells, run the program as on any machine: `node dist/p2pchat.js -username alice`.
 * With `P2PCHAT_HOME` pointing to another folder in each shell the hosts have disks of their own.
 */
import { once } from 'node:events';
import { Island } from './island.ts';

const count = Number(process.argv[2] ?? 2);
if (!Number.isInteger(count) || count < 1 || count > 254) {
  process.stderr.write('usage: node test/lan/playground.ts [number of hosts, 1 to 254]\n');
  process.exit(2);
}

await using island = await Island.open();
for (const host of await island.lan(count)) {
  process.stdout.write(`${host.name} ${host.address}: ${island.wayInto(host, ['bash']).join(' ')}\n`);
}
process.stdout.write('Ctrl-C ends them all.\n');
const asleep = setInterval(() => undefined, 60_000);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
clearInterval(asleep);
