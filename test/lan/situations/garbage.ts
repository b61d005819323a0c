/**
 * Another program on the discovery port: `node garbage.ts <own address>` sends what is no announce, a hundred times a
 * second and for ever: bytes of any length, JSON of other programs, and announces with a piece missing.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { Identity } from '../../../internal/crypto/identity.ts';
import { announceOf, GROUP, PORT } from './announce-of.ts';

const identity = Identity.generate();
const socket = createSocket('udp4');
socket.bind(0, process.argv[2], () => {
  socket.setMulticastInterface(process.argv[2] ?? '');
  process.stdout.write('sending\n');
  setInterval(() => socket.send(garbage(), PORT, GROUP), 10);
});

function garbage(): Buffer {
  const whole = Buffer.from(announceOf(identity, 1));
  const kinds = [
    () => randomBytes(randomInt(0, 1_400)),
    () => Buffer.from(JSON.stringify({ alias: 'Nice Mango', version: '2.1', port: 53_317, protocol: 'https' })),
    () => whole.subarray(0, randomInt(0, whole.length)),
    () => Buffer.concat([whole.subarray(0, -20), randomBytes(18), whole.subarray(-2)]),
  ];
  return kinds[randomInt(0, kinds.length)]?.() ?? whole;
}
