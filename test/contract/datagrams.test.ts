import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { Datagrams } from '../../internal/net/datagrams.ts';
import { type Card, chooseInterfaces } from '../../internal/net/interfaces.ts';
import type { Input } from '../../pkg/peer/input.ts';
import { Inbox } from './inbox.ts';

const LOOPBACK = chooseInterfaces(['127.0.0.1']);
/** Documentation addresses (RFC 5737): no card of ours, so nothing can be bound or sent there. */
const ABSENT: Card = { name: 'absent0', address: '192.0.2.1', netmask: '255.255.255.0' };
const GROUP = '239.255.77.77';

const opened: Datagrams[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((datagrams) => datagrams.close()));
});

/** A group port of this test's own, so that tests at the same time do not hear each other. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind({ port: 0, address: '127.0.0.1' });
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => {
    socket.close(() => resolve());
  });
  return port;
}

/** A socket of nobody's that sends to groups on the loopback. */
async function multicaster(): Promise<Socket> {
  const socket = createSocket('udp4').bind({ port: 0, address: '127.0.0.1' });
  await once(socket, 'listening');
  socket.setMulticastInterface('127.0.0.1');
  return socket;
}

interface Station {
  readonly datagrams: Datagrams;
  readonly inbox: Inbox;
}

async function station(port: number, options: { interfaces?: readonly Card[]; group?: string } = {}): Promise<Station> {
  const inbox = new Inbox();
  const { interfaces = LOOPBACK, group = GROUP } = options;
  const { deliver, trouble } = inbox;
  const datagrams = new Datagrams({ group, port, choosy: true, deliver, trouble });
  opened.push(datagrams);
  await datagrams.use(interfaces);
  return { datagrams, inbox };
}

type Datagram = Extract<Input, { readonly type: 'datagram' }>;

/** The first datagram with this text, when it has come. */
function hears({ inbox }: Station, text: string): Promise<Datagram> {
  return inbox.until(() => inbox.all('datagram').find((input) => textOf(input) === text));
}

function textOf({ bytes }: Datagram): string {
  return Buffer.from(bytes).toString();
}

function texts({ inbox }: Station): string[] {
  return inbox.all('datagram').map(textOf);
}

describe('datagrams on the loopback', () => {
  it.each([GROUP, '224.0.0.1'])('sent to the group %s reach everybody on the port, oneself included', async (group) => {
    const port = await freePort();
    const stations = [await station(port, { group }), await station(port, { group }), await station(port, { group })];
    stations[0]?.datagrams.send('group', 'grüß euch');
    for (const each of stations) {
      expect((await hears(each, 'grüß euch')).from.address).toBe('127.0.0.1');
      expect(texts(each)).toEqual(['grüß euch']);
      expect(each.inbox.troubles).toEqual([]);
    }
  });

  it('are answered directly: of three who share the port, only the one asked hears it', async () => {
    const port = await freePort();
    const [alice, bob, carol] = [await station(port), await station(port), await station(port)];
    for (const [name, asker] of [
      ['alice', alice],
      ['bob', bob],
      ['carol', carol],
    ] as const) {
      asker.datagrams.send('group', `${name}?`);
      const { from } = await hears(bob, `${name}?`);
      expect(from.port).not.toBe(port);
      bob.datagrams.send(from, `hello ${name}`);
      expect((await hears(asker, `hello ${name}`)).from.address).toBe('127.0.0.1');
    }
    // What is sent last comes last: by then a stray answer would have come too.
    carol.datagrams.send('group', 'end');
    for (const each of [alice, bob, carol]) await hears(each, 'end');
    expect(texts(alice)).toEqual(['alice?', 'hello alice', 'bob?', 'carol?', 'end']);
    expect(texts(carol)).toEqual(['alice?', 'bob?', 'carol?', 'hello carol', 'end']);
  });

  it('stay in their group and port', async () => {
    const [port, otherPort] = [await freePort(), await freePort()];
    const [alice, bob] = [await station(port), await station(otherPort)];
    alice.datagrams.send('group', 'for alice');
    bob.datagrams.send('group', 'for bob');
    await Promise.all([hears(alice, 'for alice'), hears(bob, 'for bob')]);
    expect(texts(alice)).toEqual(['for alice']);
    expect(texts(bob)).toEqual(['for bob']);
  });

  it('of any bytes are delivered as they came', async () => {
    const port = await freePort();
    const alice = await station(port);
    const stranger = await multicaster();
    const bytes = Uint8Array.from({ length: 2_000 }, (_, place) => place % 256);
    stranger.send(bytes, port, GROUP);
    stranger.send(new Uint8Array(), port, GROUP);
    await alice.inbox.next('datagram', 1);
    stranger.close();
    expect(alice.inbox.all('datagram').map((input) => [...input.bytes])).toEqual([[...bytes], []]);
  });

  it.runIf(process.platform === 'linux')(
    'sent to the port of the group, but not to the group, are not heard',
    async () => {
      const port = await freePort();
      const [alice, bob] = [await station(port), await station(port)];
      alice.datagrams.send({ address: '127.0.0.1', port }, 'past the group');
      alice.datagrams.send('group', 'end');
      await Promise.all([hears(alice, 'end'), hears(bob, 'end')]);
      expect([texts(alice), texts(bob)]).toEqual([['end'], ['end']]);
    },
  );

  it('leave before the port closes, and nothing is delivered after', async () => {
    const port = await freePort();
    const [alice, bob] = [await station(port), await station(port)];
    alice.datagrams.send('group', 'leaving');
    const closed = alice.datagrams.close();
    await hears(bob, 'leaving');
    await closed;
    alice.datagrams.send('group', 'gone');
    bob.datagrams.send('group', 'still here');
    await hears(bob, 'still here');
    expect(texts(bob)).toEqual(['leaving', 'still here']);
    expect(texts(alice)).toEqual([]);
  });
});

