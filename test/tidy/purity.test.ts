import { describe, expect, it } from 'vitest';
import { childOf, codeOf, type Node, placeOf, type Source, sourcesIn } from './sources.ts';

/** Names that reach outside: the world, time, chance. */
const WORLD = new Set([
  'process',
  'console',
  'performance',
  'crypto',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'requestAnimationFrame',
  'Buffer',
  'globalThis',
  'global',
  'window',
  'require',
  'localStorage',
  'Worker',
  'WebSocket',
]);
const AMBIENT_CALLS = new Set(['Date.now', 'Math.random', 'Promise.withResolvers', 'AbortSignal.timeout']);
/** Words of zone and language that differ from machine to machine. */
const LOCAL_CALLS =
  /\.toLocale(?:Time|Date)?String$|\.(?:getHours|getMinutes|getDate|getMonth|getFullYear|getTimezoneOffset)$/;

function impurities(source: Source): string[] {
  const names = new Set<Node>(source.nodes.flatMap((node) => ownNameOf(node) ?? []));
  return source.nodes.flatMap((node) => {
    const found = impurity(source, node, names.has(node));
    return found === undefined ? [] : [`${placeOf(source, node.start)} ${found}`];
  });
}

function impurity(source: Source, node: Node, isName: boolean): string | undefined {
  const code = codeOf(source, node);
  if (node.type === 'Identifier' && !isName && WORLD.has(code)) return code;
  if (node.type === 'AwaitExpression') return 'await';
  if ('async' in node && node.async === true) return 'async';
  if (node.type === 'MemberExpression' && AMBIENT_CALLS.has(code)) return code;
  if (node.type === 'MemberExpression' && LOCAL_CALLS.test(code)) return code;
  const callee = childOf(node, 'callee');
  if (callee === undefined || codeOf(source, callee) !== 'Date') return undefined;
  const nothing = 'arguments' in node && Array.isArray(node.arguments) && node.arguments.length === 0;
  return node.type === 'CallExpression' || nothing ? `Date without a time` : undefined;
}

/** `size` in `map.size` and in `{ size: 1 }`: a name of a property, which reaches nothing. */
function ownNameOf(node: Node): Node | undefined {
  const computed = 'computed' in node && node.computed === true;
  if (computed) return undefined;
  return childOf(node, node.type === 'MemberExpression' ? 'property' : 'key');
}

describe('pkg is pure', () => {
  it('reads no clock, draws no chance, waits for nothing and touches no world', () => {
    const sources = sourcesIn('pkg');
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.flatMap(impurities)).toEqual([]);
  });

  it('and this test would see it if it were not', () => {
    const shell = sourcesIn('internal', 'cmd').flatMap(impurities).join('\n');
    for (const word of ['Date.now', 'performance', 'setTimeout', 'process', 'await', 'async', '.getHours']) {
      expect(shell).toContain(word);
    }
  });
});
