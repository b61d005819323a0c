import { MachineError } from '../../pkg/base/machine-error.ts';

/**
 * - `unknown-interface`: no card of this machine has the name or address asked for.
 * - `port-in-use`: another program listens on the port the person named, or on all that were tried.
 * - `port-forbidden`: the system does not let this person listen on that port.
 * - `cannot-listen`: no address could be listened on; `cause` says how the last one failed.
 */
export type NetworkErrorCode = 'unknown-interface' | 'port-in-use' | 'port-forbidden' | 'cannot-listen';

/** The network cannot be used as asked. The message says what happened and what the person can do. */
export class NetworkError extends MachineError<NetworkErrorCode> {
  override readonly name = 'NetworkError';
}
