import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Identity } from '../../internal/crypto/identity.ts';
import { LINK_PROTOCOL } from '../../internal/net/credentials.ts';
import { HANDSHAKES_MAX } from '../../pkg/base/limits.ts';
import { Party } from './party.ts';
import { P256_CREDENTIALS } from './stranger.ts';

/** A TLS record of 512 bytes with a ClientHello of 508, of which 506 are still to come. */
const HELLO_BEGUN = Buffer.from('16030102000100' + '01fc0303', 'hex');

/** What a stranger's connection came to. */
interface Visit {
  readonly socket: Socket;
  readonly received: Promise<number>;
}

function visit({ port }: { readonly port: number }): Visit {
  return watched(connect({ host: '127.0.0.1', port }));
}

function visitWithTls({ port }: { readonly port: number }, options: ConnectionOptions): Visit & { socket: TLSSocket } {
  const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  return { ...watched(socket), socket };
}

/** Resolves with the count of bytes received once the connection is gone, in whatever way. */
function watched(socket: Socket): Visit {
  let bytes = 0;
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    bytes += chunk.length;
  });
  return { socket, received: new Promise((resolve) => socket.once('close', () => resolve(bytes))) };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function host(bounds: ConstructorParameters<typeof Party>[0] = {}): Promise<Party> {
  const party = new Party(bounds);
  await party.listen();
  return party;
}

/** That the port still serves those who keep to the rules. */
async function expectWelcome(bob: Party): Promise<void> {
  const alice = new Party();
  alice.dial(bob.peer, bob.endpoint);
  const opened = await alice.inbox.next('link-opened');
  await bob.inbox.next('link-opened');
  alice.links.send(opened.link, 'hello\n');
  expect(Buffer.from((await bob.inbox.next('bytes')).bytes).toString()).toBe('hello\n');
}

describe('a connection that does not prove who it is', () => {
  it('because it has no certificate is cut: no-identity', async () => {
    const bob = await host();
    const { socket, received } = visitWithTls(bob.endpoint, { ALPNProtocols: [LINK_PROTOCOL] });
    socket.write('{"type":"hello"}\n');
    expect(await received).toBe(0);
    expect(bob.inbox.troubles).toEqual([expect.stringMatching(/^cut 127\.0\.0\.1:\d+: no-identity: /)]);
    expect(bob.inbox.inputs).toEqual([]);
    await expectWelcome(bob);
  });

  it('because its certificate has no Ed25519 key is cut: no-identity', async () => {
    const bob = await host();
    await visitWithTls(bob.endpoint, { ...P256_CREDENTIALS, ALPNProtocols: [LINK_PROTOCOL] }).received;
    await bob.inbox.told(': no-identity: ');
    expect(bob.inbox.inputs).toEqual([]);
  });

  it('because it shows the certificate of somebody whose key it lacks is cut', async () => {
    const bob = await host();
    const { cert } = Identity.generate().credentials();
    const { key } = Identity.generate().credentials();
    expect(() => visitWithTls(bob.endpoint, { cert, key, ALPNProtocols: [LINK_PROTOCOL] })).toThrow('mismatch');
    expect(bob.inbox.inputs).toEqual([]);
  });

  it('because it is oneself is cut: self', async () => {
    const bob = await host();
    await visitWithTls(bob.endpoint, { ...bob.identity.credentials(), ALPNProtocols: [LINK_PROTOCOL] }).received;
    await bob.inbox.told(': self: ');
    expect(bob.inbox.inputs).toEqual([]);
  });

  it.each([
    ['no protocol', {}],
    ['another protocol', { ALPNProtocols: ['h2'] }],
    ['an old TLS', { ALPNProtocols: [LINK_PROTOCOL], maxVersion: 'TLSv1.2' as const }],
  ])('because it speaks %s is cut: handshake-failed', async (_what, options) => {
    const bob = await host();
    await visitWithTls(bob.endpoint, { ...Identity.generate().credentials(), ...options }).received;
    await bob.inbox.told(': handshake-failed: ');
    expect(bob.inbox.inputs).toEqual([]);
  });

  it('because it sends anything but TLS is cut', async () => {
    const bob = await host({ handshakeTimeoutMs: 100 });
    let visits = 0;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), async (bytes) => {
        const { socket, received } = visit(bob.endpoint);
        socket.write(bytes);
        await received;
        visits += 1;
        await bob.inbox.until(() => (bob.inbox.troubles.length === visits ? true : undefined));
      }),
      { numRuns: 25 },
    );
    // A few bytes may look like the beginning of a record, of which more could come.
    for (const trouble of bob.inbox.troubles) expect(trouble).toMatch(/: handshake-(failed|timeout): /);
    expect(bob.inbox.inputs).toEqual([]);
    await expectWelcome(bob);
  });

  it('because it speaks plainly is cut: handshake-failed', async () => {
    const bob = await host();
    const { socket, received } = visit(bob.endpoint);
    socket.write('{"type":"join","username":"mallory"}\n');
    await received;
    expect(bob.inbox.troubles).toEqual([expect.stringContaining(': handshake-failed: ERR_SSL_')]);
  });

  it('because it hangs up, resets or stops midway is cut: handshake-failed', async () => {
    const bob = await host();
    const silent = visit(bob.endpoint);
    await once(silent.socket, 'connect');
    silent.socket.end();
    await bob.inbox.until(() => bob.inbox.troubles[0]);
    const half = visit(bob.endpoint);
    half.socket.write(HELLO_BEGUN);
    while (bob.links.handshakes === 0) await turn();
    half.socket.resetAndDestroy();
    await bob.inbox.until(() => bob.inbox.troubles[1]);
    for (const trouble of bob.inbox.troubles) expect(trouble).toContain(': handshake-failed: ');
  });
});

