/** Why somebody could not be reached, in words for people: what happened, and what may help. */

/** What answers is some other program. */
export const NOT_P2PCHAT = 'something else than p2pchat answers there';

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
      return NOT_P2PCHAT;
    case 'wrong-key':
      return 'somebody else answers there';
    case 'self':
      return 'that is this very program';
    case 'EINVAL':
      return 'an address that begins with fe80 wants its card behind it, as in [fe80::1%eth0]:8080';
    default:
      if (why.startsWith('ERR_SSL')) return NOT_P2PCHAT;
      return /^[A-Z][A-Z0-9_]*$/.test(why) ? `the system says ${why}` : why;
  }
}

export function targetFailedText(target: string, why: string, final: boolean): string {
  return final
    ? `Not connected with ${target}: ${why}.`
    : `Cannot reach ${target} (${why}). It is tried again and again.`;
}
