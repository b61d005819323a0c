import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Identity } from '../../internal/crypto/identity.ts';
import { Names } from '../../internal/net/names.ts';
import { DIAL_ADDRESSES_MAX, DIAL_HEAD_START_MS } from '../../pkg/base/limits.ts';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';
import { Cable } from './cable.ts';
import { couple, Party } from './party.ts';

/** An endpoint at which nobody listens. */
async function deadEnd(): Promise<Endpoint> {
  const server = createServer().listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { address: '127.0.0.1', port: address.port };
}

describe('a dial', () => {
  it('to somebody else than expected fails before it has told them who dials', async () => {
    const alice = new Party();
    const bob = new Party();
    const to = await bob.listen();
    const dial = alice.dial(Identity.generate().peer, to);
    const failures = [{ at: to, why: 'wrong-key' }];
    expect(await alice.inbox.next('dial-failed')).toEqual({ type: 'dial-failed', dial, failures });
    await bob.inbox.told(': handshake-failed: the other side hung up');
    expect([...alice.inbox.all('link-opened'), ...bob.inbox.all('link-opened')]).toEqual([]);
  });

  it('that leads to oneself fails, whoever was meant', async () => {
    const party = new Party();
    const at = await party.listen();
    party.dial(Identity.generate().peer, at);
    party.dial(undefined, at);
    expect((await party.inbox.next('dial-failed')).failures).toEqual([{ at, why: 'self' }]);
    expect((await party.inbox.next('dial-failed', 1)).failures).toEqual([{ at, why: 'self' }]);
    await party.links.stop();
    expect(party.inbox.all('link-opened')).toEqual([]);
  });

  it('to nobody fails with the reason of the system', async () => {
    const { alice, bob } = await couple();
    await bob.links.stop();
    alice.dial(bob.peer, bob.endpoint);
    expect((await alice.inbox.next('dial-failed')).failures).toEqual([{ at: bob.endpoint, why: 'ECONNREFUSED' }]);
  });

  it('to somebody silent fails in time, and exactly once', async () => {
    const silent = await Cable.lay();
    const alice = new Party({ handshakeTimeoutMs: 50 });
    alice.dial(Identity.generate().peer, silent.endpoint);
    expect((await alice.inbox.next('dial-failed')).failures).toEqual([{ at: silent.endpoint, why: 'timeout' }]);
    await alice.links.stop();
    expect(alice.inbox.all('dial-failed')).toHaveLength(1);
    await silent.close();
  });

  it('to something else than us fails', async () => {
    const other = await Cable.lay({ answer: 'SSH-2.0-OpenSSH_9.9\r\n' });
    const alice = new Party();
    alice.dial(Identity.generate().peer, other.endpoint);
    const why = 'ERR_SSL_WRONG_VERSION_NUMBER';
    expect((await alice.inbox.next('dial-failed')).failures).toEqual([{ at: other.endpoint, why }]);
    await other.close();
  });

  it('to nowhere at all fails', async () => {
    const alice = new Party();
    alice.dial(undefined);
    expect((await alice.inbox.next('dial-failed')).failures).toEqual([]);
  });
});

