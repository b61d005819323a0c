import { describe, expect, it } from 'vitest';
import { codeOf, FILES, type Node, placeOf, type Source, sourcesIn, textOf } from './sources.ts';

const FILE_LINES_MAX = 300;
/** Files that may be longer, how long, and why. */
const LONGER: Readonly<Record<string, { readonly lines: number; readonly why: string }>> = {
  'pkg/base/limits.ts': {
    lines: 450,
    why: 'a table of numbers, and no code: in two it would have to be searched twice',
  },
};

/** Where a value may be called what its type cannot prove, and why. Everything else is proven or parsed. */
const BRANDS: Readonly<Record<string, { readonly casts: readonly string[]; readonly why: string }>> = {
  'pkg/base/units.ts': {
    casts: ['count as Millis', 'count as Instant', 'count as WallTime'],
    why: 'the constructors of the units',
  },
  'pkg/base/link-id.ts': {
    casts: ['count as LinkId', 'count as DialId'],
    why: 'the constructors of link and dial ids',
  },
  'pkg/identity/nick.ts': { casts: ['name as Nick'], why: 'the parser of nicks, behind its checks' },
  'pkg/identity/room-name.ts': { casts: ["'#general' as RoomName"], why: 'the one room name that is written down' },
  'pkg/wire/fields.ts': { casts: ["'' as RunHash"], why: 'what stands before the first run' },
  'pkg/peer/tickets.ts': { casts: ['this.#count as Ticket'], why: 'the one place where tickets are made' },
};

const program = sourcesIn('pkg', 'internal', 'cmd');
const everything = [...program, ...sourcesIn('test')];

function places(sources: readonly Source[], isBad: (node: Node, source: Source) => boolean): string[] {
  return sources.flatMap((source) =>
    source.nodes
      .filter((node) => isBad(node, source))
      .map((node) => `${placeOf(source, node.start)} ${codeOf(source, node).split('\n')[0]}`),
  );
}

describe('the code', () => {
  it('has no any', () => {
    expect(places(everything, ({ type }) => type === 'TSAnyKeyword')).toEqual([]);
  });

  it('asserts no value away with "!"', () => {
    expect(places(everything, ({ type }) => type === 'TSNonNullExpression')).toEqual([]);
  });

  it('casts nowhere but in the constructors of brands', () => {
    const casts = places(program, (node, source) => {
      if (node.type === 'TSTypeAssertion') return true;
      const code = codeOf(source, node);
      const known = BRANDS[source.path]?.casts.includes(code) === true;
      return node.type === 'TSAsExpression' && !/\bas const$/.test(code) && !known;
    });
    expect(casts).toEqual([]);
  });

  it('still has each cast that is allowed', () => {
    for (const [path, { casts }] of Object.entries(BRANDS)) {
      for (const cast of casts) expect(textOf(path)).toContain(cast);
    }
  });

  it('exports by name, and nothing of others', () => {
    expect(places(everything, ({ type }) => type === 'ExportDefaultDeclaration')).toEqual([]);
    expect(places(everything, ({ type }) => type === 'ExportAllDeclaration')).toEqual([]);
    expect(
      places(everything, (node) => node.type === 'ExportNamedDeclaration' && 'source' in node && node.source !== null),
    ).toEqual([]);
  });

  it('leaves nothing to be done', () => {
    const marks = everything.flatMap((source) =>
      source.comments
        .filter(({ value }) => /\b(?:TODO|FIXME|XXX|HACK)\b/.test(value))
        .map(({ start }) => placeOf(source, start)),
    );
    expect(marks).toEqual([]);
  });

  it(`is cut into files of at most ${FILE_LINES_MAX} lines`, () => {
    const long = FILES.filter((path) => /^(?:pkg|internal|cmd|test)\/.*\.(?:tsx?|mjs)$/.test(path))
      .map((path) => ({ path, lines: textOf(path).trimEnd().split('\n').length }))
      .filter(({ path, lines }) => lines > (LONGER[path]?.lines ?? FILE_LINES_MAX));
    expect(long).toEqual([]);
  });

  it('still needs each file that is allowed to be longer', () => {
    for (const path of Object.keys(LONGER)) {
      expect(textOf(path).trimEnd().split('\n').length, path).toBeGreaterThan(FILE_LINES_MAX);
    }
  });
});
