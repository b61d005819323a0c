import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { GOODBYE_MS, HANDSHAKE_TIMEOUT_MS, HANDSHAKES_MAX, LISTEN_PORTS_TRIED_MAX } from '../../pkg/base/limits.ts';
import { failureCode } from '../../pkg/base/machine-error.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';
import { isIPv6 } from '../net/addresses.ts';
import type { Credentials } from '../net/credentials.ts';
import { Handshakes } from '../net/handshakes.ts';
import type { Card } from '../net/interfaces.ts';
import type { DoorFact } from './facts.ts';

export interface DoorOptions {
  readonly credentials: Credentials;
  /** Keys that are ourselves: who listens under one of them is the own chat. */
  readonly own: readonly PeerId[];
  readonly wanted: number;
  readonly named: boolean;
  /** The chat that asks accepts links there: nothing is opened. */
  readonly running: number | undefined;
  /** The addresses in use; `everywhere` where none was chosen. */
  readonly chosen: readonly Card[];
  readonly everywhere: boolean;
}

/** Own addresses answer at once or never. */
const SELF_DIAL_MS_MAX = 1_500;
/** Ports that are looked at for the own chat. */
const HOLDERS_ASKED_MAX = 4;

/** Accepts links as the chat would, so that others can dial back, or finds the own chat that does. */
export class Door {
  readonly #options: DoorOptions;
  readonly #handshakes: Handshakes;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<{ destroy(): unknown }>();
  #holder: DoorFact['holder'] = 'nobody';
  #port: number | undefined;
  #failure: string | undefined;

  private constructor(options: DoorOptions) {
    this.#options = options;
    this.#handshakes = new Handshakes({
      credentials: options.credentials,
      timeoutMs: HANDSHAKE_TIMEOUT_MS,
      max: HANDSHAKES_MAX,
      opened: (socket) => this.#received(socket),
      trouble: () => undefined,
    });
  }

  static async open(options: DoorOptions): Promise<Door> {
    const door = new Door(options);
    if (options.running === undefined) await door.#find();
    else {
      door.#holder = 'own chat';
      door.#port = options.running;
    }
    return door;
  }

  /** The port on which we, or the own chat, accept links. */
  get port(): number | undefined {
    return this.#port;
  }

  /** Dials every own address in use and tells all. */
  async facts(): Promise<DoorFact> {
    const { wanted, named, chosen } = this.#options;
    const port = this.#port;
    const dials = chosen.map(async ({ address }) => ({
      address,
      failure: port === undefined ? 'closed' : await this.#selfDial({ address, port }),
    }));
    const selfDials = port === undefined ? [] : await Promise.all(dials);
    return { wanted, named, port, holder: this.#holder, failure: this.#failure, selfDials };
  }

  async close(): Promise<void> {
    this.#handshakes.stop();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(
      this.#servers.splice(0).map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
          }),
      ),
    );
  }

  async #find(): Promise<void> {
    const { wanted, named } = this.#options;
    const last = named ? wanted : Math.min(wanted + LISTEN_PORTS_TRIED_MAX - 1, 65_535);
    for (let port = wanted; port <= last; port += 1) {
      const failure = await this.#listen(port);
      if (failure === undefined) {
        this.#port = port;
        if (port === wanted) this.#holder = 'us';
        return;
      }
      this.#failure = failure;
      if (failure !== 'EADDRINUSE') return;
      if (port - wanted >= HOLDERS_ASKED_MAX) continue;
      const holder = await this.#holderOf(port);
      if (port === wanted || holder === 'own chat') this.#holder = holder;
      if (holder === 'own chat') {
        this.#port = port;
        return;
      }
    }
  }

  /** Listens on all addresses in use. What the system said where that failed; then nothing is open. */
  async #listen(port: number): Promise<string | undefined> {
    const { chosen, everywhere } = this.#options;
    const hosts = everywhere ? ['0.0.0.0', '::'] : chosen.map(({ address }) => address);
    let opened = 0;
    let failure = 'EADDRNOTAVAIL';
    for (const host of hosts) {
      const server = createServer((raw) => {
        this.#sockets.add(raw);
        raw.once('close', () => this.#sockets.delete(raw));
        this.#handshakes.accept(raw);
      });
      try {
        server.listen({ host, port, exclusive: true, ipv6Only: isIPv6(host) });
        await once(server, 'listening');
        server.on('error', () => undefined);
        this.#servers.push(server);
        opened += 1;
      } catch (cause) {
        failure = failureCode(cause);
        // Where there is no IPv6 the rest does.
        if (failure !== 'EADDRINUSE') continue;
        for (const other of this.#servers.splice(0)) other.close();
        return failure;
      }
    }
    return opened > 0 ? undefined : failure;
  }

  async #holderOf(port: number): Promise<DoorFact['holder']> {
    const { chosen, own } = this.#options;
    const addresses = [...new Set([...chosen.map(({ address }) => address), '127.0.0.1'])];
    const answers = await Promise.all(addresses.map((address) => this.#whoAnswers({ address, port })));
    if (answers.some(({ peer, failure }) => failure === 'self' || (peer !== undefined && own.includes(peer)))) {
      return 'own chat';
    }
    return answers.some(({ peer }) => peer !== undefined) ? 'other chat' : 'program';
  }

  async #selfDial(to: Endpoint): Promise<string | undefined> {
    const { peer, failure } = await this.#whoAnswers(to);
    return failure === 'self' || peer !== undefined ? undefined : failure;
  }

  #whoAnswers(to: Endpoint): Promise<{ readonly peer: PeerId | undefined; readonly failure: string }> {
    return new Promise((resolve) => {
      const socket = this.#options.credentials.dial(to);
      const end = (peer: PeerId | undefined, failure: string): void => {
        clearTimeout(timer);
        resolve({ peer, failure });
        socket.destroy();
      };
      const timer = setTimeout(() => end(undefined, 'timeout'), SELF_DIAL_MS_MAX);
      socket.once('secure', () => {
        const answerer = this.#options.credentials.judge(socket);
        if (typeof answerer === 'string') end(answerer, '');
        else end(undefined, answerer.code);
      });
      socket.on('error', (cause) => end(undefined, failureCode(cause)));
      socket.once('close', () => end(undefined, 'the other side hung up'));
    });
  }

  /** Somebody dialled back: that it came is all there is to know. */
  #received(socket: TLSSocket): void {
    socket.on('error', () => socket.destroy());
    socket.resume();
    setTimeout(() => socket.destroy(), GOODBYE_MS).unref();
    socket.end();
  }
}
