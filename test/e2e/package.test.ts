/** What is installed is what was tested: the packed tarball runs by itself, and an old Node is told what to do. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { builtProgram } from '../process.ts';

/** The Node of this machine, which the scripts of the repository pass over; undefined when it is new enough. */
function oldNode(): string | undefined {
  const ownTools = resolve('node_modules', '.bin');
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.startsWith(ownTools));
  const found = spawnSync('node', ['-p', 'process.execPath + " " + process.versions.node'], {
    env: { PATH: path.join(delimiter) },
    encoding: 'utf8',
  });
  const [executable, version = ''] = (found.stdout ?? '').trim().split(' ');
  const [major = 99, minor = 0] = version.split('.').map(Number);
  return major < 22 || (major === 22 && minor < 16) ? executable : undefined;
}

describe('the packed tarball', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'p2pchat-pack-'));
    const words = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
    const name = execFileSync('npm', words, { encoding: 'utf8' }).trim();
    execFileSync('tar', ['xzf', join(folder, name), '-C', folder]);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('runs without anything beside it', () => {
    const program = join(folder, 'package', manifest.bin.p2pchat);
    const run = spawnSync(process.execPath, [program, '-version'], { encoding: 'utf8', env: { P2PCHAT_HOME: folder } });
    expect(run).toMatchObject({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  it('keeps what was said, and says nothing of how', () => {
    const program = join(folder, 'package', manifest.bin.p2pchat);
    const words = [program, '-username', 'ann', '-interface', '127.0.0.1', '-multicast', '239.255.77.3:19773'];
    const say = (input: string, ...more: string[]) =>
      spawnSync(process.execPath, [...words, ...more], { input, encoding: 'utf8', env: { P2PCHAT_HOME: folder } });
    const said = say('kept in the thread\n');
    expect(said.status).toBe(3);
    expect(said.stderr).not.toMatch(/warning|experimental/i);
    expect(say('', '-plain').stdout).toContain('kept in the thread');
  });

  it('holds the documents and no sources', () => {
    const files = execFileSync('find', ['.', '-type', 'f'], { cwd: join(folder, 'package'), encoding: 'utf8' });
    expect(files).toContain('./README.md');
    expect(files).toContain('./LICENSE');
    expect(files).toContain('./docs/PROTOCOL.md');
    expect(files).not.toMatch(/\.tsx?$/m);
  });
});

describe('a Node that is too old', () => {
  const old = oldNode();
  if (old === undefined) console.warn('the test with an old Node is skipped: the one of this machine is new enough');

  it.skipIf(old === undefined)('is told in one line what to do', () => {
    const run = spawnSync(old ?? '', [builtProgram()], { encoding: 'utf8' });
    expect(run.status).toBe(2);
    expect(run.stdout).toBe('');
    expect(run.stderr).toMatch(/^p2pchat: this is Node [\d.]+, and Node 22\.16 or later is needed: .*npm start.*\n$/);
  });
});
