import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from './addresses.ts';

export interface UdpOptions {
  readonly address: string;
  /** 0 takes any that is free. */
  readonly port: number;
  /** Others may have the port as well. */
  readonly shared: boolean;
  readonly heard: (bytes: Uint8Array, from: RemoteInfo) => void;
  readonly trouble: (cause: unknown) => void;
}

/** A socket bound to an address; it hears from now on. Throws when the address cannot be had, and leaves nothing open then. */
export async function openUdp({ address, port, shared, heard, trouble }: UdpOptions): Promise<Socket> {
  const six = isIPv6(address);
  const socket = createSocket({ type: six ? 'udp6' : 'udp4', ipv6Only: six, reuseAddr: shared, lookup });
  try {
    const listening = once(socket, 'listening');
    socket.bind({ port, address });
    await listening;
  } catch (cause) {
    socket.close();
    throw cause;
  }
  socket.on('message', heard);
  socket.on('error', trouble);
  return socket;
}

/** What was sent before has left. Nothing is heard any more; resolves when the handle is gone. */
export function shutUdp(socket: Socket): Promise<void> {
  socket.removeAllListeners('message');
  return new Promise((resolve) => {
    socket.close(() => resolve());
  });
}

/** Addresses are numbers already; answering in the same tick lets a datagram leave before its socket is closed. */
function lookup(
  address: string,
  _options: unknown,
  done: (error: null, address: string, family: number) => void,
): void {
  done(null, address, isIPv6(address) ? 6 : 4);
}
