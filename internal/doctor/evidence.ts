/** What was found out, line by line, for people: also what does not matter for the verdict. Safe to be shown. */
import { shownLine } from '../../pkg/chat/shown.ts';
import { keyTag } from '../../pkg/identity/peer-id.ts';
import { dialFailureText } from '../../pkg/room/dial-words.ts';
import { endpointText, sameEndpoint } from '../../pkg/wire/endpoint.ts';
import type { CardFact, DoorFact, Facts, HeardFact, VisitFact } from './facts.ts';
import type { Picture } from './picture.ts';

/** Lines of a kind; further ones are counted. */
const ROWS_MAX = 12;

export function evidenceOf(picture: Picture): string[] {
  const { facts } = picture;
  const peers = [...some(facts.heard, heardLine), ...some(facts.visits, (visit) => visitLine(visit, facts))];
  return [...hereLines(picture), ...peers, firewallLine(facts)].map(shownLine);
}

/** The same where there are few rows: a line for each peer, whatever addresses and links it has. */
export function evidenceInShort(picture: Picture): string[] {
  const { facts } = picture;
  const peers = new Map<string, VisitFact | HeardFact>();
  for (const visit of facts.visits) {
    const peer = visit.peer ?? facts.heard.find(({ at }) => sameEndpoint(at, visit.at))?.peer;
    const key = peer ?? visit.asked ?? endpointText(visit.at);
    const known = peers.get(key);
    const isBetter =
      known !== undefined && isVisit(known) && known.failure !== undefined && visit.failure === undefined;
    if (known === undefined || isBetter) peers.set(key, visit);
  }
  for (const one of facts.heard) {
    const key = one.peer ?? endpointText(one.at);
    if (!peers.has(key)) peers.set(key, one);
  }
  const lines = some([...peers.values()], (row) => (isVisit(row) ? visitLine(row, facts) : heardLine(row)));
  return [...hereLines(picture), ...lines, firewallLine(facts)].map(shownLine);
}

function isVisit(row: VisitFact | HeardFact): row is VisitFact {
  return 'source' in row;
}

/** The own side, and what cannot be told apart. */
function hereLines({ facts, unknown }: Picture): string[] {
  const cards = facts.cards.filter(({ loopback, chosen }) => !loopback || (chosen && facts.wanted.length > 0));
  return [
    ...some(cards, cardLine),
    ...unknown.map((name) => `no card ${name}: what -interface ${name} names is not there`),
    routeLine(facts),
    ...waysLines(facts),
    ...facts.ears.flatMap(({ way, failure }) =>
      failure === undefined ? [] : [`hearing ${way} on the discovery port: ${failure}`],
    ),
    ...some(
      facts.strangers,
      ({ address, count }) => `${count} strange datagram${count === 1 ? '' : 's'} from ${address}`,
    ),
    doorLine(facts.door),
    ...facts.door.selfDials.flatMap(({ address, failure }) =>
      failure === undefined ? [] : [`dialling oneself at ${address}: ${failure}`],
    ),
  ];
}

function firewallLine({ firewalls }: Facts): string {
  return firewalls.length === 0 ? 'no firewall seen (an ordinary user sees few)' : `firewall: ${firewalls.join(', ')}`;
}

function some<Row>(rows: readonly Row[], line: (row: Row) => string): string[] {
  const more = rows.length - ROWS_MAX;
  return [...rows.slice(0, ROWS_MAX).map(line), ...(more > 0 ? [`and ${more} more`] : [])];
}

function cardLine({ name, addresses, state, chosen }: CardFact): string {
  const where = addresses.map(({ address }) => address.split('%')[0]).join(', ') || 'no address';
  return `card ${name}: ${state ?? 'state unknown'}, ${where}${chosen ? '' : ', not used'}`;
}

function routeLine({ defaultRoutes }: Facts): string {
  const [route] = defaultRoutes;
  return route === undefined
    ? 'no default route (none is needed)'
    : `default route by ${route.card} to ${route.gateway}`;
}

function waysLines({ ways, cards, wanted }: Facts): string[] {
  const shown = ways.filter(
    ({ card }) => wanted.length > 0 || !cards.some(({ name, loopback }) => loopback && name === card),
  );
  return some(shown, ({ card, address, way, failure, echoed }) => {
    const fate = failure ?? (echoed ? 'sent, own copy heard' : 'sent, own copy not heard');
    return `${way} on ${card} (${address.split('%')[0]}): ${fate}`;
  });
}

function heardLine({ peer, nick, at, ways, version, group, card, chosen, local }: HeardFact): string {
  const who = peer === undefined ? 'somebody' : `${nick}~${keyTag(peer)}`;
  const port = at.port === 0 ? at.address : endpointText(at);
  const where = local ? ' on this machine' : card === undefined ? '' : ` on ${card}${chosen ? '' : ' (not used)'}`;
  const name = group === undefined ? '' : `, network ${group}`;
  return `heard ${who} at ${port}${where} by ${ways.join(', ')}, protocol ${version}${name}`;
}

function doorLine({ wanted, port, holder, failure }: DoorFact): string {
  const held = holder === 'us' || holder === 'nobody' ? '' : `; port ${wanted} is held by ${HOLDERS[holder]}`;
  if (port === undefined) return `accepts no links: port ${wanted} ${failure ?? ''}${held}`;
  return holder === 'own chat'
    ? `links are accepted by your running chat on port ${port}`
    : `accepts links on port ${port}${held}`;
}

const HOLDERS = {
  'own chat': 'your own chat',
  'other chat': 'another p2pchat on this machine',
  program: 'another program',
};

function visitLine(
  { source, at, otherCard, failure, visited, back, refused, clockAheadMs }: VisitFact,
  { group }: Facts,
): string {
  const who = `${SOURCES[source]} ${visited === undefined ? '' : `${visited.nick} `}at ${endpointText(at)}`;
  if (otherCard !== undefined) return `${who}: not tried, as it is reached by ${otherCard}`;
  if (failure !== undefined) return `${who}: cannot be dialled: ${dialFailureText(failure)}`;
  if (visited === undefined) return `${who}: can be dialled${refused === undefined ? '' : `, says ${refused}`}`;
  if (visited.group !== group) return `${who}: is in another chat, by -multicast ${visited.group}`;
  const hears = visited.heard.length === 0 ? 'did not hear our probes' : `heard us by ${visited.heard.join(', ')}`;
  const dialled =
    back === undefined ? 'did not say whether it can dial us' : `dials us back: ${back.ok ? 'yes' : back.why}`;
  const clock = `clock ${Math.round((clockAheadMs ?? 0) / 1_000)} s off`;
  return `${who}: can be dialled, ${hears}, sees us at ${visited.seen}, ${dialled}, ${visited.peers} linked, ${clock}, ${visited.software}`;
}

const SOURCES = { heard: 'heard', linked: 'linked', remembered: 'known from last time,', named: 'named,' } as const;
