import { describe, expect, it } from 'vitest';
import { diagnose, RULES } from '../../../internal/doctor/diagnose.ts';
import type { Facts } from '../../../internal/doctor/facts.ts';
import {
  chosen,
  deafWays,
  failed,
  far,
  heard,
  heldEars,
  inOtherGroup,
  named,
  notBack,
  quiet,
  selfDial,
  shut,
  together,
  visit,
  visited,
  WIFI,
  waysThatFail,
} from './facts.ts';

const LOOPBACK = quiet().cards.filter(({ loopback }) => loopback);
const door = quiet().door;
const unheard = visit({ ...named, visited: visited({ heard: [] }) });

/** What is found out, and what is to be said of it: each beside the neighbours for which it is easily taken. */
const CASES: readonly (readonly [string, string, Facts, RegExp?])[] = [
  ['everything works', 'healthy', together(), /1 other found/],
  ['a clock is 3 h off', 'healthy', together({ visits: [visit({ clockAheadMs: 10_800_000 })] }), /3 h ahead.*harmless/],
  ['a clock is half a minute off', 'healthy', together({ visits: [visit({ clockAheadMs: 30_000 })] }), /reached\.$/],
  ['only broadcast gets through', 'healthy', together({ heard: [heard({ ways: ['broadcast'] })] }), /broadcast does/],
  [
    'somebody of last time is off',
    'healthy',
    together({ visits: [visit(), failed('EHOSTUNREACH', { ...far })] }),
    /1 of/,
  ],
  [
    'one is heard at two addresses, and one of them does not answer',
    'healthy',
    together({ heard: [heard(), heard({ at: far.at })], visits: [visit(), failed('timeout', far)] }),
    /reached\.$/,
  ],
  ['one of two speaks another version', 'healthy', together({ heard: [heard(), heard({ version: 2 })] }), /another/],
  ['garbage comes beside announces', 'healthy', together({ strangers: [{ address: '1.2.3.4', count: 3 }] }), /ignored/],
  ['the next port is used', 'healthy', together({ door: { ...door, port: 8081, holder: 'program' } }), /8081/],
  ['the own chat has the port', 'healthy', together({ door: { ...door, holder: 'own chat' } })],
  [
    'the own chat answers who dials back',
    'healthy',
    together({ visits: [visit({ back: { type: 'dialled-back', ok: false, why: 'wrong-key' } })] }),
  ],
  ['one of two who dial back does not get through', 'healthy', together({ visits: [visit(), notBack('timeout')] })],
  ['nobody is there', 'alone', quiet(), /works/],
  ['nobody but the own machine answers', 'alone', quiet({ heard: [heard({ local: true })] })],
  ['nobody is there, and a firewall runs', 'alone', quiet({ firewalls: ['ufw'] }), /ufw/],
  ['those of last time have left: their machine refuses', 'alone', quiet({ visits: [remembered('ECONNREFUSED')] })],
  ['no card', 'no-network', quiet({ cards: LOOPBACK, ways: [] }), /no network card/],
  ['the card is off', 'no-network', card('off'), /eth0 is switched off/],
  ['the cable is out', 'no-network', card('no carrier'), /unplugged/],
  ['no address came', 'no-network', card('on'), /no address/],
  ['the chosen card is off, another is on', 'wrong-interface', chosen({ ...card('off'), wanted: ['eth0'] }), /wlan0/],
  ['no card has that name', 'wrong-interface', quiet({ wanted: ['eth7'] }), /no network card eth7/],
  ['the loopback is chosen', 'wrong-interface', loopbackChosen(), /nothing but this machine/],
  ['the loopback is chosen, and somebody is on it', 'healthy', loopbackWith(), /1 other/],
  [
    'others are behind a card left out',
    'wrong-interface',
    chosen({ wanted: ['eth0'], heard: [heard({ chosen: false, card: 'wlan0' })] }),
    /network of wlan0/,
  ],
  [
    'who is known lies behind a card left out',
    'wrong-interface',
    chosen({ wanted: ['eth0'], visits: [failed('not tried', { ...far, otherCard: 'wlan0' })] }),
  ],
  [
    'the default route is by a card left out',
    'wrong-interface',
    chosen({ wanted: ['eth0'], defaultRoutes: [{ card: 'wlan0', gateway: '10.0.0.1' }] }),
  ],
  [
    'a card left out has the default route, but others are found',
    'healthy',
    { ...together(), ...chosen({ wanted: ['eth0'], heard: [heard()], visits: [visit()] }) },
  ],
  [
    'the port that was named is taken',
    'port-taken',
    quiet({ door: { ...door, ...shut('EADDRINUSE'), holder: 'program' } }),
  ],
  ['the port may not be had', 'port-taken', quiet({ door: { ...door, ...shut('EACCES') } }), /may not/],
  ['another program holds the discovery port', 'foreign-program', quiet({ ears: heldEars() }), /holds UDP port 9999/],
  [
    'strangers and nobody else',
    'foreign-program',
    quiet({ strangers: [{ address: '1.2.3.4', count: 1 }] }),
    /1\.2\.3\.4/,
  ],
  [
    'sending is forbidden',
    'multicast-not-leaving',
    together({ ways: waysThatFail('EPERM') }),
    /firewall on this machine/,
  ],
  ['sending has no route', 'multicast-not-leaving', quiet({ ways: waysThatFail('ENETUNREACH') }), /route/],
  [
    'broadcast alone is forbidden',
    'alone',
    quiet({ ways: [...quiet().ways.slice(0, 1), ...waysThatFail('EACCES').slice(1)] }),
  ],
  ['nobody hears us', 'multicast-not-leaving', together({ visits: [unheard] }), /nobody hears ours/],
  ['not even the own copy comes in', 'multicast-not-returning', quiet({ ways: deafWays }), /own/],
  ['we hear nobody who hears us', 'multicast-not-returning', quiet({ visits: [visit(named)] }), /Others hear/],
  ['unicast alone comes in', 'multicast-not-returning', together({ heard: [heard({ ways: ['unicast'] })] })],
  ['neither way', 'multicast-blocked', quiet({ visits: [unheard] }), /neither direction/],
  ['a router is between', 'two-networks', quiet({ visits: [{ ...unheard, ...far }] }), /behind a router/],
  [
    'all known are elsewhere and silent',
    'two-networks',
    quiet({ visits: [remembered('timeout', far)] }),
    /another network/,
  ],
  ['TCP does not come in', 'inbound-blocked', together({ visits: [notBack('timeout')] }), /8080/],
  ['not even we can dial us', 'inbound-blocked', quiet({ door: { ...door, selfDials: selfDial('timeout') } })],
  [
    'of the own addresses one is silent and one has just gone',
    'inbound-blocked',
    quiet({ door: { ...door, selfDials: [...selfDial('timeout'), ...selfDial('EADDRNOTAVAIL')] } }),
  ],
  ['an own address has just gone', 'alone', quiet({ door: { ...door, selfDials: selfDial('EADDRNOTAVAIL') } })],
  ['heard and silent', 'not-dialable', together({ visits: [failed('timeout')] }), /bob.*firewall on their/],
  ['heard and refusing', 'not-dialable', together({ visits: [failed('ECONNREFUSED', named)] }), /refused/],
  ['of two heard one can be dialled', 'healthy', together({ visits: [visit(), failed('timeout', { ...far })] })],
  ['nobody answers on the wire', 'isolation', quiet({ visits: [remembered('EHOSTUNREACH', { unanswered: true })] })],
  ['who was met on this wire does not answer', 'isolation', quiet({ visits: [remembered('timeout')] })],
  [
    'one does not answer on the wire, another one does',
    'alone',
    quiet({ visits: [remembered('EHOSTUNREACH', { unanswered: true }), remembered('ECONNREFUSED')] }),
  ],
  ['who was named refuses', 'unreachable', quiet({ visits: [failed('ECONNREFUSED', named)] }), /no p2pchat/],
  [
    'who was named has no address',
    'unreachable',
    quiet({ visits: [failed('ENOTFOUND', { ...named, ...far })] }),
    /no host/,
  ],
  [
    'one of two who were named does not answer',
    'unreachable',
    together({ visits: [visit(named), failed('timeout', { ...named, ...far, asked: '10.9.9.9:8080' })] }),
    /^10\.9\.9\.9:8080 cannot be reached: no answer/,
  ],
  [
    'one address of a name does not answer, and another one does',
    'healthy',
    together({
      visits: [visit({ ...named, asked: 'nas:8080' }), failed('timeout', { ...named, ...far, asked: 'nas:8080' })],
    }),
  ],
  [
    'something else answers who was named',
    'unreachable',
    together({ visits: [visit(), failed('ERR_SSL_WRONG_VERSION_NUMBER', { ...named, ...far })] }),
    /something else than p2pchat answers there/,
  ],
  [
    'who was named is in another group, and others are well',
    'other-group',
    together({ visits: [visit(), inOtherGroup()] }),
    /10\.9\.9\.9:8080 \(bob\) is in another chat/,
  ],
  [
    'who is heard has an address of another subnet',
    'two-networks',
    quiet({ heard: [heard({ at: far.at, card: undefined })], visits: [failed('ENETUNREACH', far)] }),
    /bob is on the same cable, but in another subnet.*10\.9\.9\.9.*192\.168\.1\.5/,
  ],
  ['all speak another version', 'other-version', quiet({ heard: [heard({ version: 99 })] }), /99/],
  ['all use another group', 'other-group', quiet({ heard: [heard({ group: '239.1.2.3:9999' })] }), /239\.1\.2\.3/],
];

