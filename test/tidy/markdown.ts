/** The little of Markdown that the tests of tidiness need. */

/** The text below a heading, up to the next one of its level or a higher one. Throws where there is none. */
export function sectionOf(text: string, heading: string): string {
  const lines = withoutCode(text).split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start === -1) throw new Error(`there is no section "${heading}"`);
  const level = /^#+/.exec(lines[start] ?? '')?.[0].length ?? 0;
  const length = lines.slice(start + 1).findIndex((line) => (/^(#+) /.exec(line)?.[1]?.length ?? 7) <= level);
  const end = length === -1 ? lines.length : start + 1 + length;
  return text.split('\n').slice(start, end).join('\n');
}

/** The rows of all tables of a text, without the headings: the cells of each, as they are written. */
export function rowsOf(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n');
  return lines.flatMap((line, place) => {
    const isRow = line.startsWith('|') && !/^\|[\s|:-]+$/.test(line) && !/^\|[\s|:-]+$/.test(lines[place + 1] ?? '');
    return isRow ? [cellsOf(line)] : [];
  });
}

/** What stands between back quotes, or the whole text where there are none. */
export function quotedIn(text: string): string {
  return /^`+([^`]*)`+/.exec(text)?.[1] ?? text;
}

/** The code blocks whose opening line begins with the given words. */
export function blocksOf(text: string, words: string): readonly { readonly info: string; readonly code: string }[] {
  return [...text.matchAll(/^```(.*)\n([\s\S]*?)\n```$/gm)]
    .map((match) => ({ info: match[1] ?? '', code: match[2] ?? '' }))
    .filter(({ info }) => info === words || info.startsWith(`${words} `));
}

/** Where links lead, of `[text](target)` and `<img src="target">`, outside of code. */
export function targetsIn(text: string): readonly string[] {
  const prose = withoutCode(text).replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? match[2] ?? '');
}

/** The anchors that the headings of a page make, as GitHub makes them. */
export function anchorsIn(text: string): ReadonlySet<string> {
  const headings = [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map((match) => match[1] ?? '');
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function cellsOf(line: string): readonly string[] {
  return line
    .replace(/^\|/, '')
    .replace(/\|\s*$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/** The same number of lines, those of code empty. */
function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, (block) => block.replace(/[^\n]/g, ''));
}
