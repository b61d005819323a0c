/** What becomes of those whom the person named: it is said of each, however well the others are reached. */
import { shownLine } from '../../pkg/chat/shown.ts';
import { dialFailureText, NOT_P2PCHAT } from '../../pkg/room/dial-words.ts';
import type { Finding } from './diagnose.ts';
import { startHere, startThere } from './fixes.ts';
import { isNameless, isOurs, type Picture } from './picture.ts';

/** Somebody whom the person named calls the network by another name, however well the others are reached. */
export function inOtherGroup({ facts, named }: Picture): Finding | undefined {
  for (const { text, visits } of named) {
    const seen = visits.flatMap(({ visited }) => visited ?? []);
    const other = seen.find(({ version, group }) => version === facts.version && group !== facts.group);
    if (other === undefined || seen.some((one) => isOurs(one, facts))) continue;
    const group = shownLine(other.group);
    return {
      cause: `${shownLine(text)} (${shownLine(other.nick)}) is in another chat: it uses -multicast ${group}, and this is ${facts.group}.`,
      fix: startHere(facts, { multicast: group }),
    };
  }
  return undefined;
}

/** Somebody whom the person named does not answer at any address, however well the others are reached. */
export function unreachable({ facts, named }: Picture): Finding | undefined {
  const missing = named.find(({ visits }) => {
    return visits.every(({ failure, otherCard }) => failure !== undefined && otherCard === undefined);
  });
  const [first] = missing?.visits ?? [];
  if (missing === undefined || first === undefined) return undefined;
  const { address, port } = first.at;
  const where = shownLine(missing.text);
  const { failure = '' } = first;
  if (isNameless(failure)) {
    return {
      cause: `There is no host ${shownLine(address)} that is known here.`,
      fix: `${startHere(facts, { connect: 'ADDRESS' })}   # /address in the chat there shows it`,
    };
  }
  const why = dialFailureText(failure);
  if (failure === 'ECONNREFUSED') {
    return {
      cause: `${where} cannot be reached: that machine is there, but no p2pchat accepts links on that port.`,
      fix: `${startThere(facts, { port })}   # on that machine`,
    };
  }
  if (why === NOT_P2PCHAT) {
    const next = port === 65_535 ? port - 1 : port + 1;
    return {
      cause: `${where} cannot be reached: ${why}, so that port is taken.`,
      fix: `${startThere(facts, { port: next })}   # on that machine; it is dialled with its port: ${address}:${next}`,
    };
  }
  return {
    cause: `${where} cannot be reached: ${why}.`,
    fix: `${startThere(facts, { port })}   # on that machine; its firewall must let TCP port ${port} in`,
  };
}
