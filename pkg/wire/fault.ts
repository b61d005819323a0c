/**
 * What a peer can do wrong, by stable code. A fault is a value: it is traced, told to the peer in its `bye` where
 * there is a link to tell it on, and ends that link. It never throws and never reaches anybody else.
 */
export type FaultCode =
  | 'bad-chain' // a run does not continue its feed
  | 'bad-line' // a line is not UTF-8, not JSON, or not a message of the protocol
  | 'bad-run' // lines of entries that make no run
  | 'bad-signature' // a run's signature is not its author's
  | 'flood' // more control lines or ranges asked for than the limits allow
  | 'fork' // two entries with one sequence
  | 'handshake-crowded' // too many connections that do not say who they are
  | 'handshake-failed' // TLS could not be agreed
  | 'handshake-timeout' // a connection did not authenticate in time
  | 'hello-expected' // the first line is no hello, or a later line is one
  | 'hello-timeout' // no hello in time
  | 'line-too-long' // no line break within the limit
  | 'other-group' // the other end belongs to another network
  | 'no-identity' // no certificate, or one without an Ed25519 key
  | 'self' // the link leads to ourselves
  | 'silence' // nothing came for too long
  | 'unasked' // entries of somebody else that were not asked for
  | 'version' // another protocol version
  | 'wrong-key'; // the one who answered is not the one who was dialled

/** Why a link ends without anybody's fault. */
export type FarewellCode =
  | 'goodbye' // the person left
  | 'duplicate' // another link between the two is the one kept
  | 'busy' // too many visits at once
  | 'visited' // the visit is over
  | 'links-full'; // the sender holds as many links as it may, or gives this one up for a newcomer

export interface Fault {
  readonly type: 'fault';
  readonly code: FaultCode;
  /** For the log and the other side's developer; never contains text that somebody said. */
  readonly why: string;
}

export function fault(code: FaultCode, why: string): Fault {
  return { type: 'fault', code, why };
}
