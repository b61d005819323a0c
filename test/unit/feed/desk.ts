import { wallTime } from '../../../pkg/base/units.ts';
import { Feeds } from '../../../pkg/feed/feeds.ts';
import type { FeedsOut, HeldMessage, StoredHead } from '../../../pkg/feed/feeds-out.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { type Run, sealed, signedPart } from '../../../pkg/wire/entry.ts';
import { hashText, toyPeerId, toySign } from '../../sim/toy-crypto.ts';
import { nickOf, type Speaker, verdict } from '../speaker.ts';

export const me = toyPeerId('me');

const QUESTIONS: ReadonlySet<FeedsOut['type']> = new Set(['verify', 'sign', 'store', 'recall', 'accuse']);

/** Feeds whose questions wait until the test answers them. */
export class Desk {
  readonly feeds: Feeds;
  readonly log: FeedsOut[] = [];
  readonly waiting: FeedsOut[] = [];
  readonly stored: Run[] = [];
  /** Texts of what was accepted, in order. */
  readonly accepted: string[] = [];

  constructor(heads: readonly StoredHead[] = [], held: readonly HeldMessage[] = []) {
    this.feeds = new Feeds(me, [GENERAL], heads, held);
  }

  /** Takes what the feeds said: questions wait. The kinds of it, faults and distrust with their link. */
  take(outs: readonly FeedsOut[]): string[] {
    return outs.map((out) => {
      this.log.push(out);
      if (QUESTIONS.has(out.type)) this.waiting.push(out);
      if (out.type === 'accepted')
        this.accepted.push(...out.runs.flatMap(({ entries }) => entries.map((e) => e.content)));
      if (out.type === 'fault') return `${out.fault.code} ${out.link}`;
      return out.type === 'distrusted' ? `distrusted ${out.link}` : out.type;
    });
  }

  offer(speaker: Speaker, contents: string, link = 1): string[] {
    return this.take(this.feeds.offer(speaker.say(contents), speaker.on(link)));
  }

  /** Answers the question that waited longest. */
  answer(disk: 'works' | 'fails' = 'works'): string[] {
    const asked = this.waiting.shift();
    switch (asked?.type) {
      case 'verify': {
        const { valid, hashes } = verdict(asked.feed.author, asked);
        return this.take(this.feeds.verified(asked.feed, valid, hashes));
      }
      case 'sign': {
        const text = sealed(asked.text, toySign(me, 'run', asked.text));
        return this.take(this.feeds.signed(asked.feed, text, hashText(text)));
      }
      case 'recall': {
        const kept = this.stored.find((run) => run.author === asked.feed.author && holds(run, asked.sequence));
        return this.take(this.feeds.recalled(asked.feed, asked.suspicion, kept?.text));
      }
      case 'accuse': {
        const { run } = asked.suspicion;
        const seal = signedPart(run.text);
        if (seal === undefined) throw new Error('a run without a seal');
        const { valid } = verdict(run.author, { ...seal, texts: [] });
        return this.take(this.feeds.accused(asked.feed, asked.suspicion, asked.kept, valid));
      }
      case 'store':
        if (disk === 'works') this.stored.push(...asked.runs.map(({ run }) => run));
        return this.take(
          disk === 'works' ? this.feeds.stored(asked.feed) : this.feeds.storeFailed(asked.feed, 'disk full'),
        );
      default:
        throw new Error('nothing was asked');
    }
  }

  settle(): string[] {
    const kinds: string[] = [];
    while (this.waiting.length > 0) kinds.push(...this.answer());
    return kinds;
  }

  say(content: string): boolean {
    return this.feeds.say(GENERAL, { kind: 'chat', sender: nickOf('me'), content, saidAt: wallTime(0) });
  }

  compose(): string[] {
    return this.take(this.feeds.compose(GENERAL));
  }
}

function holds({ first, last }: Run, sequence: number): boolean {
  return first <= sequence && sequence <= last;
}
