import { createPrivateKey, createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signingBytes } from '../../internal/crypto/identity.ts';
import * as limits from '../../pkg/base/limits.ts';
import { Frontier } from '../../pkg/feed/frontier.ts';
import { isPeerId, type PeerId, peerIdFromKey } from '../../pkg/identity/peer-id.ts';
import { Circle } from '../../pkg/mesh/circle.ts';
import { decodeDatagram } from '../../pkg/wire/announce.ts';
import { sealed } from '../../pkg/wire/entry.ts';
import { decodeMessage } from '../../pkg/wire/message.ts';
import { parseRun } from '../../pkg/wire/run.ts';
import { blocksOf, quotedIn, rowsOf, sectionOf } from './markdown.ts';
import { codeOf, type Node, sourceOf, textOf } from './sources.ts';

const page = textOf('docs/PROTOCOL.md');
const meeting = sectionOf(page, 'A first meeting, byte by byte');

/** The members of `export type <name> = 'a' | 'b'`, as the compiler sees them. */
function unionOf(path: string, name: string): readonly string[] {
  const source = sourceOf(path);
  const isOurs = (node: Node) =>
    node.type === 'TSTypeAliasDeclaration' && codeOf(source, node).includes(`type ${name} `);
  const union = source.nodes.find(isOurs);
  if (union === undefined) throw new Error(`${path} has no type ${name}`);
  return source.nodes
    .filter(({ type, start, end }) => type === 'Literal' && start >= union.start && end <= union.end)
    .map((node) => codeOf(source, node).slice(1, -1));
}

/** The key of the example whose seed is that byte 32 times. */
function exampleKey(byte: number): { readonly key: KeyObject; readonly raw: Buffer; readonly peer: PeerId } {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  const peer = peerIdFromKey(raw);
  if (peer === undefined) throw new Error('no peer id');
  return { key, raw, peer };
}

const examples = [exampleKey(1), exampleKey(2)];

/** Ed25519 gives one signature for a key and a text, so it can be made anew and compared. */
function signatureOf(peer: PeerId, context: 'announce' | 'run', text: string): string {
  const key = examples.find((example) => example.peer === peer)?.key;
  if (key === undefined) throw new Error(`${peer} is nobody of the examples`);
  return sign(null, signingBytes(context, text), key).toString('base64url');
}

describe('the table of limits', () => {
  const told = new Map(
    rowsOf(sectionOf(page, 'Limits')).map((cells) => [quotedIn(cells[0] ?? ''), cells.slice(1)] as const),
  );
  const real = Object.entries(limits);

  it('has every limit with its value', () => {
    const values = real.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]);
    expect([...told].map(([name, cells]) => [name, cells[0]]).sort()).toEqual(values.sort());
  });

  it('has a unit, whom it binds and a word on each', () => {
    for (const [name, [, unit, binds, what]] of told) {
      expect(unit, name).not.toBe('');
      expect(binds, name).toMatch(/^(?:all|here)$/);
      expect(what?.length, name).toBeGreaterThan(10);
    }
  });

  it('names milliseconds, bytes and code points as the name does', () => {
    for (const [name, [, unit]] of told) {
      const named = /_(MS|BYTES|CODE_POINTS)(?:_MAX)?$/.exec(name)?.[1]?.toLowerCase().replace('_', ' ');
      if (named !== undefined) expect(unit, name).toBe(named);
    }
  });
});

describe('the tables of codes', () => {
  it.each([
    ['Faults', 'FaultCode'],
    ['Farewells', 'FarewellCode'],
  ])('%s has every %s, each with its meaning', (heading, type) => {
    const rows = rowsOf(sectionOf(page, heading));
    expect(rows.map(([code = '']) => quotedIn(code)).sort()).toEqual([...unionOf('pkg/wire/fault.ts', type)].sort());
    const source = textOf('pkg/wire/fault.ts');
    for (const [code = '', meaning] of rows) {
      expect(new RegExp(`'${quotedIn(code)}';? // (.*)`).exec(source)?.[1], code).toBe(meaning);
    }
  });
});

