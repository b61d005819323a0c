import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { LISTEN_PORTS_TRIED_MAX } from '../../pkg/base/limits.ts';
import { failureCode } from '../../pkg/base/machine-error.ts';
import { endpointText } from '../../pkg/wire/endpoint.ts';
import { NetworkError } from './network-error.ts';
import { Openings } from './openings.ts';

/** Where links of this machine are accepted when no interface was named. */
export const EVERY_ADDRESS: readonly string[] = ['0.0.0.0', '::'];

const PORT_MAX = 65_535;

export interface ListenerOptions {
  /** The local addresses to listen on, all on one port. */
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
  readonly #servers: Openings<Server>;
  readonly #options: ListenerOptions;

  private constructor(port: number, servers: ReadonlyMap<string, Server>, options: ListenerOptions) {
    const { trouble } = options;
    this.port = port;
    this.#options = options;
    this.#servers = new Openings({ trouble, close: shut });
    for (const [address, server] of servers) this.#servers.add(listenText(address, port), '', server);
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

  /**
   * Listens on these addresses and no others, on the port found before, as far as they let it: what failed before is
   * tried again. Connections accepted before live on. Says whether a new address is listened on. To be awaited before the
   * next call.
   */
  async use(addresses: readonly string[]): Promise<boolean> {
    const { port } = this;
    return await this.#servers.keep(
      addresses.map((address) => ({
        what: listenText(address, port),
        on: '',
        open: () => listen(address, port, this.#options),
      })),
    );
  }

  /** Accepts nothing from now on. Connections accepted before live on. */
  async close(): Promise<void> {
    await this.#servers.close();
  }

  /** Undefined when the port is taken on one of the addresses. */
  static async #bind(options: ListenerOptions, port: number): Promise<Listener | undefined> {
    const { addresses, named, trouble } = options;
    const servers = new Map<string, Server>();
    let bound: number | undefined;
    let failure: unknown;
    for (const address of addresses) {
      try {
        const server = await listen(address, bound ?? port, options);
        servers.set(address, server);
        bound ??= portOf(server);
      } catch (cause) {
        const code = failureCode(cause);
        // Windows answers EACCES for ports that it keeps to itself.
        if (code === 'EADDRINUSE' || (code === 'EACCES' && !named)) {
          await Promise.all([...servers.values()].map(shut));
          return undefined;
        }
        trouble(`cannot ${listenText(address, port)}: ${code}`);
        failure = cause;
      }
    }
    if (bound === undefined) throw cannotListen(port, failure);
    return new Listener(bound, servers, options);
  }
}

/** A server that accepts. Throws when the address cannot be had. */
async function listen(host: string, port: number, { accept, trouble }: ListenerOptions): Promise<Server> {
  const server = createServer(accept);
  server.listen({ host, port, exclusive: true, ipv6Only: true });
  await once(server, 'listening');
  server.on('error', (cause) => trouble(`cannot accept on ${host} ${port}: ${failureCode(cause)}`));
  return server;
}

/** Resolves at once: the connections that it accepted are others' to end. */
function shut(server: Server): Promise<void> {
  server.close();
  return Promise.resolve();
}

function listenText(address: string, port: number): string {
  return `listen on ${endpointText({ address, port })}`;
}

function portOf(server: Server): number | undefined {
  const address = server.address();
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
