import { describe, expect, it } from 'vitest';
import { LISTEN_FIRST_MS } from '../../../pkg/base/limits.ts';
import { instant, type Now, wallTime } from '../../../pkg/base/units.ts';
import type { HeldMessage, StoredHead } from '../../../pkg/feed/feeds-out.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import type { Effect } from '../../../pkg/peer/effect.ts';
import type { Input } from '../../../pkg/peer/input.ts';
import type { Peer } from '../../../pkg/peer/peer.ts';
import { OWN_FORK_TEXT } from '../../../pkg/room/words.ts';
import { sealed } from '../../../pkg/wire/entry.ts';
import { hashText, toyPeerId, toySign } from '../../sim/toy-crypto.ts';
import { nickOf } from '../speaker.ts';
import { Duet } from './duet.ts';

const NETWORK: Input = { type: 'network', interfaces: [{ name: 'eth0', address: '10.0.0.1' }] };
const WAKE: Input = { type: 'wake' };

function held(place: number, content: string): HeldMessage {
  return {
    room: GENERAL,
    place,
    utterance: { kind: 'chat', sender: nickOf('alice'), content, saidAt: wallTime(place) },
  };
}

function at(ms: number): Now {
  return { at: instant(ms), wall: wallTime(1_000_000 + ms) };
}

function say(text: string): Input {
  return { type: 'command', command: { type: 'say', room: GENERAL, kind: 'chat', text } };
}

function waiting({ machine }: { readonly machine: Peer }): string[] {
  return machine.snapshot().room.waiting.map(({ text }) => text);
}

/** Steps, and signs runs at once; what else is to be done. */
function step(machine: Peer, input: Input, now: Now): Effect[] {
  return machine.step(input, now).flatMap((effect): Effect[] => {
    if (effect.type !== 'sign' || effect.context !== 'run') return [effect];
    const text = sealed(effect.text, toySign(toyPeerId('alice'), effect.context, effect.text));
    return step(machine, { type: 'signed', ticket: effect.ticket, text, hash: hashText(text) }, now);
  });
}

function storeIn(effects: readonly Effect[]): Extract<Effect, { readonly type: 'store' }> {
  const store = effects.find((effect) => effect.type === 'store');
  if (store === undefined) throw new Error('nothing is stored');
  return store;
}

describe('what is said before it is time to speak', () => {
  it('held-or-said: is held at once, and leaves with the run that says it; what is said later is not held', () => {
    const { alice } = new Duet();
    const { machine } = alice;
    step(machine, NETWORK, at(0));
    for (const [place, text] of ['one', 'two'].entries()) {
      const utterance = { content: text, kind: 'chat', sender: 'alice' };
      const said = step(machine, say(text), at(place));
      expect(said).toMatchObject([{ type: 'hold', room: GENERAL, place: place + 1, utterance }]);
    }
    expect(waiting(alice)).toEqual(['one', 'two']);
    const store = storeIn(step(machine, WAKE, at(LISTEN_FIRST_MS)));
    expect(store.runs.flatMap(({ run }) => run.entries.map(({ content }) => content))).toEqual(['one', 'two']);
    expect(store.releases).toBe(2);
    expect(step(machine, say('three'), at(LISTEN_FIRST_MS))).toEqual([]);
    const after = step(machine, { type: 'stored', ticket: store.ticket }, at(LISTEN_FIRST_MS));
    expect(storeIn(after).releases).toBe(0);
    expect(waiting(alice)).toEqual(['three']);
  });

  it('held-or-said: is let go of when the person is told that it is not said', () => {
    const { alice } = new Duet();
    const { machine } = alice;
    step(machine, NETWORK, at(0));
    step(machine, say('one'), at(0));
    const { ticket } = storeIn(step(machine, WAKE, at(LISTEN_FIRST_MS)));
    const failed = step(machine, { type: 'store-failed', ticket, why: 'the disk is full' }, at(LISTEN_FIRST_MS));
    expect(failed).toMatchObject([
      { type: 'event', event: { type: 'refused', unsaid: 1 } },
      { type: 'let-go', room: GENERAL, upTo: 1 },
    ]);
    expect(waiting(alice)).toEqual([]);
  });

  it('waits on the screen after a crash, and is said first of all, once', () => {
    const duet = new Duet({ heads: [], outbox: [held(3, 'before'), held(4, 'the crash')] });
    const { alice } = duet;
    expect(waiting(alice)).toEqual(['before', 'the crash']);
    duet.start(alice);
    duet.say(alice, 'after');
    expect(waiting(alice)).toEqual(['before', 'the crash', 'after']);
    duet.wait(2 * LISTEN_FIRST_MS);
    const { items } = alice.machine.snapshot().room;
    const texts = items.flatMap((item) => (item.type === 'message' ? [item.text] : []));
    expect(texts).toEqual(['before', 'the crash', 'after']);
    expect(waiting(alice)).toEqual([]);
  });

  it('is refused after a crash where the own feed has forked', () => {
    const head: StoredHead = {
      room: GENERAL,
      author: toyPeerId('alice'),
      sequence: 1,
      clock: 1,
      hash: hashText('x'),
      fork: ['one', 'other'],
    };
    const { alice } = new Duet({ heads: [head], outbox: [held(3, 'before')] });
    step(alice.machine, NETWORK, at(0));
    expect(step(alice.machine, WAKE, at(LISTEN_FIRST_MS))).toEqual(
      expect.arrayContaining([
        { type: 'event', event: { type: 'refused', why: OWN_FORK_TEXT, unsaid: 1 } },
        { type: 'let-go', room: GENERAL, upTo: 3 },
      ]),
    );
    expect(waiting(alice)).toEqual([]);
    expect(step(alice.machine, WAKE, at(LISTEN_FIRST_MS)).filter(({ type }) => type === 'let-go')).toEqual([]);
  });
});
