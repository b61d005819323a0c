/** Somebody who breaks the rules on purpose, with a true identity of their own and everything else at their choice. */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, createServer, type TLSSocket } from 'node:tls';
import { Identity } from '../../internal/crypto/identity.ts';
import { LINK_PROTOCOL } from '../../internal/net/credentials.ts';
import { PROTOCOL_VERSION } from '../../pkg/base/limits.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import { sealed, unsealed } from '../../pkg/wire/entry.ts';
import type { Stage } from '../stage.ts';

const LOOPBACK = '127.0.0.1';

/** Who is attacked: the port that the program listens on, and the group on which it hears announces. */
export interface Target {
  readonly port: number;
  readonly stage: Stage;
}

/** A plain connection. A closed or broken one is what the attacker waits for, so that errors are none. */
export async function knock({ port }: Target): Promise<Socket> {
  const socket = connect(port, LOOPBACK);
  socket.on('error', () => undefined).resume();
  await once(socket, 'connect');
  return socket;
}

/** A connection with TLS on which the attacker has proven to be `identity`, or to be nobody. */
export async function link({ port }: Target, identity: Identity | 'nobody' = Identity.generate()): Promise<TLSSocket> {
  const socket = connectTls({
    host: LOOPBACK,
    port,
    minVersion: 'TLSv1.3',
    rejectUnauthorized: false,
    ALPNProtocols: [LINK_PROTOCOL],
    ...(identity === 'nobody' ? {} : identity.credentials()),
  });
  socket.on('error', () => undefined).resume();
  await once(socket, 'secureConnect');
  return socket;
}

/** A link on which the attacker has greeted by the rules. */
export async function greetedLink(target: Target, identity?: Identity): Promise<TLSSocket> {
  const socket = await link(target, identity);
  socket.write(`${hello(target)}\n`);
  return socket;
}

export function hello({ stage }: Target): string {
  const instance = randomBytes(8).toString('hex');
  return JSON.stringify({
    type: 'hello',
    version: PROTOCOL_VERSION,
    instance,
    nick: 'mallory',
    group: stage.group,
    port: 9,
    lost: 0,
    software: 'attacker',
  });
}

/** Resolves when the other side has ended the connection, in whatever way. */
export async function isCut(socket: Socket): Promise<void> {
  if (socket.closed) return;
  await new Promise((resolve) => socket.once('close', resolve));
}

/** Writes `bytes` as often as it fits into `total`, no faster than they are taken, until all is out or one is cut. */
export async function pour(socket: Socket, bytes: Uint8Array, total: number): Promise<void> {
  const cut = isCut(socket);
  for (let sent = 0; sent < total && !socket.destroyed; sent += bytes.length) {
    if (!socket.write(bytes)) await Promise.race([cut, new Promise((resolve) => socket.once('drain', resolve))]);
  }
}

/** A run of one message in the name of `author`, signed by `signer`. */
export function forgedRun(author: Identity, signer: Identity): string {
  const said = { type: 'chat', room: GENERAL, author: author.peer, sender: 'bob', content: 'forged' };
  const text = unsealed({ ...said, timestamp: new Date().toISOString(), sequence: 1, clock: 1, prev: '' });
  return `${sealed(text, signer.sign('run', text))}\n`;
}

/** An announce that says that `identity` accepts links at `port`. */
export function announce({ stage }: Target, identity: Identity, port: number): string {
  const instance = randomBytes(8).toString('hex');
  const who = { peer: identity.peer, instance, group: stage.group, nick: 'mallory' };
  const text = unsealed({ type: 'announce', version: PROTOCOL_VERSION, ...who, port });
  return sealed(text, identity.sign('announce', text));
}

/** Sends datagrams to everyone who listens on the stage's group. */
export async function shout({ stage }: Target, datagrams: readonly (string | Uint8Array)[]): Promise<void> {
  const socket = createSocket('udp4');
  socket.bind(0, LOOPBACK);
  await once(socket, 'listening');
  socket.setMulticastInterface(LOOPBACK);
  for (const datagram of datagrams) {
    await new Promise((sent) => socket.send(datagram, stage.groupPort, stage.groupAddress, sent));
  }
  socket.close();
}

/**
 * Announces one identity at a port on which another answers, and resolves when `dialers` connections to it have come
 * and were cut by those who dialled.
 */
export async function lure(target: Target, dialers: number): Promise<void> {
  const server = createServer({ ...Identity.generate().credentials(), ALPNProtocols: [LINK_PROTOCOL] });
  const { promise, resolve } = Promise.withResolvers<void>();
  let cut = 0;
  server.on('tlsClientError', () => undefined);
  server.on('connection', (socket) => {
    socket.on('close', () => {
      cut += 1;
      if (cut >= dialers) resolve();
    });
  });
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the lure has no port');
  await shout(target, [announce(target, Identity.generate(), address.port)]);
  await promise;
  server.close();
}
