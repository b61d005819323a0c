import type { TLSSocket } from 'node:tls';
import { PROTOCOL_VERSION } from '../../pkg/base/limits.ts';
import { failureCode } from '../../pkg/base/machine-error.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';
import type { InstanceId } from '../../pkg/wire/fields.ts';
import { LineSplitter } from '../../pkg/wire/lines.ts';
import { type DialledBack, decodeMessage, encodeMessage, type Visited } from '../../pkg/wire/message.ts';
import type { Credentials } from '../net/credentials.ts';

export interface VisitOptions {
  readonly credentials: Credentials;
  readonly to: Endpoint;
  readonly group: string;
  readonly instance: InstanceId;
  /** The TCP port on which we can be dialled back. */
  readonly port: number;
  /** To connect; and for all of it. */
  readonly connectMsMax: number;
  readonly visitMsMax: number;
  readonly signal: AbortSignal;
}

export interface VisitOutcome {
  /** Who answered. */
  readonly peer: PeerId | undefined;
  /** Why there was no link. `self` where we ourselves answered. */
  readonly failure: string | undefined;
  readonly visited: Visited | undefined;
  readonly back: DialledBack | undefined;
  /** The word of its farewell, or what it does not understand, where it told nothing. */
  readonly refused: string | undefined;
  readonly clockAheadMs: number | undefined;
}

/** One visit: connects, proves both keys, asks how things look from there, waits to be dialled back. Never rejects. */
export function visit(options: VisitOptions): Promise<VisitOutcome> {
  return new Promise((resolve) => new Visitor(options, resolve));
}

class Visitor {
  readonly #options: VisitOptions;
  readonly #socket: TLSSocket;
  readonly #splitter = new LineSplitter();
  readonly #timers: NodeJS.Timeout[];
  readonly #done: (outcome: VisitOutcome) => void;
  #askedAt = 0;
  #peer: PeerId | undefined;
  #failure: string | undefined;
  #visited: Visited | undefined;
  #back: DialledBack | undefined;
  #refused: string | undefined;
  #clockAheadMs: number | undefined;

  constructor(options: VisitOptions, done: (outcome: VisitOutcome) => void) {
    const { credentials, to, connectMsMax, visitMsMax, signal } = options;
    this.#options = options;
    this.#done = done;
    this.#socket = credentials.dial(to);
    this.#timers = [
      setTimeout(() => this.#peer === undefined && this.#give('timeout'), connectMsMax),
      setTimeout(() => this.#give('timeout'), visitMsMax),
    ];
    signal.addEventListener('abort', this.#abort, { once: true });
    this.#socket.setNoDelay(true);
    this.#socket.once('secure', () => this.#ask());
    this.#socket.on('data', (bytes: Uint8Array) => this.#read(bytes));
    this.#socket.on('error', (cause) => this.#give(failureCode(cause)));
    this.#socket.once('close', () => this.#end());
    if (signal.aborted) this.#abort();
  }

  readonly #abort = (): void => this.#give('timeout');

  #ask(): void {
    const answerer = this.#options.credentials.judge(this.#socket);
    if (typeof answerer !== 'string') return this.#give(answerer.code);
    this.#peer = answerer;
    this.#askedAt = Date.now();
    const { group, instance, port } = this.#options;
    this.#socket.write(`${encodeMessage({ type: 'visit', version: PROTOCOL_VERSION, group, instance, port })}\n`);
  }

  #read(bytes: Uint8Array): void {
    const { lines, fault } = this.#splitter.push(bytes);
    for (const line of lines) {
      const message = decodeMessage(line);
      if (message.type === 'visited') this.#receive(message);
      else if (message.type === 'dialled-back') this.#back = message;
      else if (message.type === 'bye') {
        this.#refused = message.code;
        this.#socket.end();
      }
    }
    if (fault !== undefined) this.#give(fault.code);
  }

  #receive(visited: Visited): void {
    const now = Date.now();
    this.#visited = visited;
    this.#clockAheadMs = visited.time - (this.#askedAt + now) / 2;
  }

  /** What went wrong after the link stood is no failure to reach it. */
  #give(why: string): void {
    if (this.#peer === undefined) this.#failure ??= why;
    else this.#refused ??= why;
    this.#socket.destroy();
  }

  #end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#options.signal.removeEventListener('abort', this.#abort);
    const failure = this.#peer === undefined ? (this.#failure ?? 'the other side hung up') : undefined;
    this.#done({
      peer: this.#peer,
      failure,
      visited: this.#visited,
      back: this.#back,
      refused: this.#visited === undefined ? this.#refused : undefined,
      clockAheadMs: this.#clockAheadMs,
    });
  }
}
