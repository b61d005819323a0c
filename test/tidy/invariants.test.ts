import { describe, expect, it } from 'vitest';
import { codeOf, placeOf, type Source, sourcesIn, textOf } from './sources.ts';

interface Invariant {
  readonly name: string;
  readonly place: string;
}

/** Written as `Invariant some-name: what holds` in the docstring of whoever keeps it. */
function invariantsIn(source: Source): readonly Invariant[] {
  return source.comments.flatMap(({ value, start }) =>
    [...value.matchAll(/\bInvariant ([a-z-]+):/g)].map((match) => ({
      name: match[1] ?? '',
      place: placeOf(source, start),
    })),
  );
}

/** The titles of all tests and of the groups they stand in. */
function titlesIn(source: Source): readonly string[] {
  return source.nodes.flatMap((node) => {
    if (node.type !== 'CallExpression') return [];
    const title = /^(?:describe|it|test)(?:\.\w+(?:\([^)]*\))?)*\(\s*(['"`])((?:(?!\1).)*)\1/s.exec(
      codeOf(source, node),
    );
    return title === null ? [] : [title[2] ?? ''];
  });
}

const invariants = sourcesIn('pkg', 'internal', 'cmd').flatMap(invariantsIn);
const titles = sourcesIn('test').flatMap(titlesIn);

describe('every named invariant', () => {
  it('is found, and so are the titles of the tests', () => {
    expect(invariants.length).toBeGreaterThanOrEqual(8);
    expect(titles.length).toBeGreaterThan(100);
  });

  it('has a name of its own', () => {
    const names = invariants.map(({ name }) => name);
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  });

  it.each(invariants)('$name of $place is cited by the title of a test', ({ name }) => {
    expect(
      titles.filter((title) => title.includes(name)),
      `no test says ${name} in its title`,
    ).not.toEqual([]);
  });

  it.each(invariants)('$name is told of in the architecture', ({ name }) => {
    expect(textOf('docs/ARCHITECTURE.md')).toContain(`\`${name}\``);
  });
});
