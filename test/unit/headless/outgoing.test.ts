import { describe, expect, it, vi } from 'vitest';
import { Outgoing } from '../../../internal/headless/outgoing.ts';
import type { PlainEnd } from '../../../internal/headless/plain.ts';
import type { Person } from '../../../pkg/chat/snapshot.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { FakeChat, message, nick, notice, peer, person, waiting } from '../../ui/fake-chat.ts';

const ALICE = person(1, 'alice');
const BOB = person(2, 'bob');
const CAROL = person(3, 'carol');

/** Somebody who has said one thing, and sees others come, take it and go. */
class Speaker {
  readonly chat = new FakeChat({ people: [ALICE] });
  readonly outgoing = new Outgoing(this.chat, new AbortController().signal);

  async says(): Promise<void> {
    await this.outgoing.say({ type: 'say', room: GENERAL, kind: 'chat', text: 'hello' });
    this.outgoing.heard({
      type: 'message',
      message: message(1, 'hello', { author: ALICE.peer, nick: ALICE.nick, mine: true }),
      past: false,
    });
  }

  comes(someone: Person): void {
    this.chat.change({ people: [...this.chat.snapshot().people, someone] });
    this.#notices({ type: 'joined', peer: someone.peer, nick: someone.nick });
  }

  goes(someone: Person): void {
    this.chat.change({ people: this.chat.snapshot().people.filter((each) => each !== someone) });
    this.#notices({ type: 'left', peer: someone.peer, nick: someone.nick, reason: '', goodbye: false });
  }

  acknowledges(someone: Person, sequence = 1): void {
    this.outgoing.heard({ type: 'delivered', room: GENERAL, peer: someone.peer, sequence });
  }

  /** How it ends when the wait is over at once. */
  end(waitMs = 0): Promise<PlainEnd> {
    const now = performance.now();
    return this.outgoing.delivered({ settledAt: now, until: now + waitMs });
  }

  #notices(what: Parameters<typeof notice>[1]): void {
    this.outgoing.heard({ type: 'notice', room: GENERAL, notice: notice(1, what) });
  }
}

/** Long enough to fail the test: an end that is known must not wait for it. */
const FOREVER_MS = 600_000;

async function speaker(): Promise<Speaker> {
  const speaking = new Speaker();
  await speaking.says();
  return speaking;
}

describe('what an earlier run left to be said', () => {
  it('comes first and is not taken for what is said now', async () => {
    const chat = new FakeChat({ people: [ALICE] });
    chat.view({ waiting: [waiting(1, 'one'), waiting(2, 'two')] });
    const outgoing = new Outgoing(chat, new AbortController().signal);
    await outgoing.say({ type: 'say', room: GENERAL, kind: 'chat', text: 'three' });
    const stored = vi.fn();
    const storing = outgoing.stored().then(stored);
    const mine = { author: ALICE.peer, nick: ALICE.nick, mine: true };
    outgoing.heard({ type: 'message', message: message(1, 'one', mine), past: false });
    outgoing.heard({ type: 'refused', why: 'the disk is full', unsaid: 1 });
    await Promise.resolve();
    expect(stored).not.toHaveBeenCalled();
    expect(outgoing.refused).toBe(0);
    outgoing.heard({ type: 'message', message: message(2, 'three', mine), past: false });
    await storing;
    expect(outgoing.refused).toBe(0);
  });
});

describe('what was said at the end of the input', () => {
  it('is delivered when somebody acknowledged it and left', async () => {
    const alice = await speaker();
    alice.comes(BOB);
    alice.acknowledges(BOB);
    alice.goes(BOB);
    expect(await alice.end(FOREVER_MS)).toEqual({ type: 'delivered' });
  });

  it('is delivered when one acknowledged it and another left without', async () => {
    const alice = await speaker();
    alice.comes(BOB);
    alice.comes(CAROL);
    alice.acknowledges(BOB);
    alice.goes(CAROL);
    expect(await alice.end(FOREVER_MS)).toEqual({ type: 'delivered' });
  });

  it('found nobody only when nobody was ever met', async () => {
    expect(await (await speaker()).end()).toEqual({ type: 'nobody' });
    const alice = await speaker();
    alice.comes(BOB);
    alice.goes(BOB);
    expect(await alice.end()).toEqual({ type: 'undelivered', missing: ['bob'] });
  });

  it('is not delivered by an acknowledgement of what was said before', async () => {
    const alice = await speaker();
    alice.comes(BOB);
    alice.acknowledges(BOB, 0);
    alice.goes(BOB);
    expect(await alice.end()).toEqual({ type: 'undelivered', missing: ['bob'] });
  });

  it('waits for those present, and names who lacks it, with the tag where names are alike', async () => {
    const alice = await speaker();
    alice.comes(BOB);
    alice.acknowledges(BOB);
    alice.comes(person(4, 'bob', { ambiguous: true }));
    const { tag } = person(4, 'bob');
    expect(await alice.end()).toEqual({ type: 'undelivered', missing: [`bob~${tag}`] });
  });

  it('waits for somebody else to come when whoever was met has left without it', async () => {
    const alice = await speaker();
    alice.comes(BOB);
    alice.goes(BOB);
    const end = alice.end(FOREVER_MS);
    alice.comes(CAROL);
    alice.acknowledges(CAROL);
    expect(await end).toEqual({ type: 'delivered' });
  });

  it('is remembered by the latest of any number of people', async () => {
    const alice = await speaker();
    for (let count = 2; count < 3_000; count += 1) {
      const someone = person(count, nick(`n${count}`), { peer: peer(count) });
      alice.comes(someone);
      alice.goes(someone);
    }
    const end = await alice.end();
    expect(end.type === 'undelivered' && end.missing.length).toBe(1_024);
  });
});
