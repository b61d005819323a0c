import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hashText, Verifier } from '../../internal/crypto/verifier.ts';
import { isPeerId } from '../../pkg/identity/peer-id.ts';
import { decodeDatagram } from '../../pkg/wire/announce.ts';
import { parseRun } from '../../pkg/wire/run.ts';
import { vectors } from './make.ts';

const made = Object.entries(vectors());

function kept(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
}

function listed(name: string): readonly Readonly<Record<string, string>>[] {
  const value = kept(name);
  return Array.isArray(value) ? value : [];
}

describe('the vectors for other implementers', () => {
  it.each(made)('%s is what this program makes, byte for byte', (name, value) => {
    expect(kept(name)).toEqual(JSON.parse(JSON.stringify(value)));
  });

  it('hold datagrams whose signatures verify', async () => {
    const datagrams = listed('datagrams.json');
    expect(datagrams).toHaveLength(4);
    for (const { text = '' } of datagrams) {
      const datagram = decodeDatagram(new TextEncoder().encode(text));
      if (datagram.type === 'fault') throw new Error(datagram.why);
      const { body, signed, signature } = datagram;
      expect(await new Verifier().verify(body.peer, 'announce', signed, signature)).toBe(true);
      expect(await new Verifier().verify(body.peer, 'run', signed, signature), 'for another purpose').toBe(false);
    }
  });

  it('hold runs that follow on each other', async () => {
    const runs = listed('runs.json');
    expect(runs).toHaveLength(3);
    let prev = '';
    for (const { text = '', hash, signature = '' } of runs) {
      const run = parseRun(text);
      if (run.type === 'fault') throw new Error(run.why);
      expect(run.prev).toBe(prev);
      prev = hashText(text);
      expect(prev).toBe(hash);
      const signed = text.slice(0, text.lastIndexOf(',"sig":'));
      expect(isPeerId(run.author) && (await new Verifier().verify(run.author, 'run', signed, signature))).toBe(true);
    }
  });
});
