/** What to do, in words to be pasted: as concrete as the facts allow. */

import { endpointText } from '../../pkg/wire/endpoint.ts';
import { isIPv6 } from '../net/addresses.ts';
import type { Facts, HeardFact, VisitFact } from './facts.ts';

/**
 * A word as it is typed in a shell: what others told, and the names of cards, may hold anything. Quoted is whatever a
 * shell could take for more than a word; `[` is such a thing in zsh.
 */
export function typed(word: string, { platform }: Pick<Facts, 'platform'>): string {
  if (/^[\w.:%@/+][\w.:%@/+-]*$/.test(word)) return word;
  return platform === 'win32' ? `"${word.replaceAll(/["%]/g, '')}"` : `'${word.replaceAll("'", "'\\''")}'`;
}

export interface Ports {
  readonly tcp?: number;
  readonly udp?: number;
}

/** Lets others in through the firewall of this machine. */
export function letIn(facts: Facts, ports: Ports): string {
  const wanted = Object.entries(ports).flatMap(([protocol, port]) => (port === undefined ? [] : [{ protocol, port }]));
  const each = (words: (protocol: string, port: number) => string, between = ' && ') =>
    wanted.map(({ protocol, port }) => words(protocol, port)).join(between);
  const { platform, firewalls } = facts;
  if (firewalls.includes('ufw')) return each((protocol, port) => `sudo ufw allow ${port}/${protocol}`);
  if (firewalls.includes('firewalld')) {
    return `sudo firewall-cmd --permanent ${each((protocol, port) => `--add-port=${port}/${protocol}`, ' ')} && sudo firewall-cmd --reload`;
  }
  if (platform === 'darwin') {
    return 'sudo /usr/libexec/ApplicationFirewall/socketfilterfw --add "$(which node)" --unblockapp "$(which node)"';
  }
  if (platform === 'win32') {
    return each(
      (protocol, port) =>
        `netsh advfirewall firewall add rule name=p2pchat dir=in action=allow protocol=${protocol.toUpperCase()} localport=${port}`,
    );
  }
  return each((protocol, port) => `sudo iptables -I INPUT -p ${protocol} --dport ${port} -j ACCEPT`);
}

/** Lets datagrams out through the firewall of this machine. */
export function letOut(facts: Facts): string {
  const port = discoveryPort(facts);
  if (facts.firewalls.includes('ufw')) return `sudo ufw allow out ${port}/udp`;
  if (facts.platform === 'win32') {
    return `netsh advfirewall firewall add rule name=p2pchat dir=out action=allow protocol=UDP remoteport=${port}`;
  }
  if (facts.platform === 'darwin') return 'switch the outgoing filter (Little Snitch, LuLu or the like) off for node';
  return `sudo iptables -I OUTPUT -p udp --dport ${port} -j ACCEPT`;
}

/** Shows which program has a UDP port. */
export function showHolder({ platform }: Facts, port: number): string {
  if (platform === 'darwin') return `lsof -nP -iUDP:${port}`;
  return platform === 'win32' ? `netstat -ano -p UDP | findstr :${port}` : `ss -ulpn 'sport = :${port}'`;
}

/** Switches a card on; where it is on, off before, so that it asks for an address anew. */
export function switchOn(facts: Facts, name: string, anew: boolean): string {
  const { platform } = facts;
  const card = typed(name, facts);
  if (platform === 'win32') return anew ? 'ipconfig /renew' : `netsh interface set interface ${card} enable`;
  const set = (state: string) =>
    platform === 'darwin' ? `sudo ifconfig ${card} ${state}` : `sudo ip link set ${card} ${state}`;
  return anew ? `${set('down')} && ${set('up')}` : set('up');
}

/** Goes to somebody without being announced. */
export function connectTo(facts: Facts, known: readonly (VisitFact | HeardFact)[]): string {
  const at = known.map(({ at }) => at).find(({ address }) => !isIPv6(address)) ?? known[0]?.at;
  return at === undefined ? 'p2pchat -connect ADDRESS' : `p2pchat -connect ${typed(endpointText(at), facts)}`;
}

/** What somebody on another machine types to come here: the first address that can be told. */
export function comeHere(facts: Facts): string {
  const own = facts.cards
    .filter(({ chosen, loopback }) => chosen && !loopback)
    .flatMap(({ addresses }) => addresses)
    .find(({ address }) => !isIPv6(address));
  if (own === undefined) return 'p2pchat';
  return `p2pchat -connect ${own.address}:${facts.door.port ?? facts.door.wanted}`;
}

export function discoveryPort({ group }: Facts): number {
  return Number(group.slice(group.lastIndexOf(':') + 1));
}
