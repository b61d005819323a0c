import { linkId } from '../../pkg/base/link-id.ts';
import { wallTime } from '../../pkg/base/units.ts';
import type { Bearer, HashedRun } from '../../pkg/feed/feed.ts';
import { checkNick, type Nick } from '../../pkg/identity/nick.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import { GENERAL, type RoomName } from '../../pkg/identity/room-name.ts';
import { composeRun, type Run, sealed } from '../../pkg/wire/entry.ts';
import { NO_RUN, type RunHash } from '../../pkg/wire/fields.ts';
import { parseRun } from '../../pkg/wire/run.ts';
import { hashText, toyPeerId, toySign } from '../sim/toy-crypto.ts';

/** What the next run says of its place; where it is silent, the run continues the feed. */
interface Place {
  readonly sequence?: number;
  readonly clock?: number;
  readonly prev?: RunHash;
  /** Seals it with a signature that is not the author's. */
  readonly forged?: boolean;
}

/** Somebody who writes one feed in true runs, or in false ones where a test wants them. */
export class Speaker {
  readonly peer: PeerId;
  readonly room: RoomName;
  readonly nick: Nick;
  end = { sequence: 0, clock: 0, hash: NO_RUN };

  constructor(name: string, room: RoomName = GENERAL) {
    this.peer = toyPeerId(name);
    this.nick = nickOf(name);
    this.room = room;
  }

  /** The next run of the feed, of all of `contents`. */
  say(contents: string | readonly string[], place: Place = {}): Run {
    return this.hashed(contents, place).run;
  }

  hashed(contents: string | readonly string[], place: Place = {}): HashedRun {
    const hashed = this.#make(typeof contents === 'string' ? [contents] : contents, place);
    this.end = { sequence: hashed.run.last, clock: hashed.run.clock, hash: hashed.hash };
    return hashed;
  }

  /** A run that the feed does not go on from. */
  aside(contents: string, place: Place = {}): Run {
    return this.#make([contents], place).run;
  }

  /** Brings runs on a link of its own. */
  on(link: number): Bearer {
    return { link: linkId(link), peer: this.peer };
  }

  #make(contents: readonly string[], place: Place): HashedRun {
    const { room, peer: author, end } = this;
    const sequence = place.sequence ?? end.sequence + 1;
    const head = { room, author, sequence, clock: place.clock ?? end.clock + 1, prev: place.prev ?? end.hash };
    const utterances = contents.map((content) => ({
      kind: 'chat' as const,
      sender: this.nick,
      content,
      saidAt: wallTime(0),
    }));
    const { text, count } = composeRun(head, utterances);
    if (count !== contents.length) throw new Error('too much for one run');
    const signed = place.forged === true ? `${text} ` : text;
    const run = parseRun(sealed(text, toySign(author, 'run', signed)));
    if (run.type === 'fault') throw new Error(run.why);
    return { run, hash: hashText(run.text) };
  }
}

/** The network to which everybody in the tests belongs. */
export const GROUP = '224.0.0.1:9999';

export function nickOf(name: string): Nick {
  const check = checkNick(name);
  if (check.type === 'wrong') throw new Error(`"${name}" ${check.why}`);
  return check.nick;
}

/** Whether a text's signature is that of its author, and the hashes of `texts`: the answer to `verify`. */
export function verdict(
  author: PeerId,
  { signed, signature, texts }: { signed: string; signature: string; texts: readonly string[] },
): { readonly valid: boolean; readonly hashes: readonly RunHash[] } {
  return { valid: toySign(author, 'run', signed) === signature, hashes: texts.map(hashText) };
}
