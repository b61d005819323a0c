/** Names one connection for as long as the process runs; given by the driver, never used twice. */
export type LinkId = number & { readonly __brand: 'LinkId' };

export function linkId(count: number): LinkId {
  return count as LinkId;
}
