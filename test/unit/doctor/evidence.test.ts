import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../internal/doctor/diagnose.ts';
import { evidenceInShort } from '../../../internal/doctor/evidence.ts';
import { look } from '../../../internal/doctor/picture.ts';
import { failed, heard, together, visit } from './facts.ts';

const named = { source: 'named' } as const;
const far = { at: { address: '10.9.9.9', port: 8080 }, onLink: false } as const;

describe('the evidence', () => {
  it('tells of a card that is not there beside one that is', () => {
    const { verdict, evidence } = diagnose(together({ wanted: ['eth0', 'nix'] }));
    expect(verdict).toBe('healthy');
    expect(evidence.join('\n')).toContain('no card nix');
  });

  it('has one line for each peer in short', () => {
    const other = { at: { address: 'fe80::7%eth0', port: 8080 } };
    const facts = together({
      heard: [heard(), heard(other)],
      visits: [failed('timeout', other), visit({ source: 'linked' }), failed('ECONNREFUSED', { ...named, ...far })],
    });
    const lines = evidenceInShort(look(facts)).join('\n');
    expect(lines.match(/bob/g)).toHaveLength(1);
    expect(lines).toMatch(/linked bob at 192\.168\.1\.7:8080: can be dialled/);
    expect(lines).toMatch(/named, at 10\.9\.9\.9:8080: cannot be dialled: nothing listens there/);
  });
});