describe('a dial to several endpoints', () => {
  it('goes on at once behind one that fails, and takes the first at which the right key is proven', async () => {
    const [alice, bob, carol] = [new Party(), new Party(), new Party()];
    const [dead, wrong, right] = [await deadEnd(), await carol.listen(), await bob.listen()];
    const begun = performance.now();
    const dial = alice.dial(bob.peer, dead, wrong, right);
    expect(await alice.inbox.next('link-opened')).toMatchObject({ peer: bob.peer, dial, from: right });
    expect(performance.now() - begun).toBeLessThan(2 * DIAL_HEAD_START_MS);
    await alice.links.stop();
    expect(alice.inbox.all('dial-failed')).toEqual([]);
    expect(alice.inbox.all('link-opened')).toHaveLength(1);
  });

  it('does not wait for one that is silent, and gives it up once another is there', async () => {
    const silent = await Cable.lay();
    const [alice, bob] = [new Party(), new Party()];
    const right = await bob.listen();
    const begun = performance.now();
    alice.dial(bob.peer, silent.endpoint, right);
    expect(await alice.inbox.next('link-opened')).toMatchObject({ from: right });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(DIAL_HEAD_START_MS - 2);
    await silent.close();
    expect(alice.inbox.all('dial-failed')).toEqual([]);
  });

  it('gives the first a head start: the second is not even tried where the first answers', async () => {
    const [alice, bob] = [new Party(), new Party()];
    const first = await bob.listen();
    let tried = 0;
    const second = createServer((socket) => {
      tried += 1;
      socket.destroy();
    }).listen({ port: 0, host: '127.0.0.1' });
    await once(second, 'listening');
    const address = second.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    alice.dial(bob.peer, first, { address: '127.0.0.1', port: address.port });
    expect(await alice.inbox.next('link-opened')).toMatchObject({ from: first });
    await alice.links.stop();
    await new Promise((resolve) => second.close(resolve));
    expect(tried).toBe(0);
  });

  it('tells of each what became of it when all fail', async () => {
    const silent = await Cable.lay();
    const alice = new Party({ handshakeTimeoutMs: 600 });
    const dead = await deadEnd();
    alice.dial(Identity.generate().peer, silent.endpoint, dead);
    expect((await alice.inbox.next('dial-failed')).failures).toEqual([
      { at: dead, why: 'ECONNREFUSED' },
      { at: silent.endpoint, why: 'timeout' },
    ]);
    await silent.close();
  });

  it(`tries ${DIAL_ADDRESSES_MAX} at most`, async () => {
    const alice = new Party();
    const dead = await deadEnd();
    alice.dial(undefined, ...Array.from({ length: DIAL_ADDRESSES_MAX + 4 }, () => dead));
    expect((await alice.inbox.next('dial-failed')).failures).toHaveLength(DIAL_ADDRESSES_MAX);
  });
});

describe('a dial to a host name', () => {
  it('reaches whoever is there, at the address that answers', async () => {
    const [alice, bob] = [new Party(), new Party()];
    const { port } = await bob.listen();
    const dial = alice.dial(undefined, { address: 'localhost', port });
    const from = { address: '127.0.0.1', port };
    expect(await alice.inbox.next('link-opened')).toMatchObject({ peer: bob.peer, dial, from });
  });

  it('tells of every address of the name when nobody answers', async () => {
    const alice = new Party();
    const { port } = await deadEnd();
    alice.dial(undefined, { address: 'localhost', port });
    const known = await lookup('localhost', { all: true });
    const { failures } = await alice.inbox.next('dial-failed');
    expect(failures.map(({ at }) => at.address).sort()).toEqual(known.map(({ address }) => address).sort());
  });

  it('that does not resolve fails with the reason of the system, and the others go on', async () => {
    const [alice, bob] = [new Party(), new Party()];
    // No name server is asked about a name with nothing between its dots.
    const nameless = { address: 'nobody..home', port: 8080 };
    alice.dial(undefined, nameless);
    const { failures } = await alice.inbox.next('dial-failed');
    expect(failures).toEqual([{ at: nameless, why: 'ENOTFOUND' }]);
    alice.dial(bob.peer, nameless, await bob.listen());
    expect(await alice.inbox.next('link-opened')).toMatchObject({ from: bob.endpoint });
  });

  it('is given up when the links stop, and told of', async () => {
    const alice = new Party();
    const at = { address: 'localhost', port: 9 };
    alice.dial(undefined, at);
    await alice.links.stop();
    expect(alice.inbox.all('dial-failed').map(({ failures }) => failures)).toEqual([[{ at, why: 'stopped' }]]);
  });

  it('that is being resolved when all is over is given up', async () => {
    const names = new Names();
    const asked = [names.resolve('localhost'), names.resolve('nobody..home'), names.resolve('somebody..home')];
    names.stop();
    const told = await Promise.allSettled(asked);
    expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  it('that looks like a flag is a name', async () => {
    await expect(new Names().resolve('--a..home')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('is resolved once for all who ask at the same time', async () => {
    const names = new Names();
    const [one, other] = [names.resolve('localhost'), names.resolve('localhost')];
    expect(other).toBe(one);
    expect(await one).toContain('127.0.0.1');
    expect(await names.resolve('fe80::1%lo')).toEqual(['fe80::1%lo']);
    const asked = ['a..home', 'b..home', 'c..home', 'd..home', 'localhost'].map((name) => names.resolve(name));
    const told = await Promise.allSettled(asked);
    expect(told.map(({ status }) => status)).toEqual([...Array(4).fill('rejected'), 'fulfilled']);
  });
});
