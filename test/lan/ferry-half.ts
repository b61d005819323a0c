/**
 * One half of a ferry, a program of its own: `node ferry-half.ts <orders in JSON>`. It prints `ready` once it carries,
 * and ends with its input, and with the other half.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type Cargo, Gangway, orders } from './ferry-cargo.ts';
import { Datagrams } from './ferry-datagrams.ts';
import { Streams } from './ferry-streams.ts';

const told = orders.parse(JSON.parse(process.argv[2] ?? ''));
process.stdin.resume().on('end', () => process.exit());
const socket = told.role === 'listen' ? await answer(told.socket) : connect(told.socket);
socket.on('close', () => process.exit());
socket.on('error', () => process.exit(1));

const gangway = new Gangway(socket, take);
const datagrams = new Datagrams(told, gangway);
const streams = new Streams(told, gangway);
await Promise.all([datagrams.open(), streams.open()]);
process.stdout.write('ready\n');

function take(cargo: Cargo): void {
  if (cargo.type !== 'datagram') return streams.take(cargo);
  const { from, to, bytes } = cargo;
  datagrams.pass({ from, to, bytes: Buffer.from(bytes, 'base64') });
}

async function answer(path: string): Promise<Socket> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<Socket>();
  server.once('connection', resolve).listen(path);
  await once(server, 'listening');
  process.stdout.write('waiting\n');
  const other = await promise;
  server.close();
  return other;
}
