/** Links with everything under way at once, then stopped. Says so, and ends by itself if no handle is left. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { Identity } from '../../internal/crypto/identity.ts';
import { Links } from '../../internal/net/links.ts';
import { dialId } from '../../pkg/base/link-id.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { Input } from '../../pkg/peer/input.ts';

const events: Input[] = [];

async function main(): Promise<void> {
  const alice = party();
  const bob = party();
  const port = await bob.links.listen({ addresses: ['127.0.0.1'], port: 0, named: false });
  const silent = createServer().listen({ port: 0, host: '127.0.0.1' });
  await once(silent, 'listening');
  const address = silent.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const answered = once(silent, 'connection');

  alice.links.dial({ dial: dialId(1), peer: bob.peer, to: [{ address: '127.0.0.1', port }] });
  const silence = { address: '127.0.0.1', port: address.port };
  alice.links.dial({ dial: dialId(2), peer: Identity.generate().peer, to: [silence] });
  const stranger = connect({ host: '127.0.0.1', port });
  const [dialled] = await answered;
  while (events.filter(({ type }) => type === 'link-opened').length < 2 || bob.links.handshakes === 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }

  await Promise.all([alice.links.stop(), bob.links.stop()]);
  console.log(`stopped: ${events.map(({ type }) => type).sort()}`);
  stranger.destroy();
  dialled.destroy();
  silent.close();
}

function party(): { readonly links: Links; readonly peer: PeerId } {
  const identity = Identity.generate();
  const links = new Links({ identity, deliver: (input) => events.push(input), trouble: () => {} });
  return { links, peer: identity.peer };
}

await main();
