/**
 * Writes the vectors for other implementers: `node test/vectors/make.ts`. All of them come from two private keys that
 * anybody may know (RFC 8032 seeds of 32 bytes 0x01 and 0x02); they are never to be used.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Identity, signingBytes } from '../../internal/crypto/identity.ts';
import { hashText } from '../../internal/crypto/verifier.ts';
import { wallTime } from '../../pkg/base/units.ts';
import { ownTexts } from '../../pkg/discovery/own-datagrams.ts';
import { Frontier } from '../../pkg/feed/frontier.ts';
import { checkNick } from '../../pkg/identity/nick.ts';
import { keyFromPeerId, keyTag, type PeerId } from '../../pkg/identity/peer-id.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import type { SigningContext } from '../../pkg/peer/effect.ts';
import { composeRun, sealed, unsealed } from '../../pkg/wire/entry.ts';
import { isInstanceId, NO_RUN } from '../../pkg/wire/fields.ts';
import type { FeedEnd } from '../contract/author.ts';

const SEEDS = { alice: '01'.repeat(32), bob: '02'.repeat(32) };
/** PKCS#8 of an Ed25519 key up to its seed (RFC 8410). */
const PKCS8_PREFIX = '302e020100300506032b657004220420';
const INSTANCE = '0123456789abcdef';
const SAID_AT = wallTime(Date.UTC(2026, 0, 2, 3, 4, 5, 678));

/** What each file holds, by its name. */
export function vectors(): Readonly<Record<string, unknown>> {
  const [alice, bob] = [identityOf(SEEDS.alice), identityOf(SEEDS.bob)];
  return {
    'keys.json': Object.entries({ alice, bob }).map(([name, { peer }]) => ({
      name,
      seed: name === 'alice' ? SEEDS.alice : SEEDS.bob,
      publicKey: Buffer.from(keyFromPeerId(peer)).toString('hex'),
      peer,
      tag: keyTag(peer),
    })),
    'datagrams.json': datagrams(alice),
    'runs.json': runs(alice),
    'digests.json': digests(alice.peer, bob.peer),
    'nicks.json': nicks(),
  };
}

function identityOf(seed: string): Identity {
  const folder = mkdtempSync(join(tmpdir(), 'p2pchat-vectors-'));
  try {
    const der = Buffer.from(`${PKCS8_PREFIX}${seed}`, 'hex').toString('base64');
    const path = join(folder, 'identity.pem');
    writeFileSync(path, `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`, { mode: 0o600 });
    const identity = Identity.load(path);
    if (identity === undefined) throw new Error('no key');
    return identity;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function signed(identity: Identity, context: SigningContext, text: string) {
  const signature = identity.sign(context, text);
  const whole = sealed(text, signature);
  return { signedBytes: signingBytes(context, text).toString('hex'), signature, text: whole };
}

function datagrams(alice: Identity) {
  const { peer } = alice;
  const nick = checkNick('älice');
  if (nick.type === 'wrong' || !isInstanceId(INSTANCE)) throw new Error('no announce');
  const self = { peer, instance: INSTANCE, group: '224.0.0.1:9999', nick: nick.nick, port: 8080 };
  const names = { answering: 'an announce', asking: 'an announce that asks', leaving: 'a leave' };
  const { instance, group, port } = self;
  const probe = { type: 'probe', version: 1, peer, instance, group, port, way: 'broadcast', pad: '.'.repeat(32) };
  return [
    ...ownTexts(self).map(([which, text]) => ({ name: names[which], ...signed(alice, 'announce', text) })),
    { name: 'a probe', ...signed(alice, 'announce', unsealed(probe)) },
  ];
}

function runs(alice: Identity) {
  const said: readonly (readonly string[])[] = [
    ['Hello everyone!'],
    ['three', 'lines', 'at once'],
    ['"quoted" \\ \u0007 \u2028 é 🦊 \ud800'],
  ];
  let end: FeedEnd = { sequence: 0, clock: 0, hash: NO_RUN };
  return said.map((contents) => {
    const sender = checkNick('alice');
    if (sender.type === 'wrong') throw new Error(sender.why);
    const head = {
      room: GENERAL,
      author: alice.peer,
      sequence: end.sequence + 1,
      clock: end.clock + 1,
      prev: end.hash,
    };
    const utterances = contents.map((content) => ({
      kind: 'chat' as const,
      sender: sender.nick,
      content,
      saidAt: SAID_AT,
    }));
    const run = signed(alice, 'run', composeRun(head, utterances).text);
    end = {
      sequence: end.sequence + contents.length,
      clock: end.clock + contents.length,
      hash: hashText(run.text),
    };
    return { contents, ...run, hash: end.hash };
  });
}

function digests(alice: PeerId, bob: PeerId) {
  const frontiers: readonly (readonly (readonly [PeerId, number])[])[] = [
    [],
    [[alice, 1]],
    [[bob, 1]],
    [
      [alice, 42],
      [bob, 7],
    ],
    [
      [alice, 2 ** 32 + 1],
      [bob, Number.MAX_SAFE_INTEGER],
    ],
  ];
  return frontiers.map((heads) => {
    const frontier = new Frontier();
    for (const [author, sequence] of heads) frontier.raise(author, sequence);
    return { heads, digest: frontier.digest() };
  });
}

function nicks() {
  const names = [
    'alice',
    '李雷',
    '🦊',
    'e\u0301mile',
    '',
    ' ',
    'a b',
    'a~b',
    '#room',
    '-x',
    'a\u200bb',
    'a\u202eb',
    'x'.repeat(25),
  ];
  return names.map((text) => ({ text, ...checkNick(text) }));
}

if (import.meta.main) {
  for (const [name, value] of Object.entries(vectors())) {
    writeFileSync(new URL(name, import.meta.url), `${JSON.stringify(value, undefined, 2)}\n`);
  }
}
