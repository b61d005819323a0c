/**
 * Programs for the tests of the doctor: `node stranger.ts <what> <own address>` prints `ready` and goes on for ever.
 * `version` announces itself in a protocol of the future, `garbage` sends what is no announce, `tcp` and `udp` hold
 * p2pchat's ports for themselves.
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { Identity } from '../../internal/crypto/identity.ts';
import { sealed, unsealed } from '../../pkg/wire/entry.ts';

const [, , what = '', address = ''] = process.argv;
const GROUP = '224.0.0.1';
const PORT = 9999;
const ready = () => process.stdout.write('ready\n');

if (what === 'tcp') createServer((socket) => socket.end('hello\n')).listen({ port: 8080, host: '0.0.0.0' }, ready);
else if (what === 'udp') createSocket('udp4').bind({ port: PORT, address: '0.0.0.0' }, ready);
else {
  const text = what === 'version' ? announce() : '{"alias":"Nice Mango"}';
  const socket = createSocket('udp4');
  socket.bind({ port: 0, address }, () => {
    socket.setMulticastInterface(address);
    setInterval(() => socket.send(text, PORT, GROUP), 300);
    ready();
  });
}

function announce(): string {
  const identity = Identity.generate();
  const fields = { type: 'announce', version: 99, peer: identity.peer, instance: '00000000000000ff', nick: 'future' };
  const text = unsealed({ ...fields, port: 8080, group: `${GROUP}:${PORT}` });
  return sealed(text, identity.sign('announce', text));
}
