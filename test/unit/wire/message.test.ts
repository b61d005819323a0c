import { describe, expect, it } from 'vitest';
import {
  COUNT_MAX,
  DIGESTS_PER_BEAT_MAX,
  HEADS_PER_LINE_MAX,
  LOST_LINKS_MAX,
  PEERS_PER_LINE_MAX,
  REASON_CHARS_MAX,
} from '../../../pkg/base/limits.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { type Control, decodeMessage, encodeMessage } from '../../../pkg/wire/message.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { GROUP } from '../speaker.ts';

const alice = toyPeerId('alice');
const HELLO = {
  type: 'hello',
  version: 1,
  instance: '0123456789abcdef',
  nick: 'alice',
  group: GROUP,
  port: 8080,
  lost: 0,
  software: 'p',
};
const BEAT = { type: 'beat', sent: 0, circle: '1.x', digests: [] };
const HAVE = { type: 'have', room: GENERAL, heads: [[alice, 1]] };
const WANT = { type: 'want', room: GENERAL, author: alice, from: 1, to: 2 };
const PEERS = {
  type: 'peers',
  peers: [
    {
      peer: alice,
      nick: 'alice',
      at: [
        ['10.0.0.7', 8080],
        ['fe80::1', 1],
      ],
    },
  ],
};
const VISIT = { type: 'visit', version: 1, group: '224.0.0.1:9999', instance: '0123456789abcdef', port: 8080 };
const VISITED = {
  ...VISIT,
  type: 'visited',
  nick: 'alice',
  software: 'p',
  time: 0,
  seen: '10.0.0.7:40000',
  heard: [],
  peers: 0,
};
const BYE = { type: 'bye', code: 'goodbye', reason: '' };

function codeOf(value: unknown): string {
  const message = decodeMessage(typeof value === 'string' ? value : JSON.stringify(value));
  return message.type === 'fault' ? message.code : message.type;
}

const heads = (count: number) => Array.from({ length: count }, () => [alice, 1]);
const told = (count: number) => Array.from({ length: count }, () => ({ peer: alice, nick: 'alice', at: [] }));
const digests = (count: number) => Array.from({ length: count }, () => [GENERAL, 'x']);

