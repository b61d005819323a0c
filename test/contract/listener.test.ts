import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { readMachine } from '../../internal/net/interfaces.ts';
import { EVERY_ADDRESS, Listener, type ListenerOptions } from '../../internal/net/listener.ts';
import { NetworkError } from '../../internal/net/network-error.ts';

const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

/** A port on which nobody listens, nor on the `others` after it. */
async function freePort(others = 0): Promise<number> {
  for (;;) {
    const base = await holdPort(0);
    await endings.pop()?.();
    const ports = Array.from({ length: others }, (_, place) => base + 1 + place);
    try {
      for (const port of ports) await holdPort(port);
      for (const _ of ports) await endings.pop()?.();
      return base;
    } catch {
      // Somebody has one of them: try elsewhere.
    }
  }
}

async function holdPort(port: number, host = '127.0.0.1'): Promise<number> {
  const server = createServer().listen({ port, host });
  await once(server, 'listening');
  endings.push(() => new Promise((resolve) => server.close(resolve)));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function open(options: Partial<ListenerOptions> & { port: number }): Promise<Listener> {
  const listener = await Listener.open({
    addresses: ['127.0.0.1'],
    named: false,
    accept: (raw) => raw.end('welcome'),
    trouble: () => {},
    ...options,
  });
  endings.push(() => listener.close());
  return listener;
}

async function failureOf(opening: Promise<Listener>): Promise<NetworkError> {
  const error: unknown = await opening.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (error instanceof NetworkError) return error;
  throw new Error('it did not fail with a NetworkError');
}

async function greeting(address: string, port: number): Promise<string> {
  const socket = connect({ host: address, port });
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString();
  });
  await once(socket, 'close');
  return text;
}

describe('listening', () => {
  it('takes the port when it is free', async () => {
    const port = await freePort();
    expect((await open({ port, named: true })).port).toBe(port);
    expect(await greeting('127.0.0.1', port)).toBe('welcome');
  });

  it('takes the next free port when the first is in use', async () => {
    const port = await freePort(2);
    await holdPort(port);
    await holdPort(port + 1);
    expect((await open({ port })).port).toBe(port + 2);
  });

  it('takes one port for all addresses, free on each', async () => {
    const port = await freePort(1);
    await holdPort(port, '127.0.0.2');
    const listener = await open({ port, addresses: ['127.0.0.1', '127.0.0.2'] });
    expect(listener.port).toBe(port + 1);
    expect(await greeting('127.0.0.1', port + 1)).toBe('welcome');
    expect(await greeting('127.0.0.2', port + 1)).toBe('welcome');
    await expect(greeting('127.0.0.1', port)).rejects.toThrow('ECONNREFUSED');
  });

  it('refuses a named port that is in use, and says what to do', async () => {
    const port = await freePort();
    await holdPort(port);
    const failure = await failureOf(open({ port, named: true }));
    expect(failure.code).toBe('port-in-use');
    expect(failure.message).toContain(`port ${port} is in use`);
    expect(failure.message).toContain('name another one');
  });

  it('gives up when every port it may try is in use', async () => {
    const port = await freePort(1);
    await holdPort(port);
    await holdPort(port + 1);
    const failure = await failureOf(open({ port, portsTriedMax: 2 }));
    expect(failure.code).toBe('port-in-use');
    expect(failure.message).toContain(`${port} to ${port + 1}`);
  });

  it('keeps its port to itself', async () => {
    const { port } = await open({ port: 0 });
    expect((await failureOf(open({ port, named: true }))).code).toBe('port-in-use');
    expect((await failureOf(open({ port, named: true, addresses: EVERY_ADDRESS }))).code).toBe('port-in-use');
  });

  it('goes on without an address that fails, and says so when none is left', async () => {
    const troubles: string[] = [];
    const trouble = (text: string): void => {
      troubles.push(text);
    };
    const listener = await open({ port: 0, addresses: ['192.0.2.1', '127.0.0.1'], trouble });
    expect(await greeting('127.0.0.1', listener.port)).toBe('welcome');
    expect(troubles).toEqual([expect.stringContaining('192.0.2.1')]);
    const failure = await failureOf(open({ port: 0, addresses: ['192.0.2.1'], trouble }));
    expect(failure.code).toBe('cannot-listen');
    expect(failure.message).toContain('-interface');
  });

  it('hears IPv6 as well, on the same port, where there is such a thing', async () => {
    const listener = await open({ port: 0, addresses: EVERY_ADDRESS });
    expect(await greeting('127.0.0.1', listener.port)).toBe('welcome');
    if (readMachine().addresses.has('::1')) expect(await greeting('::1', listener.port)).toBe('welcome');
  });

  it('follows the addresses that come and go, and tries again what failed', async () => {
    const troubles: string[] = [];
    const trouble = (text: string): void => {
      troubles.push(text);
    };
    const listener = await open({ port: 0, trouble });
    const { port } = listener;
    await holdPort(port, '127.0.0.3');
    expect(await listener.use(['127.0.0.2', '127.0.0.3'])).toBe(true);
    expect(await greeting('127.0.0.2', port)).toBe('welcome');
    await expect(greeting('127.0.0.1', port)).rejects.toThrow('ECONNREFUSED');
    expect(await listener.use(['127.0.0.2', '127.0.0.3'])).toBe(false);
    expect(troubles).toEqual([`cannot listen on 127.0.0.3:${port}: EADDRINUSE`]);
    await endings.pop()?.();
    expect(await listener.use(['127.0.0.2', '127.0.0.3'])).toBe(true);
    expect(await greeting('127.0.0.3', port)).toBe('welcome');
    expect(await listener.use([])).toBe(false);
    await expect(greeting('127.0.0.2', port)).rejects.toThrow('ECONNREFUSED');
  });

  it('closes for good', async () => {
    const listener = await open({ port: 0 });
    await listener.close();
    await expect(greeting('127.0.0.1', listener.port)).rejects.toThrow('ECONNREFUSED');
    await holdPort(listener.port);
  });
});