describe('the diagnosis', () => {
  it.each(CASES.map(([what, verdict, facts, cause = /./]) => ({ what, verdict, facts, cause })))(
    'when $what is $verdict',
    ({ verdict, facts, cause }) => {
      const said = diagnose(facts);
      expect([said.verdict, said.cause]).toEqual([verdict, expect.stringMatching(cause)]);
      expect(said.fix).not.toBe('');
      expect(said.evidence.length).toBeGreaterThan(1);
    },
  );

  it('has a case for every rule', () => {
    const told = new Set(CASES.map(([, verdict]) => verdict));
    for (const { verdict } of RULES) expect(told).toContain(verdict);
  });
});

function remembered(failure: string, changes: object = {}) {
  return failed(failure, { source: 'remembered', ...changes });
}

function card(state: 'off' | 'no carrier' | 'on'): Facts {
  const [eth0] = quiet().cards;
  if (eth0 === undefined) throw new Error('no card');
  return quiet({ cards: [{ ...eth0, state, addresses: [] }, ...LOOPBACK], ways: [] });
}

/** eth0 is chosen, wlan0 is not. */
function loopbackChosen(): Facts {
  return quiet({ wanted: ['127.0.0.1'], cards: [...LOOPBACK, WIFI], ways: [] });
}

function loopbackWith(): Facts {
  const at = { address: '127.0.0.1', port: 8081 };
  return {
    ...loopbackChosen(),
    heard: [heard({ at, local: true, card: 'lo' })],
    visits: [visit({ at, local: true })],
  };
}
