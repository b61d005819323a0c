/** The part of a ferry's half that carries TCP: what is said is later, and never lost or out of order. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Cargo, Gangway, Orders, Place } from './ferry-cargo.ts';

/** Connections at once; a further one is broken off. */
const STREAMS_MAX = 256;
/** Bytes of one stream that are on their way; past it whoever writes is not read. */
const BYTES_UNDERWAY_MAX = 1 << 20;

type Piece = Extract<Cargo, { readonly stream: string }>;

interface Stream {
  readonly id: string;
  readonly socket: Socket;
  /** Bytes that were read here and that the other half has not passed on yet. */
  underway: number;
  /** Pieces that wait, in their order, each with a timer of its own: whichever fires takes the first. */
  readonly waiting: Piece[];
  /** When the last of them is due: the next is not due before it. */
  lastAt: number;
}

export class Streams {
  readonly #orders: Orders;
  readonly #gangway: Gangway;
  readonly #streams = new Map<string, Stream>();
  #count = 0;

  constructor(orders: Orders, gangway: Gangway) {
    this.#orders = orders;
    this.#gangway = gangway;
  }

  /** Answers at the given ports of every address that this half bears. */
  async open(): Promise<void> {
    const { bears, tcpPorts } = this.#orders;
    await Promise.all(bears.flatMap((address) => tcpPorts.map((port) => this.#listen({ address, port }))));
  }

  /** Takes what the other half sends and passes it on in its time. */
  take(piece: Piece): void {
    if (piece.type === 'passed') return this.#passed(piece.stream, piece.count);
    const stream = piece.type === 'open' ? this.#dial(piece) : this.#streams.get(piece.stream);
    if (stream === undefined) return;
    const { delayMs, jitterMs } = this.#orders;
    stream.lastAt = Math.max(stream.lastAt, performance.now() + delayMs + jitterMs * Math.random());
    stream.waiting.push(piece);
    setTimeout(() => this.#pass(stream), stream.lastAt - performance.now());
  }

  async #listen(at: Place): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      if (this.#streams.size >= STREAMS_MAX) {
        socket.resetAndDestroy();
        return;
      }
      this.#count += 1;
      const id = `${this.#orders.role} ${this.#count}`;
      this.#gangway.send({ type: 'open', stream: id, from: socket.remoteAddress ?? '', to: at });
      this.#carry({ id, socket, underway: 0, waiting: [], lastAt: 0 });
    });
    server.listen(at.port, at.address);
    await once(server, 'listening');
  }

  /** The connection itself takes as long as the first bytes would. */
  #dial({ stream: id, from, to }: Extract<Piece, { readonly type: 'open' }>): Stream {
    const socket = connect({ host: to.address, port: to.port, localAddress: from, allowHalfOpen: true });
    const stream: Stream = { id, socket, underway: 0, waiting: [], lastAt: 0 };
    this.#carry(stream);
    return stream;
  }

  #pass({ id, socket, waiting }: Stream): void {
    const piece = waiting.shift();
    if (piece === undefined) return;
    if (piece.type === 'end') socket.end();
    if (piece.type === 'cut') socket.resetAndDestroy();
    if (piece.type !== 'bytes') return;
    const bytes = Buffer.from(piece.bytes, 'base64');
    socket.write(bytes, () => this.#gangway.send({ type: 'passed', stream: id, count: bytes.length }));
  }

  #carry(stream: Stream): void {
    const { id, socket } = stream;
    this.#streams.set(id, stream);
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.#gangway.send({ type: 'bytes', stream: id, bytes: bytes.toString('base64') });
      stream.underway += bytes.length;
      if (stream.underway > BYTES_UNDERWAY_MAX) socket.pause();
    });
    socket.on('end', () => this.#gangway.send({ type: 'end', stream: id }));
    socket.on('error', () => undefined);
    socket.on('close', (failed) => {
      this.#streams.delete(id);
      if (failed) this.#gangway.send({ type: 'cut', stream: id });
    });
  }

  #passed(id: string, count: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    stream.underway -= count;
    if (stream.underway <= BYTES_UNDERWAY_MAX) stream.socket.resume();
  }
}
