import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SITUATIONS } from '../lan/situations/all.ts';
import { anchorsIn, rowsOf, targetsIn } from './markdown.ts';
import { FILES, placeOf, ROOT, textOf } from './sources.ts';

const PAGES = FILES.filter((path) => path.endsWith('.md'));
const TEXTS = FILES.filter(
  (path) => /(?:\.(?:tsx?|mjs|json|md|ya?ml)|\/run|LICENSE)$/.test(path) && path !== 'package-lock.json',
);
/** What stands on one machine only. The system's own folders of a kind (`/proc`, `/dev`) are the same everywhere. */
const MACHINE_PATH = /(?<![\w.)\]}~-])\/(?:work|root|tmp)\/[\w.-]+/g;

describe('the documents', () => {
  it('are all there', () => {
    for (const path of ['README.md', 'LICENSE', 'docs/ARCHITECTURE.md', 'docs/PROTOCOL.md', 'docs/CHANGELOG.md']) {
      expect(FILES).toContain(path);
    }
  });

  it('lead only where there is something', () => {
    const broken = PAGES.flatMap((page) =>
      targetsIn(textOf(page)).flatMap((target) => {
        if (/^[a-z]+:/.test(target)) return [];
        const [file = '', anchor] = target.split('#');
        const path = file === '' ? page : posix.join(posix.dirname(page), file);
        if (!existsSync(join(ROOT, path))) return [`${page} leads to ${target}, which is not there`];
        const missing = anchor !== undefined && path.endsWith('.md') && !anchorsIn(textOf(path)).has(anchor);
        return missing ? [`${page} leads to ${target}, which has no such heading`] : [];
      }),
    );
    expect(broken).toEqual([]);
  });

  it('name files of the project that exist', () => {
    const broken = PAGES.flatMap((page) =>
      [...textOf(page).matchAll(/`((?:pkg|internal|cmd|test|docs)\/[\w./*-]*)`/g)]
        .map((match) => match[1] ?? '')
        .filter((path) => !exists(path))
        .map((path) => `${page} names ${path}`),
    );
    expect(broken).toEqual([]);
  });

  it('and the code name no place of one machine', () => {
    const found = TEXTS.flatMap((path) => {
      const text = textOf(path);
      return [...text.matchAll(MACHINE_PATH)].map(
        ({ 0: match, index }) => `${placeOf({ path, text }, index)} ${match}`,
      );
    });
    expect(found).toEqual([]);
  });

  it('have a row for each network situation that is played', () => {
    const rows = rowsOf(textOf('docs/SITUATIONS.md'));
    expect(rows.map(([name]) => name)).toEqual(SITUATIONS.map(({ name }) => name));
  });

  it('are numbered without gaps where they tell of decisions, each with its three parts', () => {
    const decisions = FILES.filter((path) => path.startsWith('docs/decisions/')).sort();
    expect(decisions.length).toBeGreaterThan(5);
    for (const [place, path] of decisions.entries()) {
      expect(path).toMatch(new RegExp(`/${String(place + 1).padStart(4, '0')}-[a-z0-9-]+\\.md$`));
      const headings = [...textOf(path).matchAll(/^#+ (.*)$/gm)].map((match) => match[1]);
      expect(headings.slice(1), path).toEqual(['Context', 'Decision', 'Consequences']);
    }
  });
});

/** A path of a file or a folder; `*` stands for some files. */
function exists(path: string): boolean {
  const pattern = new RegExp(`^${path.replace(/[.]/g, '\\.').replaceAll('*', '[^/]*')}(?:/|$)`.replace('//', '/'));
  return path.includes('*') ? FILES.some((file) => pattern.test(file)) : existsSync(join(ROOT, path));
}
