import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect, createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';
import { type Fault, fault } from '../../pkg/wire/fault.ts';
import { peerFromCertificate } from '../crypto/certificate.ts';
import type { Identity } from '../crypto/identity.ts';

/** What both ends must name in the handshake; another version of the links gets another name. */
export const LINK_PROTOCOL = 'p2pchat/1';

/**
 * Both ends' part of TLS 1.3: each shows a certificate of its identity key and proves that it holds the key. No
 * authority is asked, so TLS itself rejects nobody (`rejectUnauthorized: false`): whoever takes a socket from here must
 * not use it before `judge` has named the peer. Nothing is resumed, every link begins with a full proof.
 */
export class Credentials {
  readonly peer: PeerId;
  readonly #context: SecureContext;

  constructor(identity: Identity) {
    this.peer = identity.peer;
    this.#context = createSecureContext({
      ...identity.credentials(),
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      secureOptions: constants.SSL_OP_NO_TICKET,
    });
  }

  /** TLS on a connection that came in; it emits `secure` when the handshake is done. */
  accept(raw: Socket): TLSSocket {
    return new TLSSocket(raw, { isServer: true, requestCert: true, ...this.#options() });
  }

  /** TLS to an endpoint. It emits `secure` before the other side has judged us, which may still hang up. */
  dial({ address, port }: Endpoint): TLSSocket {
    return connect({ host: address, port, ...this.#options() });
  }

  /** Who is at the other end of a socket whose handshake is done, or why it must be cut. */
  judge(socket: TLSSocket): PeerId | Fault {
    if (socket.alpnProtocol !== LINK_PROTOCOL) return fault('handshake-failed', `it does not speak ${LINK_PROTOCOL}`);
    const certificate = socket.getPeerX509Certificate();
    const peer = certificate && peerFromCertificate(certificate);
    if (peer === undefined) return fault('no-identity', 'no certificate with an Ed25519 key');
    return peer === this.peer ? fault('self', 'it is this very peer') : peer;
  }

  #options(): { secureContext: SecureContext; rejectUnauthorized: false; ALPNProtocols: string[] } {
    return { secureContext: this.#context, rejectUnauthorized: false, ALPNProtocols: [LINK_PROTOCOL] };
  }
}