describe('a silent connection', () => {
  it('is cut in time: handshake-timeout', async () => {
    const bob = await host({ handshakeTimeoutMs: 60 });
    const begun = performance.now();
    await visit(bob.endpoint).received;
    expect(performance.now() - begun).toBeGreaterThanOrEqual(58);
    expect(bob.inbox.troubles).toEqual([expect.stringMatching(/: handshake-timeout: nothing proven within 60 ms$/)]);
  });

  it('is cut in time even if it says one byte after the other', async () => {
    const bob = await host({ handshakeTimeoutMs: 60 });
    const { socket, received } = visit(bob.endpoint);
    socket.write(HELLO_BEGUN);
    const drip = setInterval(() => socket.write(Buffer.of(0)), 5);
    await received;
    clearInterval(drip);
    expect(bob.inbox.troubles).toEqual([expect.stringContaining(': handshake-timeout: ')]);
  });

  it('makes room for a newer one when there are too many: handshake-crowded', async () => {
    const bob = await host({ handshakesMax: 3 });
    const first = visit(bob.endpoint);
    await once(first.socket, 'connect');
    const others = Array.from({ length: 3 }, () => visit(bob.endpoint));
    await first.received;
    expect(bob.inbox.troubles).toEqual([expect.stringMatching(/: handshake-crowded: more than 3 at once$/)]);
    await expectWelcome(bob);
    for (const { socket } of others) socket.destroy();
  });

  it('costs nothing that lasts: a thousand at once leave memory flat and the door open', async () => {
    const bob = await host();
    await expectWelcome(bob);
    const before = process.memoryUsage().rss;
    const visits = Array.from({ length: 1_000 }, () => visit(bob.endpoint));
    await bob.inbox.until(() => (bob.inbox.troubles.length >= 1_000 - HANDSHAKES_MAX ? true : undefined));
    expect(bob.links.handshakes).toBeLessThanOrEqual(HANDSHAKES_MAX);
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
    const alice = new Party();
    alice.dial(bob.peer, bob.endpoint);
    await alice.inbox.next('link-opened');
    await bob.inbox.next('link-opened', 1);
    for (const { socket } of visits) socket.destroy();
  });
});

describe('what is proven once', () => {
  it('must be proven again: no session is resumed', async () => {
    const bob = await host();
    const credentials = { ...Identity.generate().credentials(), ALPNProtocols: [LINK_PROTOCOL] };
    const first = visitWithTls(bob.endpoint, credentials);
    const session = new Promise<Buffer>((resolve) => first.socket.once('session', resolve));
    const { link } = await bob.inbox.next('link-opened');
    bob.links.send(link, 'hello\n');
    const second = visitWithTls(bob.endpoint, { ...credentials, session: await session });
    await bob.inbox.next('link-opened', 1);
    expect(second.socket.isSessionReused()).toBe(false);
    for (const { socket } of [first, second]) socket.destroy();
  });
});
