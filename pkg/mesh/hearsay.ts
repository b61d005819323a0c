/** Which endpoints of others may be told to whom, and which of those told may be dialled: some mean something here alone. */
import type { Endpoint } from '../wire/endpoint.ts';

/** As `at` is told to a peer whose end of the link is `to`: without its scope; undefined where it would mean nothing there. */
export function tellable(at: Endpoint, to: Endpoint): Endpoint | undefined {
  const [address = '', scope] = at.address.split('%');
  if (isLoopback(address)) return isLoopback(to.address) ? at : undefined;
  if (isLinkLocal(address))
    return scope !== undefined && scope === scopeOf(to) ? { address, port: at.port } : undefined;
  return at;
}

/** What a peer told, whose end of the link is `from`, as it can be dialled from here; undefined where it must not be. */
export function usable(told: Endpoint, from: Endpoint): Endpoint | undefined {
  const { address, port } = told;
  if (isLoopback(address)) return isLoopback(from.address) ? told : undefined;
  if (isLinkLocal(address)) {
    const scope = scopeOf(from);
    return scope === undefined ? undefined : { address: `${address}%${scope}`, port };
  }
  return isOneHost(address) ? told : undefined;
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}

function scopeOf({ address }: Endpoint): string | undefined {
  return isLinkLocal(address) ? address.split('%')[1] : undefined;
}

/** Neither nobody, nor many, nor an IPv4 address in disguise. */
function isOneHost(address: string): boolean {
  if (address.includes(':')) return !/^(?:ff|0*:)/i.test(address);
  const first = Number(address.split('.')[0]);
  return first > 0 && first < 224;
}
