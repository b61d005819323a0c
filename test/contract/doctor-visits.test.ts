import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Identity } from '../../internal/crypto/identity.ts';
import { Visits } from '../../internal/doctor/visits.ts';
import { Credentials } from '../../internal/net/credentials.ts';
import { isInstanceId } from '../../pkg/wire/fields.ts';

const LO = { name: 'lo', address: '127.0.0.1', netmask: '255.0.0.0' };
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** Somebody who hangs up on everybody, and how often it was dialled. */
async function somebody(): Promise<{ readonly port: number; dialled: number }> {
  const found = { port: 0, dialled: 0 };
  const server = createServer((socket) => {
    found.dialled += 1;
    socket.on('error', () => socket.destroy());
    socket.destroy();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return Object.assign(found, { port: typeof address === 'object' ? (address?.port ?? 0) : 0 });
}

describe('the visits of an examination', () => {
  it('go to whom the person named, and to those who are linked or were met, however many others were heard before', async () => {
    const instance = '00000000000000d1';
    if (!isInstanceId(instance)) throw new Error('no instance');
    const heard = await somebody();
    const known = [await somebody(), await somebody(), await somebody()];
    const visits = new Visits({
      credentials: new Credentials(Identity.generate()),
      group: '239.1.2.3:9999',
      instance,
      port: 8080,
      chosen: [LO],
      others: [],
      routes: [],
      limited: true,
      signal: new AbortController().signal,
    });
    const loopback = (place: number) => `127.0.1.${place}`;
    for (let place = 1; place <= 100; place += 1) visits.add('heard', { address: loopback(place), port: heard.port });
    const [named, linked, remembered] = known.map(({ port }) => ({ address: LO.address, port }));
    if (named === undefined || linked === undefined || remembered === undefined) throw new Error('nobody');
    visits.add('linked', linked);
    visits.add('named', named);
    visits.add('remembered', remembered);
    await visits.rest();
    expect(known.map(({ dialled }) => dialled)).toEqual([1, 1, 1]);
    expect(visits.facts(new Map()).filter(({ source }) => source === 'heard')).toHaveLength(12);
    await visits.close();
  });
});
