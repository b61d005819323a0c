/**
 * Builds after every install, so that a clone is ready to start. `npm install -g .` in a fresh clone links the clone
 * without installing what it is built with: that is fetched here first. Plain JavaScript, because at that moment there
 * is only the machine's own Node, which may not read types.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const FOR_THE_GLOBAL_INSTALL = /^npm_config_(global|prefix|local_prefix|location)$/i;

function npm(...args) {
  const environment = Object.entries(process.env).filter(([name]) => !FOR_THE_GLOBAL_INSTALL.test(name));
  const { status } = spawnSync(`npm ${args.join(' ')}`, {
    stdio: 'inherit',
    shell: true,
    env: Object.fromEntries(environment),
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (existsSync('node_modules/rolldown')) npm('run', 'build');
else npm('ci');