describe('a card that fails', () => {
  it('is told of and the others go on', async () => {
    const port = await freePort();
    const alice = await station(port, { interfaces: [ABSENT, ...LOOPBACK] });
    expect(alice.inbox.troubles).toEqual([
      expect.stringMatching(/^cannot join 239\.255\.77\.77 on absent0 192\.0\.2\.1: /),
      expect.stringMatching(/^cannot send on absent0 192\.0\.2\.1: /),
    ]);
    alice.datagrams.send('group', 'hello');
    await hears(alice, 'hello');
  });

  it('being the only one leaves a port that does nothing and harms nothing', async () => {
    const port = await freePort();
    const alice = await station(port, { interfaces: [ABSENT] });
    alice.datagrams.send('group', 'hello');
    alice.datagrams.send({ address: '127.0.0.1', port }, 'hello');
    expect(alice.inbox.troubles.at(-1)).toBe(`no interface to send to 127.0.0.1:${port}`);
    await alice.datagrams.close();
    expect(alice.inbox.inputs).toEqual([]);
  });

  it('to send to an address that cannot be reached is told of', async () => {
    const alice = await station(await freePort());
    alice.datagrams.send({ address: '192.0.2.7', port: 9 }, 'hello');
    await alice.inbox.told('cannot send to 192.0.2.7:9 on lo 127.0.0.1: ');
    alice.datagrams.send({ address: '127.0.0.1', port: 0 }, 'hello');
    await alice.inbox.told('cannot send to 127.0.0.1:0');
  });

  it('because another program has the port to itself still lets us send, and is heard on once that has gone', async () => {
    const port = await freePort();
    const selfish = createSocket('udp4').bind({ port, address: '0.0.0.0' });
    await once(selfish, 'listening');
    const alice = await station(port);
    const ear = `listen for ${GROUP}:${port}`;
    expect(alice.inbox.troubles).toEqual([`cannot ${ear}: EADDRINUSE`]);
    expect(alice.datagrams.failures.get(ear)).toBe('EADDRINUSE');
    const heard = once(selfish, 'message');
    alice.datagrams.send({ address: '127.0.0.1', port }, 'hello');
    expect(String((await heard)[0])).toBe('hello');
    expect(await alice.datagrams.use(LOOPBACK)).toBe(false);
    expect(alice.inbox.troubles).toHaveLength(1);
    await new Promise<void>((resolve) => {
      selfish.close(() => resolve());
    });
    expect(await alice.datagrams.use(LOOPBACK)).toBe(true);
    expect(alice.datagrams.failures.size).toBe(0);
    alice.datagrams.send('group', 'at last');
    await hears(alice, 'at last');
  });
});

describe('cards at run time', () => {
  it('are taken up when they come, and nothing opens twice', async () => {
    const port = await freePort();
    const [alice, bob] = [await station(port, { interfaces: [] }), await station(port)];
    alice.datagrams.send('group', 'nobody hears this');
    expect(await alice.datagrams.use(LOOPBACK)).toBe(true);
    expect(await alice.datagrams.use(LOOPBACK)).toBe(false);
    alice.datagrams.send('group', 'here I am');
    await Promise.all([hears(alice, 'here I am'), hears(bob, 'here I am')]);
    expect(texts(bob)).toEqual(['here I am']);
    expect(alice.inbox.troubles).toEqual([]);
  });

  it('are let go when they go, and taken up again when they are back', async () => {
    const port = await freePort();
    const [alice, bob] = [await station(port), await station(port)];
    expect(await alice.datagrams.use([])).toBe(false);
    alice.datagrams.send('group', 'nobody hears this');
    bob.datagrams.send('group', 'alice does not hear this');
    await hears(bob, 'alice does not hear this');
    expect(await alice.datagrams.use(LOOPBACK)).toBe(true);
    bob.datagrams.send('group', 'but this');
    await hears(alice, 'but this');
    alice.datagrams.send('group', 'and answers');
    await hears(bob, 'and answers');
    expect([texts(alice)[0], texts(bob)]).toEqual([
      'but this',
      ['alice does not hear this', 'but this', 'and answers'],
    ]);
    expect(alice.inbox.troubles).toEqual([]);
  });

  it('are another one under the same address when their hardware is', async () => {
    const port = await freePort();
    const alice = await station(port);
    expect(await alice.datagrams.use(LOOPBACK.map((card) => ({ ...card, hardware: 'another' })))).toBe(true);
    alice.datagrams.send('group', 'same again');
    await hears(alice, 'same again');
    expect(alice.inbox.troubles).toEqual([]);
  });
});
