import { once } from 'node:events';
import { setInterval as every } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { peerIdOf } from '../../internal/crypto/public-key.ts';
import { BEAT_INTERVAL_MS } from '../../pkg/base/limits.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import type { Entry } from '../../pkg/wire/entry.ts';
import { LineSplitter } from '../../pkg/wire/lines.ts';
import { decodeMessage, encodeMessage } from '../../pkg/wire/message.ts';
import { isEntry } from '../../pkg/wire/run.ts';

/** Reads so often while it reads little. */
const SIP_MS = 100;

/** Somebody who keeps every rule, has a link to everybody, and is in no hurry to read. */
export class SlowReader {
  readonly #socket: TLSSocket;
  readonly #over = new AbortController();
  readonly #sipping = new AbortController();
  readonly #splitter = new LineSplitter();
  readonly #entries: Entry[] = [];
  #bytes = 0;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.pause();
    const key = socket.getPeerX509Certificate()?.publicKey;
    const author = key === undefined ? undefined : peerIdOf(key);
    if (author === undefined) throw new Error('a link without a key');
    const lines = [
      encodeMessage({ type: 'have', room: GENERAL, heads: [], whole: true, clock: 0 }),
      encodeMessage({ type: 'want', room: GENERAL, author, from: 1 }),
    ];
    socket.write(`${lines.join('\n')}\n`);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isCut(): boolean {
    return this.#socket.closed;
  }

  /** The texts of one author, as they came. */
  textsOf(name: string): string[] {
    return this.#entries.filter(({ sender }) => sender === name).map(({ content }) => content);
  }

  /** Waits until so many entries of one author have come. */
  async has(name: string, count: number, timeoutMs: number): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs);
    while (this.textsOf(name).length < count) {
      await once(this.#socket, 'data', { signal }).catch((cause: unknown) => {
        throw new Error(`${this.textsOf(name).length} of ${count} of ${name} after ${timeoutMs} ms`, { cause });
      });
    }
  }

  /** Gives signs of life, until `stop()`. */
  async beat(): Promise<void> {
    await often(BEAT_INTERVAL_MS, this.#over.signal, () => {
      this.#socket.write(`${encodeMessage({ type: 'beat', sent: 0, circle: '', digests: [] })}\n`);
    });
  }

  /** Reads so many bytes a second, until `gulp()` or `stop()`. */
  async sip(bytesPerSecond: number): Promise<void> {
    await often(SIP_MS, this.#sipping.signal, () => {
      const bytes: unknown = this.#socket.read((bytesPerSecond * SIP_MS) / 1_000);
      if (bytes instanceof Uint8Array) this.#take(bytes);
    });
  }

  /** From now on it reads all that comes. */
  gulp(): void {
    this.#sipping.abort();
    this.#socket.on('data', (bytes: Uint8Array) => this.#take(bytes)).resume();
  }

  stop(): void {
    this.#sipping.abort();
    this.#over.abort();
    this.#socket.destroy();
  }

  #take(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    for (const line of this.#splitter.push(bytes).lines) {
      const message = decodeMessage(line);
      if (message.type !== 'fault' && isEntry(message)) this.#entries.push(message);
    }
  }
}

async function often(spanMs: number, signal: AbortSignal, act: () => void): Promise<void> {
  try {
    for await (const _ of every(spanMs, undefined, { signal })) act();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
