/** What the two halves of a ferry send each other: one JSON text a line, over a local socket. */
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import * as z from 'zod';

const endpoint = z.object({ address: z.string(), port: z.number() });

const cargo = z.discriminatedUnion('type', [
  /** A datagram that was heard from `from` and sent to `to`, an address of the other half's hosts or of a group. */
  z.object({ type: z.literal('datagram'), from: endpoint, to: endpoint, bytes: z.base64() }),
  /** Somebody at `from` has dialled `to`. The half that says it numbers the stream. */
  z.object({ type: z.literal('open'), stream: z.string(), from: z.string(), to: endpoint }),
  z.object({ type: z.literal('bytes'), stream: z.string(), bytes: z.base64() }),
  /** So many bytes of the stream have been passed on, and as many more may come. */
  z.object({ type: z.literal('passed'), stream: z.string(), count: z.number() }),
  /** Nothing more comes in this direction. */
  z.object({ type: z.literal('end'), stream: z.string() }),
  /** The connection is broken off, in both. */
  z.object({ type: z.literal('cut'), stream: z.string() }),
]);

export type Cargo = z.infer<typeof cargo>;

/** What a half is told when it is started. */
export const orders = z.object({
  role: z.enum(['listen', 'dial']),
  socket: z.string(),
  /** The addresses of the hosts on the other side, which this half bears here. */
  bears: z.array(z.string()),
  /** Where datagrams to all are heard: group or broadcast address, and port. */
  ears: z.array(endpoint),
  /** Ports on which datagrams to one of the borne addresses are heard before that address has sent any from there. */
  udpPorts: z.array(z.number()),
  tcpPorts: z.array(z.number()),
  delayMs: z.number(),
  jitterMs: z.number(),
  lostPercent: z.number(),
  doubledPercent: z.number(),
});

export type Orders = z.infer<typeof orders>;
export type Place = z.infer<typeof endpoint>;

/** Tells what the other half sends, and sends to it. */
export class Gangway {
  readonly #socket: Socket;

  constructor(socket: Socket, take: (cargo: Cargo) => void) {
    this.#socket = socket;
    createInterface({ input: socket }).on('line', (line) => take(cargo.parse(JSON.parse(line))));
  }

  send(piece: Cargo): void {
    this.#socket.write(`${JSON.stringify(piece)}\n`);
  }
}
