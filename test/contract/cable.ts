import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';

export interface CableOptions {
  readonly target?: Endpoint;
  readonly answer?: string;
}

/**
 * A stretch of wire: it leads to `target`, and can be cut. Without a target it is the end of the way, where somebody
 * answers with a text or with nothing at all.
 */
export class Cable {
  readonly endpoint: Endpoint;
  readonly #server: Server;
  readonly #ends = new Set<Socket>();
  readonly #target: Endpoint | undefined;
  readonly #answer: string;

  private constructor(server: Server, port: number, options: CableOptions) {
    this.endpoint = { address: '127.0.0.1', port };
    this.#server = server;
    this.#target = options.target;
    this.#answer = options.answer ?? '';
  }

  static async lay(options: CableOptions = {}): Promise<Cable> {
    const server = createServer();
    server.listen({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const cable = new Cable(server, address.port, options);
    server.on('connection', (near) => cable.#join(near));
    return cable;
  }

  /** Every connection through it is reset on both ends. */
  cut(): void {
    for (const end of this.#ends) end.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket): void {
    this.#keep(near);
    if (this.#target !== undefined) {
      const far = connect({ host: this.#target.address, port: this.#target.port });
      this.#keep(far);
      near.pipe(far).pipe(near);
    } else if (this.#answer !== '') near.write(this.#answer);
  }

  #keep(end: Socket): void {
    this.#ends.add(end);
    end.on('error', () => {});
    end.once('close', () => this.#ends.delete(end));
  }
}
