/**
 * A program for the tests of the island: `node radio.ts <own address> [to]` prints every datagram that it hears of those
 * sent to `to` (a multicast group without it, else a broadcast address or an IPv6 group with its card), sends every line
 * that it reads there, and prints `ready` first.
 */
import { createSocket, type Socket } from 'node:dgram';
import { createInterface } from 'node:readline';

const GROUP = '239.77.0.1';
const PORT = 7777;

const [, , address = '', to = GROUP] = process.argv;
const socket = to.includes(':') ? hearIPv6(to) : hearIPv4(to);
socket.on('message', (bytes) => process.stdout.write(`${bytes}\n`));
socket.once('listening', () => {
  process.stdout.write('ready\n');
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line !== '') socket.send(line, PORT, to);
  });
});

function hearIPv4(group: string): Socket {
  const ear = createSocket({ type: 'udp4', reuseAddr: true });
  ear.bind(PORT, () => {
    if (!group.startsWith('239.')) return ear.setBroadcast(true);
    ear.addMembership(group, address);
    ear.setMulticastInterface(address);
  });
  return ear;
}

function hearIPv6(scoped: string): Socket {
  const [group = '', card = ''] = scoped.split('%');
  const ear = createSocket({ type: 'udp6', reuseAddr: true });
  ear.bind(PORT, () => {
    ear.addMembership(group, `::%${card}`);
    ear.setMulticastInterface(`::%${card}`);
  });
  return ear;
}
