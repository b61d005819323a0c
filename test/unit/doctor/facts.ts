/** Facts of a machine that is well, and how they differ where something is wrong. */
import type { Facts, HeardFact, VisitFact } from '../../../internal/doctor/facts.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { instanceOf } from '../discovery/ear.ts';
import { nickOf } from '../speaker.ts';

const GROUP = '224.0.0.1:9999';
const OWN = { name: 'eth0', address: '192.168.1.5', netmask: '255.255.255.0' };
const ETH0 = { name: 'eth0', addresses: [OWN], state: 'on', loopback: false, chosen: true } as const;
const LO = {
  name: 'lo',
  addresses: [{ name: 'lo', address: '127.0.0.1', netmask: '255.0.0.0' }],
  state: 'on',
  loopback: true,
  chosen: true,
} as const;
export const WIFI = {
  name: 'wlan0',
  addresses: [{ name: 'wlan0', address: '10.0.0.5', netmask: '255.255.255.0' }],
  state: 'on',
  loopback: false,
  chosen: false,
} as const;

const way = (kind: 'multicast' | 'broadcast') =>
  ({ card: 'eth0', address: OWN.address, way: kind, failure: undefined, echoed: true }) as const;

/** Nobody else is there. */
export function quiet(changes: Partial<Facts> = {}): Facts {
  return {
    platform: 'linux',
    group: GROUP,
    version: 1,
    cards: [ETH0, LO],
    wanted: [],
    defaultRoutes: [{ card: 'eth0', gateway: '192.168.1.1' }],
    neighbours: ['192.168.1.1'],
    ears: [
      { way: 'multicast', failure: undefined },
      { way: 'broadcast', failure: undefined },
    ],
    ways: [way('multicast'), way('broadcast')],
    heard: [],
    strangers: [],
    door: {
      wanted: 8080,
      named: false,
      port: 8080,
      holder: 'us',
      failure: undefined,
      selfDials: [{ address: OWN.address, failure: undefined }],
    },
    visits: [],
    firewalls: [],
    nft: undefined,
    ...changes,
  };
}

/** Bob is heard and visited, and everything works. */
export function together(changes: Partial<Facts> = {}): Facts {
  return quiet({ heard: [heard()], visits: [visit()], ...changes });
}

export function heard(changes: Partial<HeardFact> = {}): HeardFact {
  return {
    peer: toyPeerId('bob'),
    nick: 'bob',
    at: { address: '192.168.1.7', port: 8080 },
    ways: ['unicast', 'multicast'],
    version: 1,
    group: GROUP,
    local: false,
    card: 'eth0',
    chosen: true,
    ...changes,
  };
}

export function visit(changes: Partial<VisitFact> = {}): VisitFact {
  return {
    source: 'heard',
    asked: undefined,
    peer: toyPeerId('bob'),
    at: { address: '192.168.1.7', port: 8080 },
    local: false,
    onLink: true,
    otherCard: undefined,
    failure: undefined,
    unanswered: false,
    visited: visited(),
    back: { type: 'dialled-back', ok: true, why: '' },
    refused: undefined,
    clockAheadMs: 3,
    ...changes,
  };
}

export function visited(changes: Partial<NonNullable<VisitFact['visited']>> = {}): NonNullable<VisitFact['visited']> {
  return {
    type: 'visited',
    version: 1,
    group: GROUP,
    instance: instanceOf(2),
    nick: nickOf('bob'),
    port: 8080,
    software: 'p2pchat/0.1.0',
    time: 0,
    seen: '192.168.1.5:40000',
    heard: ['multicast', 'broadcast'],
    peers: 1,
    ...changes,
  };
}

/** Nobody was there. */
export function failed(failure: string, changes: Partial<VisitFact> = {}): VisitFact {
  return visit({ failure, peer: undefined, visited: undefined, back: undefined, clockAheadMs: undefined, ...changes });
}

export function heldEars(): Facts['ears'] {
  return quiet().ears.map((ear) => ({ ...ear, failure: 'EADDRINUSE' }));
}

export function waysThatFail(failure: string): Facts['ways'] {
  return quiet().ways.map((way) => ({ ...way, failure, echoed: false }));
}

export function selfDial(failure: string) {
  return [{ address: '192.168.1.5', failure }];
}

export function shut(failure: string) {
  return { named: true, port: undefined, failure } as const;
}

export const deafWays = quiet().ways.map((way) => ({ ...way, echoed: false }));
export const named = { source: 'named' } as const;
export const far = { at: { address: '10.9.9.9', port: 8080 }, onLink: false } as const;

export function inOtherGroup() {
  return visit({ ...named, ...far, peer: toyPeerId('carol'), visited: visited({ group: '239.5.5.5:5555' }) });
}

export function notBack(why: string) {
  return visit({ back: { type: 'dialled-back', ok: false, why } });
}

export function chosen(changes: Partial<Facts>): Facts {
  const { cards, ...others } = quiet(changes);
  return { ...others, cards: [...cards.filter(({ loopback }) => !loopback), WIFI] };
}
