/**
 * - `unknown-interface`: no card of this machine has the name or address asked for.
 * - `port-in-use`: another program listens on the port the person named, or on all that were tried.
 * - `port-forbidden`: the system does not let this person listen on that port.
 * - `cannot-listen`: no address could be listened on; `cause` says how the last one failed.
 */
export type NetworkErrorCode = 'unknown-interface' | 'port-in-use' | 'port-forbidden' | 'cannot-listen';

/** The network cannot be used as asked. The message says what happened and what the person can do. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly code: NetworkErrorCode;

  constructor(code: NetworkErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** The system's code for a failure (`ECONNREFUSED`), or its text where there is none. Nothing in it was said by a peer. */
export function failureCode(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
