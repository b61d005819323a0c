/** Names one connection for as long as the process runs; given by the driver, never used twice. */
export type LinkId = number & { readonly __brand: 'LinkId' };

/** Names one attempt to connect; given by the core, never used twice. */
export type DialId = number & { readonly __brand: 'DialId' };

export function linkId(count: number): LinkId {
  return count as LinkId;
}

export function dialId(count: number): DialId {
  return count as DialId;
}
