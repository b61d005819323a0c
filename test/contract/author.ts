import { Identity } from '../../internal/crypto/identity.ts';
import { hashText } from '../../internal/crypto/verifier.ts';
import { wallTime } from '../../pkg/base/units.ts';
import type { HashedRun } from '../../pkg/feed/feed.ts';
import { checkNick } from '../../pkg/identity/nick.ts';
import { GENERAL, type RoomName } from '../../pkg/identity/room-name.ts';
import { composeRun, sealed } from '../../pkg/wire/entry.ts';
import { NO_RUN, type RunHash } from '../../pkg/wire/fields.ts';
import { parseRun } from '../../pkg/wire/run.ts';

/** Where a feed ends, so that its author can go on. */
export interface FeedEnd {
  readonly sequence: number;
  readonly clock: number;
  readonly hash: RunHash;
}

/** Somebody who writes one feed: true runs, signed and chained. */
export class Author {
  readonly identity: Identity;
  readonly room: RoomName;
  end: FeedEnd;

  constructor(options: { readonly identity?: Identity; readonly room?: RoomName; readonly end?: FeedEnd } = {}) {
    this.identity = options.identity ?? Identity.generate();
    this.room = options.room ?? GENERAL;
    this.end = options.end ?? { sequence: 0, clock: 0, hash: NO_RUN };
  }

  /** The next run, of all of `contents`; its first entry has the clock `clock`. */
  say(contents: readonly string[], clock: number = this.end.clock + 1): HashedRun {
    const check = checkNick('alice');
    if (check.type !== 'nick') throw new Error(check.why);
    const { identity, room, end } = this;
    const head = { room, author: identity.peer, sequence: end.sequence + 1, clock, prev: end.hash };
    const utterances = contents.map((content) => ({
      kind: 'chat' as const,
      sender: check.nick,
      content,
      saidAt: wallTime(0),
    }));
    const { text, count } = composeRun(head, utterances);
    if (count !== contents.length) throw new Error('too much for one run');
    const run = parseRun(sealed(text, identity.sign('run', text)));
    if (run.type === 'fault') throw new Error(run.why);
    const hash = hashText(run.text);
    this.end = { sequence: run.last, clock: run.clock, hash };
    return { run, hash };
  }
}