/** The fields of each `z.object({ type: z.literal('…') … })` of a file, but for `type`. */
function schemasIn(path: string): ReadonlyMap<string, readonly string[]> {
  const source = sourceOf(path);
  const schemas = source.nodes.flatMap((node) => {
    const type = /^\{\s*type: z\.literal\('([a-z-]+)'\)/.exec(codeOf(source, node))?.[1];
    if (node.type !== 'ObjectExpression' || type === undefined) return [];
    const ours = source.nodes.filter(({ type: kind, start, end }) => {
      return kind === 'Property' && start > node.start && end < node.end;
    });
    return [[type, ours.map((field) => codeOf(source, field).split(':')[0] ?? '').slice(1)] as const];
  });
  return new Map(schemas);
}

/** What the first cells of all tables name. */
function namesIn(text: string): string[] {
  return rowsOf(text).flatMap(([cell = '']) => [...cell.matchAll(/`([a-z-]+)`/g)].map((match) => match[1] ?? ''));
}

describe('the lines', () => {
  const schemas = schemasIn('pkg/wire/message.ts');
  const examplesOfLines = blocksOf(sectionOf(page, 'Lines'), 'json line').flatMap(({ code }) => code.split('\n'));

  it('are all there, each with its fields and an example', () => {
    const decoded = examplesOfLines.map((line) => [line, decodeMessage(line)] as const);
    for (const [line, message] of decoded) {
      expect(message, line).not.toHaveProperty('type', 'fault');
      expect(JSON.parse(line)).toEqual(message);
      const told = namesIn(sectionOf(page, `\`${message.type}\``));
      expect(told.sort(), message.type).toEqual([...(schemas.get(message.type) ?? [])].sort());
    }
    expect(decoded.map(([, { type }]) => type).sort()).toEqual([...schemas.keys()].sort());
  });

  it('of discovery have the fields of their table', () => {
    const rows = rowsOf(sectionOf(page, 'Discovery'));
    for (const [type, fields] of schemasIn('pkg/wire/announce.ts')) {
      const told = rows
        .filter(([, , where = '']) => where === 'all' || where.split(', ').includes(type))
        .map(([name = '']) => quotedIn(name));
      expect(told.sort(), type).toEqual(['type', ...fields].sort());
    }
  });

  it('of entries have the fields of the table', () => {
    const [run] = blocksOf(meeting, 'json run');
    const fields = rowsOf(sectionOf(page, '`chat` and `action`')).map(([name = '']) => quotedIn(name));
    expect(['type', ...fields]).toEqual(Object.keys(JSON.parse(run?.code ?? '{}')));
  });
});

describe('the examples', () => {
  it('are of the two keys that the page names', () => {
    const [publicKeys, peers] = rowsOf(meeting).slice(0, 2);
    expect(publicKeys?.slice(1).map(quotedIn)).toEqual(examples.map(({ raw }) => raw.toString('hex')));
    expect(peers?.slice(1).map(quotedIn)).toEqual(examples.map(({ peer }) => peer));
  });

  it('of datagrams are signed as the page says', () => {
    const lines = blocksOf(page, 'json datagram').flatMap(({ code }) => code.split('\n'));
    expect(lines.length).toBeGreaterThanOrEqual(4);
    for (const line of lines) {
      const datagram = decodeDatagram(Buffer.from(line));
      if (datagram.type === 'fault') throw new Error(`${line}: ${datagram.why}`);
      expect(datagram.signature, line).toBe(signatureOf(datagram.body.peer, 'announce', datagram.signed));
    }
  });

  it('of the bytes that are signed are those of the first datagram of the meeting', () => {
    const [datagram] = blocksOf(meeting, 'json datagram');
    const [bytes] = blocksOf(meeting, 'text');
    const read = decodeDatagram(Buffer.from(datagram?.code ?? ''));
    if (read.type === 'fault') throw new Error(read.why);
    expect(bytes?.code).toBe(signingBytes('announce', read.signed).toString());
  });

  it('of lines in the meeting are lines of the protocol', () => {
    const lines = blocksOf(meeting, 'json line');
    expect(lines.length).toBeGreaterThanOrEqual(6);
    for (const { code } of lines) expect(JSON.parse(code)).toEqual(decodeMessage(code));
  });

  it('of runs are signed, continue their feed, and have the hashes that the page tells', () => {
    const heads = new Map<PeerId, string>();
    const runs = blocksOf(meeting, 'json run');
    expect(runs.length).toBeGreaterThanOrEqual(3);
    for (const { code } of runs) {
      const run = parseRun(code);
      if (run.type === 'fault') throw new Error(`${code}: ${run.why}`);
      const signed = code.slice(0, code.lastIndexOf(',"sig":'));
      expect(code).toBe(sealed(signed, signatureOf(run.author, 'run', signed)));
      expect(run.prev).toBe(heads.get(run.author) ?? '');
      heads.set(run.author, hash('sha256', code, 'base64url'));
    }
    const hashes = runs.map(({ code }) => hash('sha256', code, 'base64url'));
    const told = [...meeting.matchAll(/hash is\s+`([^`]+)`/g)].map((match) => match[1]);
    expect(told.length).toBeGreaterThanOrEqual(2);
    for (const one of told) expect(hashes).toContain(one);
  });

  it('of circles are what the program computes', () => {
    const rows = rowsOf(sectionOf(page, 'Circles'));
    expect(rows.length).toBeGreaterThanOrEqual(2);
    for (const [peers = '', digest = ''] of rows) {
      const circle = new Circle();
      for (const [, peer = ''] of peers.matchAll(/`([a-z2-7]+)`/g)) if (isPeerId(peer)) circle.add(peer);
      expect(quotedIn(digest), peers).toBe(circle.digest());
    }
  });

  it('of digests are what the program computes', () => {
    const rows = rowsOf(sectionOf(page, 'Digests'));
    expect(rows.length).toBeGreaterThanOrEqual(4);
    for (const [heads = '', digest = ''] of rows) {
      const frontier = new Frontier();
      for (const [, author = '', sequence] of heads.matchAll(/`([a-z2-7]+)` (\d+)/g)) {
        if (isPeerId(author)) frontier.raise(author, Number(sequence));
      }
      expect(quotedIn(digest), heads).toBe(frontier.digest());
    }
  });
});
