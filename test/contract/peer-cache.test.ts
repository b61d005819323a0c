import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Identity } from '../../internal/crypto/identity.ts';
import { findFolders } from '../../internal/store/folders.ts';
import { isNewGroup, peerCachePath, readPeerCache, writePeerCache } from '../../internal/store/peer-cache.ts';
import { StoreError } from '../../internal/store/store-error.ts';
import {
  ENDPOINTS_CACHED_MAX,
  GROUPS_CACHED_MAX,
  PEER_CACHE_BYTES_MAX,
  PEERS_CACHED_MAX,
} from '../../pkg/base/limits.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { Acquaintance } from '../../pkg/mesh/acquaintance.ts';
import { scratchFolder } from './scratch.ts';

const GROUP = '224.0.0.1:9999';
const BOB: Acquaintance = {
  peer: Identity.generate().peer,
  at: [
    { address: '192.168.1.7', port: 8080 },
    { address: 'fe80::1%eth0', port: 8081 },
  ],
};
const CAROL: Acquaintance = { peer: Identity.generate().peer, at: [{ address: '2001:db8::7', port: 8080 }] };

function numbered(count: number, of: PeerId): Acquaintance[] {
  const at = { address: `fe80::${'1'.repeat(4)}:1111:1111:1111%enx001122334455`, port: 65_535 };
  return Array.from({ length: count }, () => ({ peer: of, at: Array(ENDPOINTS_CACHED_MAX + 1).fill(at) }));
}

describe('the file of acquaintances', () => {
  it('is one for each profile, among what may get lost', () => {
    const environment = { P2PCHAT_HOME: '/somewhere' };
    const folders = findFolders('Alice', { platform: 'linux', home: '/home/a', environment });
    expect(peerCachePath(folders)).toBe(join(folders.state, 'peers-alice.json'));
  });

  it('remembers those of each group, for its owner alone', () => {
    const path = join(scratchFolder(), 'state', 'peers-alice.json');
    expect(readPeerCache(path, GROUP)).toEqual([]);
    writePeerCache(path, GROUP, [BOB, CAROL]);
    writePeerCache(path, '239.1.2.3:9999', [CAROL]);
    expect(readPeerCache(path, GROUP)).toEqual([BOB, CAROL]);
    expect(readPeerCache(path, '239.1.2.3:9999')).toEqual([CAROL]);
    expect(readPeerCache(path, '239.1.2.4:9999')).toEqual([]);
    writePeerCache(path, GROUP, [BOB]);
    expect(readPeerCache(path, GROUP)).toEqual([BOB]);
    expect(readdirSync(join(path, '..'))).toEqual(['peers-alice.json']);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('tells whether a group is new to somebody who was in others', () => {
    const path = join(scratchFolder(), 'state', 'peers-alice.json');
    expect(isNewGroup(path, GROUP)).toBe(false);
    writePeerCache(path, GROUP, []);
    expect(isNewGroup(path, GROUP)).toBe(false);
    expect(isNewGroup(path, '239.1.2.3:9999')).toBe(true);
  });

  it.each([
    ['is cut off', '{"version":1,"groups":[{"group":"224'],
    ['is empty', ''],
    ['is of another version', JSON.stringify({ version: 2, groups: [] })],
    ['is of something else', '["bob"]'],
    ['names a peer that is none', JSON.stringify(cached({ peer: 'bob', at: [] }))],
    ['has a port that is none', JSON.stringify(cached({ ...BOB, at: [{ address: '10.0.0.1', port: 0 }] }))],
    ['drives a terminal', JSON.stringify(cached({ ...BOB, at: [{ address: '\u001b[2J', port: 80 }] }))],
    ['is endless', ' '.repeat(PEER_CACHE_BYTES_MAX + 1)],
  ])('that %s is ignored, and replaced', (_what, text) => {
    const path = join(scratchFolder(), 'peers-alice.json');
    writeFileSync(path, text);
    expect(readPeerCache(path, GROUP)).toEqual([]);
    writePeerCache(path, GROUP, [BOB]);
    expect(readPeerCache(path, GROUP)).toEqual([BOB]);
  });

  it('keeps no more than it can read again, and the groups used last', () => {
    const path = join(scratchFolder(), 'peers-alice.json');
    const group = (place: number) => `239.255.255.${100 + place}:65535`;
    for (let place = 0; place <= GROUPS_CACHED_MAX; place += 1) {
      writePeerCache(path, group(place), numbered(PEERS_CACHED_MAX + 1, BOB.peer));
    }
    expect(statSync(path).size).toBeLessThan(PEER_CACHE_BYTES_MAX);
    expect(readPeerCache(path, group(0))).toEqual([]);
    const kept = readPeerCache(path, group(1));
    expect(kept).toHaveLength(PEERS_CACHED_MAX);
    expect(kept[0]?.at).toHaveLength(ENDPOINTS_CACHED_MAX);
  });

  it('leaves out what it could not read again', () => {
    const path = join(scratchFolder(), 'peers-alice.json');
    const bad = { address: 'a'.repeat(500), port: 8080 };
    writePeerCache(path, GROUP, [{ peer: BOB.peer, at: [bad, ...BOB.at] }]);
    expect(readPeerCache(path, GROUP)).toEqual([BOB]);
  });

  it('that cannot be written says so, and leaves nothing beside it', () => {
    const folder = scratchFolder();
    const path = join(folder, 'peers-alice.json');
    mkdirSync(join(path, 'inside'), { recursive: true });
    expect(() => writePeerCache(path, GROUP, [BOB])).toThrow(StoreError);
    expect(readdirSync(folder)).toEqual(['peers-alice.json']);
    expect(() => readFileSync(path)).toThrow();
  });
});

function cached(acquaintance: { readonly peer: string; readonly at: Acquaintance['at'] }): unknown {
  return { version: 1, groups: [{ group: GROUP, peers: [acquaintance] }] };
}
