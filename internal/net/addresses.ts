/** Questions about IP addresses in the text that the system writes them in. Nothing here asks the system. */

export function isIPv6(address: string): boolean {
  return address.includes(':');
}

/** Whether an IPv6 address means something on one cable only (fe80::/10), so that it wants a scope. */
export function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address) && isIPv6(address);
}

/** The card that a link-local address is on: `eth0` of `fe80::1%eth0`. Windows has numbers for names. */
export function scopeOf(address: string): string | undefined {
  const place = address.indexOf('%');
  return place === -1 ? undefined : address.slice(place + 1);
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** The address as everybody else writes it: an IPv4 address that came through an IPv6 socket is an IPv4 address. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

/** An IPv4 address or mask as 32 bits; what is none counts as 0. */
export function bitsOf(address: string): number {
  let bits = 0;
  for (const part of address.split('.')) bits = (bits << 8) | (Number(part) & 255);
  return bits;
}

/** Leading ones of an IPv4 mask: 24 of `255.255.255.0`. */
export function prefixOf(netmask: string): number {
  return Math.clz32(~bitsOf(netmask));
}

/** Where all machines of an IPv4 address's network hear, or undefined where there is nobody to hear but the own machine. */
export function broadcastOf(address: string, netmask: string): string | undefined {
  const prefix = prefixOf(netmask);
  if (isIPv6(address) || isLoopback(address) || prefix === 0 || prefix >= 31) return undefined;
  const bits = bitsOf(address) | ~bitsOf(netmask);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}

/**
 * The IPv6 group of those who meet at an IPv4 group: all nodes for all hosts (224.0.0.1), which every switch lets through,
 * and one of its own for every other, which bears the bits of the IPv4 group. Both end at the first router.
 */
export function ipv6GroupOf(group: string): string {
  if (group === '224.0.0.1') return 'ff02::1';
  const bits = bitsOf(group) >>> 0;
  return `ff12::${(bits >>> 16).toString(16)}:${(bits & 0xffff).toString(16)}`;
}
