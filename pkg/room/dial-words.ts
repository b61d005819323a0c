/** Why somebody could not be reached, in words for people: what happened, and what may help. */

/** `why` is a fault's code or the system's. */
export function dialFailureText(why: string): string {
  switch (why) {
    case 'ECONNREFUSED':
      return 'nothing listens there: is p2pchat running, and is that its port?';
    case 'timeout':
    case 'ETIMEDOUT':
      return 'no answer: the machine may be off, or a firewall drops the connection';
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
      return 'no machine answers to that address';
    case 'ENETUNREACH':
      return 'there is no way to that network from here';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'that name is not known here: give the address instead';
    case 'handshake-failed':
    case 'no-identity':
      return 'something else than p2pchat answers there';
    case 'wrong-key':
      return 'somebody else answers there';
    default:
      return why.startsWith('ERR_SSL') ? 'something else than p2pchat answers there' : `the system says ${why}`;
  }
}

export function targetFailedText(target: string, why: string, final: boolean): string {
  return final
    ? `Not connected with ${target}: ${why}.`
    : `Cannot reach ${target} (${why}). It is tried again and again.`;
}
