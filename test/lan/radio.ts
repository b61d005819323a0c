/**
 * A program for the tests of the island: `node radio.ts <own address>` prints every datagram that it hears on a
 * multicast group, sends every line that it reads there, and prints `ready` first.
 */
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';

const GROUP = '239.77.0.1';
const PORT = 7777;

const address = process.argv[2] ?? '';
const socket = createSocket({ type: 'udp4', reuseAddr: true });
socket.on('message', (bytes) => process.stdout.write(`${bytes}\n`));
socket.bind(PORT, () => {
  socket.addMembership(GROUP, address);
  socket.setMulticastInterface(address);
  process.stdout.write('ready\n');
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line !== '') socket.send(line, PORT, GROUP);
  });
});
