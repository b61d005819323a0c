/** What the screen says about the network: one line always, and more while nobody else is there. */
import { MULTICAST_GROUP_DEFAULT, MULTICAST_PORT_DEFAULT } from '../base/limits.ts';
import { grouped } from '../chat/grouped.ts';
import { shownLine } from '../chat/shown.ts';
import type { CatchingUp, NetworkView, RoomView, Snapshot } from '../chat/snapshot.ts';
import { columns } from './cells.ts';

const GROUP_DEFAULT = `${MULTICAST_GROUP_DEFAULT}:${MULTICAST_PORT_DEFAULT}`;
const PARTING = ' | ';
const NO_NETWORK = 'no network';

/** The most telling header that fits `width`; where none fits, the shortest, to be cut. Safe to show. */
export function headerText(
  { people, network, room }: Pick<Snapshot, 'people' | 'network'> & { readonly room: Pick<RoomView, 'catchingUp'> },
  width: number,
): string {
  const cards = network.interfaces.map(({ name, address }) => shownLine(`${name} ${address}`));
  const one = cards.length <= 1 ? cards.join('') : `${cards[0]} +${cards.length - 1}`;
  const address = shownLine(network.interfaces[0]?.address ?? '');
  const port = `port ${network.port}`;
  const others = othersText(people.length - 1, network);
  const { long, short } = progress(room.catchingUp);
  const candidates = [
    ['p2pchat', cards.join(', ') || NO_NETWORK, port, others, ...long],
    ['p2pchat', one || NO_NETWORK, port, others, ...long],
    [one || NO_NETWORK, port, others, ...long],
    [address || NO_NETWORK, port, others, ...short],
    [address || NO_NETWORK, others, ...short],
    [others, ...short],
    ...(short.length > 0 ? [short] : []),
  ].map((parts) => ` ${parts.join(PARTING)}`);
  return candidates.find((text) => columns(text) <= width) ?? short[0] ?? others;
}

/** How far the history is here, at length and in short; nothing when it is all here. */
function progress(catchingUp: CatchingUp | undefined): { readonly long: string[]; readonly short: string[] } {
  if (catchingUp === undefined) return { long: [], short: [] };
  const { held, known } = catchingUp;
  const percent = known > 0 ? Math.min(100, Math.floor((held / known) * 100)) : 0;
  return { long: [`catching up ${grouped(held)} of ${grouped(known)}`], short: [`catching up ${percent}%`] };
}

/** For an empty room: what happens by itself, and what to do. Safe to show. */
export function welcomeLines({ me, network }: Pick<Snapshot, 'me' | 'network'>): string[] {
  const cards = network.interfaces.map(({ name, address }) => `${name} ${address}`).join(', ');
  if (network.interfaces.length === 0) {
    return [
      'This machine is on no network at the moment.',
      'Join a Wi-Fi or plug in a cable, then start p2pchat again.',
    ];
  }
  return [
    network.unlinked > 0 ? 'Somebody is there; the link is being made.' : `Hello ${me.nick}, nobody else is here yet.`,
    `p2pchat listens on ${cards} (port ${network.port}, group ${network.group}) and links by itself to whoever appears.`,
    'Tell a friend on the same network to run:',
    `    p2pchat -username their-name${network.group === GROUP_DEFAULT ? '' : ` -multicast ${network.group}`}`,
    'What you write now is kept and reaches them when they come. /help lists the commands.',
  ].map(shownLine);
}

function othersText(linked: number, { unlinked }: NetworkView): string {
  if (linked === 0) return unlinked > 0 ? `reaching ${unlinked}…` : 'waiting for others…';
  return unlinked > 0 ? `${linked} linked, reaching ${unlinked} more` : `${linked} linked`;
}
