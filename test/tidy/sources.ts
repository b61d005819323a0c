/** The project's own files as the tests of tidiness read them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ESTree, parseSync } from 'rolldown/utils';

/** Any node of a syntax tree. */
export type Node = { readonly type: string; readonly start: number; readonly end: number };

export interface Source {
  /** From the project's root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly program: ESTree.Program;
  readonly comments: readonly { readonly value: string; readonly start: number }[];
  /** Every node, parents before their children. */
  readonly nodes: readonly Node[];
}

/** One module or package that a file loads. */
export interface Import {
  /** As it is written. */
  readonly name: string;
  /** The file it leads to, from the project's root; undefined for a package. */
  readonly path: string | undefined;
  readonly start: number;
}

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The files that git knows or would add, from the project's root. */
export const FILES: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
  { cwd: ROOT, encoding: 'utf8' },
)
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)));

export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The sources below any of the folders: all that is TypeScript. */
export function sourcesIn(...folders: readonly string[]): readonly Source[] {
  return FILES.filter((path) => /\.tsx?$/.test(path) && folders.some((folder) => path.startsWith(`${folder}/`))).map(
    sourceOf,
  );
}

export function sourceOf(path: string): Source {
  const text = textOf(path);
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} is not TypeScript: ${errors[0]?.message}`);
  return { path, text, program, comments, nodes: [...walk(program)] };
}

/** What a file loads, at its start or later, types included. */
export function importsOf({ path, nodes }: Source): readonly Import[] {
  return nodes.flatMap((node) => {
    const source = 'source' in node ? node.source : undefined;
    const name = isNode(source) && 'value' in source ? source.value : undefined;
    if (typeof name !== 'string') return [];
    const relative = name.startsWith('.') ? posix.join(posix.dirname(path), name) : undefined;
    return [{ name, path: relative, start: node.start }];
  });
}

/** `path:line`, to be clicked on. */
export function placeOf({ path, text }: Pick<Source, 'path' | 'text'>, start: number): string {
  return `${path}:${text.slice(0, start).split('\n').length}`;
}

/** The source text of a node. */
export function codeOf({ text }: Source, { start, end }: Node): string {
  return text.slice(start, end);
}

/** The node in one field of another. */
export function childOf(node: Node, field: string): Node | undefined {
  const child = new Map<string, unknown>(Object.entries(node)).get(field);
  return isNode(child) ? child : undefined;
}

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value && 'end' in value;
}
