/** What the screen says about the network: one line always, and more while nobody else is there. */
import { MULTICAST_GROUP_DEFAULT, MULTICAST_PORT_DEFAULT } from '../base/limits.ts';
import type { WallTime } from '../base/units.ts';
import { grouped } from '../chat/grouped.ts';
import { peerCounts } from '../chat/reach.ts';
import { shownLine } from '../chat/shown.ts';
import type { CatchingUp, NetworkView, Person, RoomView, Snapshot } from '../chat/snapshot.ts';
import { agoText } from '../chat/span-text.ts';
import { columns } from './cells.ts';

const GROUP_DEFAULT = `${MULTICAST_GROUP_DEFAULT}:${MULTICAST_PORT_DEFAULT}`;
const PARTING = ' | ';
const NO_NETWORK = 'no network';
/** Others are there, though there is no card: they run here. */
const THIS_MACHINE = 'this machine only';
/** Who is alone for so long is told what to do about it. */
const ALONE_MS = 15_000;

type HeaderPart = Pick<Snapshot, 'people' | 'network'> & { readonly room: Pick<RoomView, 'catchingUp'> };

/**
 * The most telling header that fits `width`; where none fits, the shortest, to be cut. Safe to show. Of the time it
 * depends in coarse steps, so that it changes seldom.
 */
export function headerText({ people, network, room }: HeaderPart, width: number, now: WallTime): string {
  const cards = network.interfaces.map(({ name, address }) => shownLine(`${name} ${address}`));
  const none = people.some(isHere) ? THIS_MACHINE : NO_NETWORK;
  const one = cards.length <= 1 ? cards.join('') : `${cards[0]} +${cards.length - 1}`;
  const address = shownLine(network.interfaces[0]?.address ?? '');
  const port = `port ${network.port}`;
  const peers = peersTexts(people, network);
  const { long, short } = progress(room.catchingUp);
  const heard = heardText(people, network, now);
  const candidates = [
    ['p2pchat', cards.join(', ') || none, port, peers.long, ...heard, ...long],
    ['p2pchat', one || none, port, peers.long, ...heard, ...long],
    [one || none, port, peers.long, ...heard, ...long],
    [one || none, peers.long, ...heard, ...long],
    [address || none, peers.long, ...heard, ...short],
    [address || none, peers.short, ...heard, ...short],
    [address || none, peers.short, ...short],
    [peers.short, ...short],
    ...(short.length > 0 ? [short] : []),
  ].map((parts) => ` ${parts.join(PARTING)}`);
  return candidates.find((text) => columns(text) <= width) ?? short[0] ?? peers.short;
}

/** Whether somebody is linked who runs on this machine. */
function isHere({ address }: Person): boolean {
  return address !== undefined && /^(?:127\.|\[::1\])/.test(address);
}

/** When there was a sign of life of the network last. Who is linked has given one, even if none was noted yet. */
function heardText(people: readonly Person[], { heardAt }: NetworkView, now: WallTime): string[] {
  if (heardAt !== undefined) return [`heard ${agoText(now - heardAt)}`];
  return people.length > 1 ? [] : ['nothing heard'];
}

/** How far the history is here, at length and in short; nothing when it is all here. */
function progress(catchingUp: CatchingUp | undefined): { readonly long: string[]; readonly short: string[] } {
  if (catchingUp === undefined) return { long: [], short: [] };
  const { held, known } = catchingUp;
  const percent = known > 0 ? Math.min(100, Math.floor((held / known) * 100)) : 0;
  return { long: [`catching up ${grouped(held)} of ${grouped(known)}`], short: [`catching up ${percent}%`] };
}

/** For an empty room: what happens by itself, and what to do. Safe to show. */
export function welcomeLines({ me, network }: Pick<Snapshot, 'me' | 'network'>, now: WallTime): string[] {
  const cards = network.interfaces.map(({ name, address }) => `${name} ${address}`).join(', ');
  if (network.interfaces.length === 0) {
    return [
      'This machine is on no network at the moment.',
      'Join a Wi-Fi or plug in a cable: p2pchat goes on by itself.',
    ];
  }
  const reaching = network.unlinked > 0;
  const hello = reaching ? 'Somebody is there; the link is being made.' : `Hello ${me.nick}, nobody else is here yet.`;
  const command = `    p2pchat -username their-name${network.group === GROUP_DEFAULT ? '' : ` -multicast ${network.group}`}`;
  if (now - me.since >= ALONE_MS) {
    return [
      hello,
      'Is a friend on the same network running this?',
      command,
      'Then /doctor finds out why you do not see each other (in a shell: p2pchat doctor), and /address shows how a ' +
        'friend can reach you directly.',
    ].map(shownLine);
  }
  return [
    hello,
    `p2pchat listens on ${cards} (port ${network.port}, group ${network.group}) and links by itself to whoever appears.`,
    'Tell a friend on the same network to run:',
    command,
    'What you write now is kept and reaches them when they come. /help lists the commands.',
  ].map(shownLine);
}

/** Who is linked and who is on the way, at length and in short. */
function peersTexts(
  people: readonly Person[],
  network: NetworkView,
): { readonly long: string; readonly short: string } {
  const { linked, relayed } = peerCounts(people);
  const trying = tryingText(network.targets);
  if (linked + relayed === 0) {
    const reaching = network.unlinked > 0 ? `reaching ${network.unlinked}…` : undefined;
    const long = [reaching ?? (trying === undefined ? 'waiting for others…' : ''), trying ?? ''];
    const short = reaching ?? (trying === undefined ? 'nobody yet' : 'trying…');
    return { long: long.filter((part) => part !== '').join(', '), short };
  }
  const long = [
    `${linked} linked`,
    relayed > 0 ? `${relayed} relayed` : '',
    network.unlinked > 0 ? `reaching ${network.unlinked} more` : '',
    trying ?? '',
  ];
  return {
    long: long.filter((part) => part !== '').join(', '),
    short: relayed > 0 ? `${linked} linked +${relayed}` : `${linked} linked`,
  };
}

/** The places that were asked for and are not linked. */
function tryingText(targets: NetworkView['targets']): string | undefined {
  const [first, ...others] = targets.filter(({ state }) => state === 'trying');
  if (first === undefined) return undefined;
  return `trying ${shownLine(first.text)}${others.length > 0 ? ` +${others.length}` : ''}…`;
}
