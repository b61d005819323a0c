import { describe, expect, it } from 'vitest';
import { LINKS_MAX_DEFAULT } from '../../../pkg/base/limits.ts';
import { linkId } from '../../../pkg/base/link-id.ts';
import { instant, wallTime } from '../../../pkg/base/units.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import type { Effect } from '../../../pkg/peer/effect.ts';
import type { Input } from '../../../pkg/peer/input.ts';
import { Peer } from '../../../pkg/peer/peer.ts';
import { sealed } from '../../../pkg/wire/entry.ts';
import { isInstanceId } from '../../../pkg/wire/fields.ts';
import { encodeMessage } from '../../../pkg/wire/message.ts';
import { hashText, toyPeerId, toySign } from '../../sim/toy-crypto.ts';
import { GROUP, nickOf, Speaker } from '../speaker.ts';

const LINK = linkId(1);
const INSTANCE = '0'.repeat(16);

/** A peer whose disk answers when the test says so. */
class Alone {
  readonly me = toyPeerId('alice');
  at = 0;
  readonly machine: Peer;
  /** What waits for the disk. */
  readonly stores: Extract<Effect, { readonly type: 'store' }>[] = [];
  readonly loads: Extract<Effect, { readonly type: 'load' }>[] = [];

  constructor() {
    if (!isInstanceId(INSTANCE)) throw new Error('no instance');
    this.machine = new Peer({
      me: this.me,
      nick: nickOf('alice'),
      instance: INSTANCE,
      port: 8080,
      group: GROUP,
      linksMax: LINKS_MAX_DEFAULT,
      targets: [],
      remembered: [],
      software: 'test',
      heads: [],
      outbox: [],
      startedAt: { at: instant(0), wall: wallTime(0) },
      seed: 1,
      tracing: false,
    });
  }

  take(input: Input): void {
    const effects = this.machine.step(input, { at: instant(this.at), wall: wallTime(this.at) });
    for (const effect of effects) this.#perform(effect);
  }

  say(text: string): void {
    this.take({ type: 'command', command: { type: 'say', room: GENERAL, kind: 'chat', text } });
  }

  hear(text: string): void {
    this.take({ type: 'bytes', link: LINK, bytes: new TextEncoder().encode(text) });
  }

  #perform(effect: Effect): void {
    if (effect.type === 'store') this.stores.push(effect);
    if (effect.type === 'load') this.loads.push(effect);
    if (effect.type === 'page') this.take({ type: 'paged', ticket: effect.ticket, runs: [], floor: 0 });
    if (effect.type === 'sign') {
      const text = sealed(effect.text, toySign(this.me, effect.context, effect.text));
      this.take({ type: 'signed', ticket: effect.ticket, text, hash: hashText(text) });
    }
    if (effect.type !== 'verify') return;
    const valid = toySign(effect.author, effect.context, effect.signed) === effect.signature;
    this.take({ type: 'verified', ticket: effect.ticket, valid, hashes: effect.texts.map(hashText) });
  }
}

function next<Task>(tasks: Task[]): Task {
  const task = tasks.shift();
  if (task === undefined) throw new Error('nothing was asked for');
  return task;
}

describe('an own feed that turns out to be forked while something is being stored', () => {
  it('leaves nothing waiting on the screen', () => {
    const alice = new Alone();
    const hello = {
      type: 'hello',
      version: 1,
      nick: nickOf('bob'),
      group: GROUP,
      port: 1,
      lost: 0,
      software: '',
    } as const;
    if (!isInstanceId(INSTANCE)) throw new Error('no instance');
    alice.take({ type: 'network', interfaces: [{ name: 'eth0', address: '10.0.0.1' }] });
    const from = { address: '10.0.0.2', port: 1 };
    alice.take({ type: 'link-opened', link: LINK, peer: toyPeerId('bob'), from, dial: undefined });
    alice.hear(`${encodeMessage({ ...hello, instance: INSTANCE })}\n`);
    alice.hear(`${encodeMessage({ type: 'have', room: GENERAL, heads: [], whole: true })}\n`);
    alice.say('first');
    const first = next(alice.stores);
    alice.take({ type: 'stored', ticket: first.ticket });
    alice.say('second');
    const second = next(alice.stores);
    alice.say('third');
    // Another program with the same key has said something else in the first place.
    const other = new Speaker('alice').say('other');
    alice.hear(`${encodeMessage({ type: 'aside', what: 'fork', runs: 2 })}\n${other.text}\n${other.text}\n`);
    const [kept] = first.runs;
    if (kept === undefined) throw new Error('nothing was stored');
    const { first: from1, last, text } = kept.run;
    const load = next(alice.loads);
    alice.take({ type: 'loaded', ticket: load.ticket, runs: [{ first: from1, last, text }], more: false });
    alice.take({ type: 'stored', ticket: second.ticket });
    expect(alice.machine.snapshot().room.waiting).toEqual([]);
  });
});
