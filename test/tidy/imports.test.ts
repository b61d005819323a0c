import { describe, expect, it } from 'vitest';
import { importsOf, placeOf, type Source, sourcesIn } from './sources.ts';

/** For each folder of `pkg/`: the folders it may import beside itself, and the packages. Nothing else, and nothing of Node. */
const CORE: Readonly<Record<string, { readonly folders: readonly string[]; readonly packages?: readonly string[] }>> = {
  base: { folders: [] },
  identity: { folders: ['base'] },
  wire: { folders: ['base', 'identity'], packages: ['zod'] },
  discovery: { folders: ['base', 'identity', 'wire'] },
  mesh: { folders: ['base', 'identity', 'wire'] },
  session: { folders: ['base', 'identity', 'wire'] },
  feed: { folders: ['base', 'identity', 'wire'] },
  chat: { folders: ['base', 'identity', 'wire'] },
  sync: { folders: ['base', 'identity', 'wire', 'feed'] },
  room: { folders: ['base', 'identity', 'wire', 'chat'] },
  peer: {
    folders: ['base', 'identity', 'wire', 'discovery', 'mesh', 'session', 'feed', 'chat', 'sync', 'room'],
  },
  ui: { folders: ['base', 'identity', 'chat'], packages: ['ink', 'react', 'string-width'] },
};

/** What the front ends may see of the core. */
const FRONT_END_SEES = ['base', 'identity', 'chat', 'ui'];

/** For each folder of `internal/`: the others it may import, and whether it is a front end. */
const SHELL: Readonly<Record<string, { readonly folders: readonly string[]; readonly frontEnd?: true }>> = {
  store: { folders: [] },
  crypto: { folders: ['store'] },
  net: { folders: ['crypto', 'store'] },
  bundle: { folders: ['crypto', 'store'] },
  doctor: { folders: ['crypto', 'net'] },
  runtime: { folders: ['crypto', 'doctor', 'net', 'store'] },
  headless: { folders: ['runtime'], frontEnd: true },
  terminal: { folders: ['runtime'], frontEnd: true },
};

/** `pkg/wire` of `pkg/wire/lines.ts`; files in the root are of the folder `.`. */
function folderOf(path: string): string {
  const parts = path.split('/');
  return parts.length === 1 ? '.' : parts.slice(0, parts[0] === 'pkg' || parts[0] === 'internal' ? 2 : 1).join('/');
}

/** The places where a source imports what `allowed` does not allow. */
function strays(source: Source, allowed: (to: string, name: string) => boolean): string[] {
  return importsOf(source)
    .filter(({ name, path }) => !allowed(path === undefined ? `package ${packageOf(name)}` : folderOf(path), name))
    .map(({ name, start }) => `${placeOf(source, start)} imports ${name}`);
}

function packageOf(name: string): string {
  return name.split('/')[0] ?? name;
}

function ruleOf<Rule>(rules: Readonly<Record<string, Rule>>, path: string): Rule {
  const folder = path.split('/')[1] ?? '';
  const rule = rules[folder];
  if (rule === undefined) throw new Error(`${path}: say in this test what the folder ${folder} may import`);
  return rule;
}

describe('imports go strictly down', () => {
  const core = sourcesIn('pkg');
  const shell = sourcesIn('internal');

  it('has something to look at', () => {
    expect(core.flatMap(importsOf).length).toBeGreaterThan(100);
    expect(shell.flatMap(importsOf).length).toBeGreaterThan(50);
  });

  it('in pkg: to the folders below, and to no package but those of the wire and the screen', () => {
    const found = core.flatMap((source) => {
      const { folders, packages = [] } = ruleOf(CORE, source.path);
      const own = folderOf(source.path);
      const allowed = new Set([own, ...folders.map((to) => `pkg/${to}`), ...packages.map((name) => `package ${name}`)]);
      return strays(source, (to) => allowed.has(to));
    });
    expect(found).toEqual([]);
  });

  it('in internal: front ends see chat and ui alone, and nobody imports a front end', () => {
    const found = shell.flatMap((source) => {
      const { folders, frontEnd = false } = ruleOf(SHELL, source.path);
      const own = folderOf(source.path);
      const inside = new Set([own, ...folders.map((to) => `internal/${to}`)]);
      const core = new Set(FRONT_END_SEES.map((to) => `pkg/${to}`));
      return strays(source, (to) => {
        if (to.startsWith('package ')) return true;
        if (to.startsWith('pkg/')) return !frontEnd || core.has(to);
        return inside.has(to);
      });
    });
    expect(found).toEqual([]);
  });

  it('in circles nowhere, not even between two files', () => {
    const sources = [...core, ...shell, ...sourcesIn('cmd')];
    const edges = new Map(sources.map((source) => [source.path, runtimeImports(source)]));
    expect(circleIn(edges)).toEqual([]);
  });

  it('only cmd imports everything, and nobody imports cmd but the tests', () => {
    const found = [...core, ...shell].flatMap((source) =>
      strays(source, (to) => !['cmd', 'test', 'docs', '.'].includes(to)),
    );
    expect(found).toEqual([]);
  });
});

/** Types are gone at run time, so that two nouns may name each other. */
function runtimeImports(source: Source): readonly string[] {
  return importsOf(source).flatMap(({ path, start }) => {
    const isType = /^(?:im|ex)port type\b/.test(source.text.slice(start));
    return path === undefined || isType ? [] : [path];
  });
}

/** The files of one circle, or none. */
function circleIn(edges: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): readonly string[] => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const next of edges.get(path) ?? []) {
      const circle = visit(next, [...way, path]);
      if (circle.length > 0) return circle;
    }
    done.add(path);
    return [];
  };
  for (const path of edges.keys()) {
    const circle = visit(path, []);
    if (circle.length > 0) return circle;
  }
  return [];
}
