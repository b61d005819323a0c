/**
 * `npm run lan -- 5 hosts` makes five hosts on one network with a shell for each, in which `p2pchat` runs as on any
 * machine, with a disk of its own. Where tmux is, the shells are windows of a session, which opens at once in a terminal;
 * elsewhere the words are printed that open them. With the playground (Ctrl-C, or leaving tmux) everything on it ends.
 */
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtProgram } from '../process.ts';
import type { Host } from './host.ts';
import { Island } from './island.ts';
import { lanSupport } from './support.ts';
import { asLongAs, quoted, Session } from './tmux.ts';

const USAGE = 'usage: npm run lan -- [number of hosts, 1 to 254] [hosts]\n';

const [, , number = '2', word = 'hosts', ...more] = process.argv;
const count = Number(number);
if (!Number.isInteger(count) || count < 1 || count > 254 || !/^hosts?$/.test(word) || more.length > 0) {
  process.stderr.write(USAGE);
  process.exit(2);
}
process.exitCode = await open();

async function open(): Promise<number> {
  const lan = await lanSupport();
  if (lan.type === 'no') {
    process.stderr.write(`${lan.why}\n`);
    return 1;
  }
  const ended = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
  const folder = mkdtempSync(join(tmpdir(), 'p2pchat-lan-'));
  const island = await Island.open();
  const session = new Session(join(folder, 'tmux'));
  try {
    const tools = makeTools(folder);
    const hosts = await island.lan(count);
    const shells = hosts.map((host) => ({ host, words: shell(island, host, { folder, tools }) }));
    process.stdout.write('Each host has the command p2pchat; try: p2pchat -username alice\n');
    if (await session.open(shells)) await session.show(ended);
    else {
      for (const { host, words } of shells) {
        process.stdout.write(`${host.name} ${host.address}: ${words.map(quoted).join(' ')}\n`);
      }
      process.stdout.write('Ctrl-C ends them all.\n');
      await asLongAs(ended);
    }
    return 0;
  } finally {
    await session.close();
    await island.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The folder in which `p2pchat` lies: what runs is the program that was built here. */
function makeTools(folder: string): string {
  const tools = join(folder, 'bin');
  mkdirSync(tools);
  const program = join(tools, 'p2pchat');
  writeFileSync(program, `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(builtProgram())} "$@"\n`);
  chmodSync(program, 0o755);
  return tools;
}

function shell(island: Island, host: Host, { folder, tools }: { folder: string; tools: string }): string[] {
  const home = join(folder, host.name);
  const rc = join(folder, `${host.name}.sh`);
  const prompt = `${host.name} ${host.address} \\$ `;
  // What the user's own shell sets would hide the prompt and the program.
  writeFileSync(rc, `PS1=${quoted(prompt)}\nPATH=${quoted(tools)}:$PATH\nexport P2PCHAT_HOME=${quoted(home)}\n`);
  return island.wayInto(host, ['bash', '--noprofile', '--rcfile', rc, '-i']);
}
