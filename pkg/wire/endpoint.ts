/** Where a datagram came from or a link leads: an IP address as the system writes it, and a port. An address is a rumour. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export function sameEndpoint(left: Endpoint, right: Endpoint): boolean {
  return left.port === right.port && left.address === right.address;
}

export function endpointText(endpoint: Endpoint): string {
  const { address, port } = endpoint;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
