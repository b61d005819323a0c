import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { LISTEN_PORTS_TRIED_MAX } from '../../pkg/base/limits.ts';
import { failureCode } from '../../pkg/base/machine-error.ts';
import { NetworkError } from './network-error.ts';

/** Where links of this machine are accepted when no interface was named. */
const EVERY_ADDRESS = '0.0.0.0';

const PORT_MAX = 65_535;

export interface ListenerOptions {
  /** The local addresses to listen on, all on one port; every address when empty. */
  readonly addresses: readonly string[];
  /** The port to try first. 0 takes any that is free. */
  readonly port: number;
  /** The person named the port: no other one will do. */
  readonly named: boolean;
  readonly portsTriedMax?: number;
  /** Gets every connection that comes in, and owns it. */
  readonly accept: (raw: Socket) => void;
  readonly trouble: (text: string) => void;
}

/** The open ears for TCP: one server for each address, all on the same port, which is ours alone. */
export class Listener {
  readonly port: number;
  readonly #servers: readonly Server[];

  private constructor(port: number, servers: readonly Server[]) {
    this.port = port;
    this.#servers = servers;
  }

  /**
   * Listens on the port or, unless it was named, on the next one that is free on all addresses. An address that fails
   * for another reason is left out. Throws a `NetworkError` when nothing is left.
   */
  static async open(options: ListenerOptions): Promise<Listener> {
    const { port, named, portsTriedMax = LISTEN_PORTS_TRIED_MAX } = options;
    const last = named || port === 0 ? port : Math.min(port + portsTriedMax - 1, PORT_MAX);
    for (let candidate = port; candidate <= last; candidate += 1) {
      const listener = await Listener.#bind(options, candidate);
      if (listener !== undefined) return listener;
    }
    if (named) {
      const text = `port ${port} is in use by another program`;
      throw new NetworkError('port-in-use', `${text}; name another one, or none to take the next free one`);
    }
    throw new NetworkError('port-in-use', `the ports ${port} to ${last} are all in use; name a free one with -port`);
  }

  /** Accepts nothing from now on. Connections accepted before live on, and it resolves when they have ended too. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  /** Undefined when the port is taken on one of the addresses. */
  static async #bind(options: ListenerOptions, port: number): Promise<Listener | undefined> {
    const { addresses, named, trouble } = options;
    const servers: Server[] = [];
    let failure: unknown;
    for (const address of addresses.length === 0 ? [EVERY_ADDRESS] : addresses) {
      const server = createServer(options.accept);
      try {
        server.listen({ host: address, port: portOf(servers[0]) ?? port, exclusive: true });
        await once(server, 'listening');
      } catch (cause) {
        const code = failureCode(cause);
        // Windows answers EACCES for ports that it keeps to itself.
        if (code === 'EADDRINUSE' || (code === 'EACCES' && !named)) {
          for (const opened of servers) opened.close();
          return undefined;
        }
        trouble(`cannot listen on ${address}:${port}: ${code}`);
        failure = cause;
        continue;
      }
      server.on('error', (cause) => trouble(`cannot accept on ${address}:${port}: ${failureCode(cause)}`));
      servers.push(server);
    }
    const bound = portOf(servers[0]);
    if (bound === undefined) throw cannotListen(port, failure);
    return new Listener(bound, servers);
  }
}

function portOf(server: Server | undefined): number | undefined {
  const address = server?.address();
  return typeof address === 'object' ? address?.port : undefined;
}

function cannotListen(port: number, cause: unknown): NetworkError {
  const code = failureCode(cause);
  if (code === 'EACCES') {
    const text = `you may not listen on port ${port}; name one above 1023 with -port`;
    return new NetworkError('port-forbidden', text, cause);
  }
  const text = `cannot listen for others on port ${port}: ${code}; name another interface with -interface`;
  return new NetworkError('cannot-listen', text, cause);
}
