/** A peer of a later protocol: `node future-peer.ts <own address>` announces itself twice a second, for ever. */
import { createSocket } from 'node:dgram';
import { Identity } from '../../../internal/crypto/identity.ts';
import { announceOf, GROUP, PORT } from './announce-of.ts';

const LATER_VERSION = 99;

const identity = Identity.generate();
const socket = createSocket('udp4');
socket.bind(0, process.argv[2], () => {
  socket.setMulticastInterface(process.argv[2] ?? '');
  const say = () => socket.send(announceOf(identity, LATER_VERSION), PORT, GROUP);
  say();
  setInterval(say, 500);
  process.stdout.write('announced\n');
});