describe('a message', () => {
  it.each<[string, unknown]>([
    ['hello', HELLO],
    ['hello', { ...HELLO, lost: LOST_LINKS_MAX, port: 65_535, software: 'x'.repeat(64), more: 'ignored' }],
    ['beat', BEAT],
    ['beat', { ...BEAT, sent: COUNT_MAX, echo: COUNT_MAX, held: COUNT_MAX, digests: digests(DIGESTS_PER_BEAT_MAX) }],
    ['have', HAVE],
    ['have', { ...HAVE, heads: heads(HEADS_PER_LINE_MAX), whole: true }],
    ['want', { ...WANT, from: COUNT_MAX, to: 1 }],
    ['who', { type: 'who' }],
    ['peers', PEERS],
    ['peers', { ...PEERS, peers: told(PEERS_PER_LINE_MAX), whole: true }],
    ['nick', { type: 'nick', nick: 'bob' }],
    ['visit', VISIT],
    ['visited', VISITED],
    ['visited', { ...VISITED, heard: ['multicast', 'broadcast', 'ipv6', 'unicast'], peers: COUNT_MAX, version: 99 }],
    ['dialled-back', { type: 'dialled-back', ok: false, why: 'x'.repeat(REASON_CHARS_MAX) }],
    ['bye', BYE],
    ['bye', { ...BYE, code: 'unheard-of', reason: 'x'.repeat(REASON_CHARS_MAX) }],
  ])('%s within its bounds: %j', (type, value) => {
    expect(codeOf(value)).toBe(type);
  });

  it.each<[string, unknown]>([
    ['nothing', ''],
    ['no JSON', '{'],
    [
      'a name where an address is told',
      { ...PEERS, peers: [{ peer: alice, nick: 'alice', at: [['example.org', 80]] }] },
    ],
    [
      'a scope where an address is told',
      { ...PEERS, peers: [{ peer: alice, nick: 'alice', at: [['fe80::1%eth0', 80]] }] },
    ],
    ['more peers than fit a line', { ...PEERS, peers: told(PEERS_PER_LINE_MAX + 1) }],
    ['a hello of no network', { ...HELLO, group: 'everywhere' }],
    ['JSON that is no object', 'null'],
    ['a number', '42'],
    ['a list', [HELLO]],
    ['no type', { ...HELLO, type: undefined }],
    ['a type of no protocol', { ...HELLO, type: 'constructor' }],
    ['a type from the prototype', { ...HELLO, type: '__proto__' }],
    ['two objects', `${JSON.stringify(HELLO)}${JSON.stringify(HELLO)}`],
    ['deep nesting', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['an instance in capitals', { ...HELLO, instance: '0123456789ABCDEF' }],
    ['port 0', { ...HELLO, port: 0 }],
    ['a port too great', { ...HELLO, port: 65_536 }],
    ['lost below zero', { ...HELLO, lost: -1 }],
    ['lost too great', { ...HELLO, lost: LOST_LINKS_MAX + 1 }],
    ['a lost that is no whole number', { ...HELLO, lost: 0.5 }],
    ['software too long', { ...HELLO, software: 'x'.repeat(65) }],
    ['a nick with ESC', { ...HELLO, nick: 'a\u001b[31m' }],
    ['ticks below zero', { ...BEAT, sent: -1 }],
    ['ticks beyond the whole numbers', '{"type":"beat","sent":9007199254740992,"circle":"","digests":[]}'],
    ['ticks without end', '{"type":"beat","sent":1e999,"circle":"","digests":[]}'],
    ['a digest too long', { ...BEAT, digests: [[GENERAL, 'x'.repeat(33)]] }],
    ['digests too many', { ...BEAT, digests: digests(DIGESTS_PER_BEAT_MAX + 1) }],
    ['heads too many', { ...HAVE, heads: heads(HEADS_PER_LINE_MAX + 1) }],
    ['a head of 0', { ...HAVE, heads: [[alice, 0]] }],
    ['a head with four parts', { ...HAVE, heads: [[alice, 1, 1, 1]] }],
    ['a head that begins at 0', { ...HAVE, heads: [[alice, 1, 0]] }],
    ['a head of nobody', { ...HAVE, heads: [['__proto__', 1]] }],
    ['heads that are an object', { ...HAVE, heads: { length: 1 } }],
    ['a want from 0', { ...WANT, from: 0 }],
    ['a want beyond the whole numbers', { ...WANT, to: COUNT_MAX + 1 }],
    ['a room with capitals', { ...WANT, room: '#General' }],
    ['a visit of a network with too long a name', { ...VISIT, group: 'x'.repeat(65) }],
    ['a way that is none', { ...VISITED, heard: ['pigeon'] }],
    ['too many ways', { ...VISITED, heard: Array.from({ length: 5 }, () => 'ipv6') }],
    ['a bye with a code that is none', { ...BYE, code: 'Good Bye' }],
    ['a reason too long', { ...BYE, reason: 'x'.repeat(REASON_CHARS_MAX + 1) }],
  ])('%s is a bad line', (_, value) => {
    expect(codeOf(value)).toBe('bad-line');
  });

  it('says in a fault where it was wrong, and nothing of what was said', () => {
    const fault = decodeMessage(JSON.stringify({ ...HELLO, nick: 'a secret' }));
    expect(fault).toMatchObject({ type: 'fault', why: 'no message of the protocol: nick' });
  });

  it('cannot bring a prototype along', () => {
    const message = decodeMessage(`{"__proto__":{"polluted":true},${JSON.stringify(BYE).slice(1)}`);
    expect(message.type).toBe('bye');
    expect('polluted' in message).toBe(false);
  });

  it('is read back as it was written', () => {
    const said: Control = { type: 'have', room: GENERAL, heads: [[alice, 3]], whole: true };
    expect(decodeMessage(encodeMessage(said))).toEqual(said);
    expect(encodeMessage(said)).not.toContain('\n');
  });
});
