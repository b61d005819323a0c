/**
 * The first thing that runs, on whatever Node there is: says in one line when that is too old, and otherwise loads the
 * rest. It stays in the language that old versions read, and imports nothing that they lack.
 */
import nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { keepQuietAboutSqlite } from '../../internal/store/quiet-sqlite.ts';

const NODE_NEEDED = [22, 16] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < NODE_NEEDED[0] || (major === NODE_NEEDED[0] && minor < NODE_NEEDED[1])) {
  console.error(
    `p2pchat: this is Node ${process.versions.node}, and Node ${NODE_NEEDED.join('.')} or later is needed: ` +
      'install a newer one, or in a clone of p2pchat run "npm ci" and then "npm start", which bring their own.',
  );
  process.exitCode = 2;
} else {
  // Whatever is written here is for its owner alone.
  process.umask(0o077);
  keepHeapSmall();
  keepCompiledCode();
  keepQuietAboutSqlite();
  import('./main.ts').then(({ main }) => main(process.argv.slice(2)));
}

/**
 * What has just been made is swept as soon as it is little, not once it is much: in a burst of messages the heap would
 * else grow by a hundred megabytes of garbage. What was kept a while is swept more eagerly as well, which spares ten
 * megabytes after fifteen thousand messages. Costs a few percent of the processor's time then, and nothing at rest.
 */
function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--optimize-for-size');
}

/** Compiled code is kept between starts, which saves a third of the time to the first frame. */
function keepCompiledCode(): void {
  const home = process.env['P2PCHAT_HOME'];
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  nodeModule.enableCompileCache(home ? join(home, 'cache') : join(cache, 'p2pchat'));
}
