/**
 * The least that a full mesh over TLS can be, for `mesh.ts` to compare with: one peer a process. Both ends prove a
 * self-signed Ed25519 key over TLS 1.3, the smaller id dials, each says hello and then a JSON line every 2 s; whoever is
 * silent is cut. Nobody has to be found, nothing is stored and nothing is shown.
 */
import { constants } from 'node:crypto';
import { enableCompileCache } from 'node:module';
import { createInterface } from 'node:readline';
import { connect, createSecureContext, createServer, type TLSSocket } from 'node:tls';
import { peerFromCertificate } from '../../internal/crypto/certificate.ts';
import { Identity } from '../../internal/crypto/identity.ts';

const [folder, others = '0'] = process.argv.slice(2);
const awaited = Number(others);
const BEAT_MS = 2_000;
const SILENCE_MS = 5_500;

interface Linked {
  readonly socket: TLSSocket;
  heardAt: number;
  /** The latest of its beats. */
  sent: number | undefined;
}

enableCompileCache(folder);
const identity = Identity.generate();
const links = new Map<string, Linked>();
const proof = {
  ...identity.credentials(),
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const;
/** Shared by all dials: one made for each would cost more than the link. */
const secureContext = createSecureContext(proof);
const common = { rejectUnauthorized: false, ALPNProtocols: ['p2pchat/1'] };

const server = createServer({ ...proof, ...common, requestCert: true }, (socket) => meet(socket));
server.listen(0, '127.0.0.1', () => {
  const bound = server.address();
  tell({ what: 'up', peer: identity.peer, port: typeof bound === 'object' ? (bound?.port ?? 0) : 0 });
});
// Everybody else comes on a line, as soon as it is up: `{"peer", "port"}`.
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { peer, port } = JSON.parse(line);
    if (identity.peer < peer) dial(peer, port);
  })
  .on('close', () => process.exit());
setInterval(beat, BEAT_MS);

function dial(peer: string, port: number): void {
  const socket = connect({ host: '127.0.0.1', port, secureContext, ...common }, () => meet(socket, peer));
  socket.on('error', (error) => console.error(`cannot dial: ${error.message}`));
}

function meet(socket: TLSSocket, wanted?: string): void {
  const certificate = socket.getPeerX509Certificate();
  const peer = certificate && peerFromCertificate(certificate);
  if (peer === undefined || (wanted !== undefined && peer !== wanted)) return void socket.destroy();
  socket.setNoDelay(true);
  socket.setEncoding('utf8');
  socket.write(`${JSON.stringify({ type: 'hello', peer: identity.peer })}\n`);
  let rest = '';
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(peer, socket, JSON.parse(line));
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => links.delete(peer));
}

function hear(peer: string, socket: TLSSocket, said: { readonly type: string; readonly sent?: number }): void {
  const link = links.get(peer);
  if (link !== undefined) {
    link.heardAt = performance.now();
    link.sent = said.sent;
    return;
  }
  links.set(peer, { socket, heardAt: performance.now(), sent: undefined });
  if (links.size === awaited) tell({ what: 'full' });
}

function beat(): void {
  const now = performance.now();
  for (const { socket, heardAt, sent } of links.values()) {
    if (now - heardAt > SILENCE_MS) socket.destroy();
    else {
      const echo = sent === undefined ? {} : { echo: sent, held: Math.round(now - heardAt) };
      socket.write(`${JSON.stringify({ type: 'beat', sent: Math.round(now), ...echo })}\n`);
    }
  }
}

function tell(facts: Readonly<Record<string, string | number>>): void {
  process.stdout.write(`${JSON.stringify({ ...facts, at: Date.now() })}\n`);
}
