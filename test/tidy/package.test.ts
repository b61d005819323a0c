import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
import { FILES, textOf } from './sources.ts';

/** What the product is made of; everything else is needed here only. */
const OWNERS_FIVE = ['commander', 'debug', 'ink', 'react', 'zod'];

describe('package.json', () => {
  it("lists the owner's five packages under dependencies, and nothing else", () => {
    expect(Object.keys(manifest.dependencies).sort()).toEqual(OWNERS_FIVE);
    expect(manifest).not.toHaveProperty('optionalDependencies');
    expect(manifest).not.toHaveProperty('peerDependencies');
  });

  it('pins what builds and tests to one version', () => {
    for (const [name, version] of Object.entries(manifest.devDependencies)) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  it('asks for the Node that the program asks for at its start', () => {
    const needed = /NODE_NEEDED = \[(\d+), (\d+)\]/.exec(textOf('cmd/p2pchat/launch.ts'));
    expect(manifest.engines.node).toBe(`>=${needed?.[1]}.${needed?.[2]}`);
    expect(textOf('README.md')).toContain(`Node ${needed?.[1]}.${needed?.[2]} or later`);
    expect(textOf('rolldown.config.ts')).toContain(`node${needed?.[1]}.${needed?.[2]}`);
  });

  it('installs the command, which the build makes', () => {
    expect(manifest.bin).toEqual({ p2pchat: 'dist/p2pchat.js' });
    expect(textOf('rolldown.config.ts')).toContain("p2pchat: 'cmd/p2pchat/launch.ts'");
    expect(FILES).toContain('cmd/p2pchat/launch.ts');
  });

  it('packs the build, the documents and the licence', () => {
    expect([...manifest.files].sort()).toEqual(['LICENSE', 'README.md', 'dist', 'docs']);
    for (const file of manifest.files.filter((name) => name !== 'dist')) {
      expect(
        FILES.some((path) => path === file || path.startsWith(`${file}/`)),
        file,
      ).toBe(true);
    }
  });

  it('runs only scripts that exist', () => {
    for (const [name, command] of Object.entries(manifest.scripts)) {
      const script = /^node ((?:test|cmd)\/\S+)/.exec(command)?.[1];
      if (script !== undefined) expect(FILES, `npm run ${name}`).toContain(script);
    }
  });

  it('is what the lock file was made from', () => {
    const { version, dependencies, devDependencies, engines } = lock.packages[''];
    expect({ version, dependencies, devDependencies, engines }).toEqual({
      version: manifest.version,
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
      engines: manifest.engines,
    });
    expect(textOf('docs/CHANGELOG.md')).toContain(`## ${manifest.version}`);
  });
});
