/** What to do, in words to be pasted: as concrete as the facts allow. */

import { MULTICAST_GROUP_DEFAULT, MULTICAST_PORT_DEFAULT } from '../../pkg/base/limits.ts';
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

const GROUP_DEFAULT = `${MULTICAST_GROUP_DEFAULT}:${MULTICAST_PORT_DEFAULT}`;

/** What p2pchat is to be started with, where that is other than what it was asked with here. */
export interface Start {
  readonly connect?: string;
  readonly port?: number | undefined;
  readonly interfaces?: readonly string[];
  readonly multicast?: string;
}

/** Starts p2pchat on this machine, with the flags of this examination: without them it would be in another chat. */
export function startHere(facts: Facts, start: Start): string {
  const { group, wanted, door } = facts;
  const port = door.named ? door.wanted : undefined;
  return command(facts, { multicast: group, interfaces: wanted, port, ...start });
}

/** Starts p2pchat on another machine: the group is the same there, cards and port are its own. */
export function startThere(facts: Facts, start: Start): string {
  return command(facts, { multicast: facts.group, ...start });
}

function command(facts: Facts, { connect, port, interfaces = [], multicast = GROUP_DEFAULT }: Start): string {
  const words = [
    ...(connect === undefined ? [] : ['-connect', typed(connect, facts)]),
    ...(port === undefined ? [] : ['-port', `${port}`]),
    ...interfaces.flatMap((card) => ['-interface', typed(card, facts)]),
    ...(multicast === GROUP_DEFAULT ? [] : ['-multicast', typed(multicast, facts)]),
  ];
  return ['p2pchat', ...words].join(' ');
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
  const { nft } = facts;
  if (nft !== undefined) return each((protocol, port) => nftRule(nft.input, protocol, port));
  return each((protocol, port) => `sudo iptables -I INPUT -p ${protocol} --dport ${port} -j ACCEPT`);
}

function nftRule(chain: string, protocol: string, port: number): string {
  return `sudo nft insert rule ${chain} ${protocol} dport ${port} accept`;
}

/** Lets datagrams out through the firewall of this machine. */
export function letOut(facts: Facts): string {
  const port = discoveryPort(facts);
  if (facts.firewalls.includes('ufw')) return `sudo ufw allow out ${port}/udp`;
  if (facts.platform === 'win32') {
    return `netsh advfirewall firewall add rule name=p2pchat dir=out action=allow protocol=UDP remoteport=${port}`;
  }
  if (facts.platform === 'darwin') return 'switch the outgoing filter (Little Snitch, LuLu or the like) off for node';
  if (facts.nft !== undefined) return nftRule(facts.nft.output, 'udp', port);
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
  return startHere(facts, { connect: at === undefined ? 'ADDRESS' : endpointText(at) });
}

/** Gives a card an address in the network of another one; which numbers are free there is not known here. */
export function moveTo(facts: Facts, name: string, theirs: string): string {
  const { platform } = facts;
  const card = typed(name, facts);
  const address = typed(theirs.replace(/\d+$/, 'N'), facts);
  const words =
    platform === 'win32'
      ? `netsh interface ipv4 add address ${card} ${address} 255.255.255.0`
      : platform === 'darwin'
        ? `sudo ifconfig ${card} alias ${address} 255.255.255.0`
        : `sudo ip address add ${address}/24 dev ${card}`;
  return `${words}   # N: a number that nobody has there`;
}

/** What somebody on another machine types to come here: the first address that can be told. */
export function comeHere(facts: Facts): string {
  const own = facts.cards
    .filter(({ chosen, loopback }) => chosen && !loopback)
    .flatMap(({ addresses }) => addresses)
    .find(({ address }) => !isIPv6(address));
  if (own === undefined) return startThere(facts, {});
  return startThere(facts, { connect: `${own.address}:${facts.door.port ?? facts.door.wanted}` });
}

export function discoveryPort({ group }: Facts): number {
  return Number(group.slice(group.lastIndexOf(':') + 1));
}
