import { describe, expect, it } from 'vitest';
import { CLOCK_STEP_MAX, FEEDS_PER_ROOM_MAX, PENDING_BYTES_MAX } from '../../../pkg/base/limits.ts';
import { GENERAL, isRoomName } from '../../../pkg/identity/room-name.ts';
import { hashText, toyPeerId } from '../../sim/toy-crypto.ts';
import { Speaker } from '../speaker.ts';
import { Desk } from './desk.ts';

describe('what others say', () => {
  it('stored-first: is verified, then stored, and only then counts', () => {
    const desk = new Desk();
    const alice = new Speaker('alice');
    expect(desk.offer(alice, 'hello')).toEqual(['verify']);
    expect(desk.answer()).toEqual(['store']);
    expect(desk.accepted).toEqual([]);
    expect(desk.feeds.frontier(GENERAL)?.of(alice.peer)).toBe(0);
    expect(desk.feeds.clock(GENERAL)).toBe(0);
    expect(desk.answer()).toEqual(['accepted']);
    expect(desk.accepted).toEqual(['hello']);
    expect(desk.feeds.frontier(GENERAL)?.of(alice.peer)).toBe(1);
    expect(desk.feeds.clock(GENERAL)).toBe(1);
  });

  it('prefix: what comes while one is verified is stored in the order of the chain, in one go', () => {
    const desk = new Desk();
    const alice = new Speaker('alice');
    for (const content of ['1', '2', '3', '4']) desk.offer(alice, content);
    expect(desk.settle()).toEqual(['store', 'accepted', 'verify', 'store', 'accepted']);
    expect(desk.accepted).toEqual(['1', '2', '3', '4']);
  });

  it('prefix: a run behind a gap is not taken, what is missing is named', () => {
    const desk = new Desk();
    const alice = new Speaker('alice');
    desk.offer(alice, '1');
    alice.say(['2', '3']);
    expect(desk.offer(alice, '4', 7)).toEqual(['gap']);
    expect(desk.log.at(-1)).toMatchObject({ type: 'gap', link: 7, from: 2, to: 4 });
    desk.settle();
    expect(desk.accepted).toEqual(['1']);
  });

  it('again is nothing: stored, in verification or waiting', () => {
    const desk = new Desk();
    const alice = new Speaker('alice');
    const runs = [alice.say('1'), alice.say('2')];
    for (const run of runs) desk.take(desk.feeds.offer(run, alice.on(1)));
    for (const run of runs) expect(desk.take(desk.feeds.offer(run, alice.on(2)))).toEqual([]);
    desk.settle();
    for (const run of runs) {
      expect(desk.take(desk.feeds.offer(run, alice.on(2)))).toEqual(['recall']);
      expect(desk.settle()).toEqual([]);
    }
    expect(desk.accepted).toEqual(['1', '2']);
  });

  it('in a room that we are not in is refused', () => {
    const room = '#other';
    if (!isRoomName(room)) throw new Error('no room');
    expect(new Desk().offer(new Speaker('alice', room), 'psst')).toEqual(['bad-run 1']);
  });

  it('in a room that is full of authors is taken from authors in person, and nobody is cut off', () => {
    const heads = Array.from({ length: FEEDS_PER_ROOM_MAX }, (_, count) => ({
      room: GENERAL,
      author: toyPeerId(`made up ${count}`),
      sequence: 1,
      clock: 1,
      hash: hashText(`${count}`),
    }));
    const desk = new Desk(heads);
    const [alice, bob] = [new Speaker('alice'), new Speaker('bob')];
    expect(
      desk.take(desk.feeds.offer(bob.say('through mallory'), { link: bob.on(1).link, peer: toyPeerId('mallory') })),
    ).toEqual([]);
    desk.offer(alice, 'in person', 2);
    desk.settle();
    expect(desk.accepted).toEqual(['in person']);
  });

  it('with a forged run in the middle of many is held against the one who brought that, and nobody else', () => {
    const desk = new Desk();
    const alice = new Speaker('alice');
    desk.offer(alice, '1', 1);
    desk.offer(alice, '2', 2);
    const forged = alice.aside('3', { forged: true });
    desk.take(desk.feeds.offer(forged, { link: alice.on(3).link, peer: toyPeerId('mallory') }));
    alice.say('3');
    desk.offer(alice, '4', 4);
    expect(desk.settle().filter((kind) => kind.includes(' '))).toEqual(['distrusted 3']);
    expect(desk.accepted).toEqual(['1', '2']);
    expect(desk.feeds.tip({ room: GENERAL, author: alice.peer })).toBe(2);
  });

  it('is not held against its author when a forged run was faster', () => {
    const desk = new Desk();
    const alice = new Speaker('alice');
    const mallory = { link: alice.on(9).link, peer: toyPeerId('mallory') };
    const forged = alice.aside('lies', { forged: true, clock: 1_000 });
    expect(desk.take(desk.feeds.offer(forged, mallory))).toEqual(['verify']);
    const runs = [alice.say('1'), alice.say(['2', '3'])];
    for (const run of runs) expect(desk.take(desk.feeds.offer(run, alice.on(1)))).not.toContain('fork 1');
    expect(desk.settle()).toEqual(['distrusted 9']);
    for (const run of runs) desk.take(desk.feeds.offer(run, alice.on(1)));
    desk.settle();
    expect(desk.accepted).toEqual(['1', '2', '3']);
  });

  it('costs an author the link when its own signature does not fit', () => {
    const desk = new Desk();
    const alice = new Speaker('alice');
    desk.take(desk.feeds.offer(alice.say('x', { forged: true }), alice.on(4)));
    expect(desk.settle()).toEqual(['bad-signature 4']);
  });

  it.each<[string, { readonly clock: number }]>([
    ['does not rise', { clock: 1 }],
    ['leaps', { clock: 2 + CLOCK_STEP_MAX }],
  ])('bad-chain: a clock that %s', (_, place) => {
    const desk = new Desk();
    const alice = new Speaker('alice');
    desk.offer(alice, '1');
    desk.settle();
    desk.take(desk.feeds.offer(alice.say('2', place), alice.on(1)));
    expect(desk.settle()).toEqual(['bad-chain 1']);
    expect(desk.accepted).toEqual(['1']);
  });

  it('leaves no trace of an author of whom nothing was true', () => {
    const desk = new Desk();
    for (let count = 0; count < 100; count += 1) {
      const liar = new Speaker(`liar${count}`);
      desk.take(desk.feeds.offer(liar.say('x', { forged: true }), liar.on(1)));
      desk.settle();
    }
    expect(desk.feeds.frontier(GENERAL)?.size).toBe(0);
    expect(desk.feeds.tip({ room: GENERAL, author: toyPeerId('liar0') })).toBe(0);
  });
});

describe('a fork', () => {
  function forked(bearer: 'the author' | 'somebody else') {
    const desk = new Desk();
    const [honest, liar] = [new Speaker('alice'), new Speaker('alice')];
    desk.offer(honest, 'to some');
    desk.settle();
    liar.say('to others');
    const from = bearer === 'the author' ? liar.on(5) : { ...liar.on(5), peer: toyPeerId('bob') };
    desk.take(desk.feeds.offer(liar.say('more'), from));
    return { desk, honest, kinds: desk.settle() };
  }

  it('is told of with its proof, costs its author the link, and the first history stays', () => {
    const { desk, honest, kinds } = forked('the author');
    expect(kinds).toEqual(['recall', 'forked', 'fork 5']);
    expect(desk.accepted).toEqual(['to some']);
    expect(desk.offer(honest, 'and on')).toEqual([]);
    const feed = { room: GENERAL, author: honest.peer };
    expect(desk.feeds.head(feed)).toBe(1);
    expect(desk.feeds.proofOf(feed)?.map((text) => JSON.parse(text).content)).toEqual(['to some', 'more']);
  });

  it('costs nothing who passes it on in good faith, and nothing more of it is wanted', () => {
    const { desk, honest, kinds } = forked('somebody else');
    expect(kinds).toEqual(['recall', 'forked']);
    expect(desk.feeds.tip({ room: GENERAL, author: honest.peer })).toBe(Number.POSITIVE_INFINITY);
  });

  it('by a run in the place of one that is stored is one too', () => {
    const desk = new Desk();
    const [honest, liar] = [new Speaker('alice'), new Speaker('alice')];
    desk.offer(honest, '1');
    desk.offer(honest, '2');
    desk.settle();
    expect(desk.take(desk.feeds.offer(liar.say('one'), liar.on(5)))).toEqual(['recall']);
    expect(desk.settle()).toEqual(['accuse', 'forked', 'fork 5']);
    expect(desk.accepted).toEqual(['1', '2']);
    expect(desk.feeds.proofOf({ room: GENERAL, author: honest.peer })).toHaveLength(2);
  });

  it('by a run that overlaps what is stored is one too', () => {
    const desk = new Desk();
    const [honest, liar] = [new Speaker('alice'), new Speaker('alice')];
    desk.offer(honest, '1');
    desk.offer(honest, '2');
    desk.settle();
    liar.say('1');
    desk.take(desk.feeds.offer(liar.say(['two', 'three']), liar.on(5)));
    expect(desk.settle()).toEqual(['accuse', 'forked', 'fork 5']);
    expect(desk.accepted).toEqual(['1', '2']);
  });

  it('is none when a run in the place of another is forged: that is held against who brought it', () => {
    const desk = new Desk();
    const alice = new Speaker('alice');
    desk.offer(alice, '1');
    desk.settle();
    const forged = new Speaker('alice').say('one', { forged: true });
    desk.take(desk.feeds.offer(forged, { ...alice.on(7), peer: toyPeerId('mallory') }));
    expect(desk.settle()).toEqual(['accuse', 'distrusted 7']);
    desk.take(desk.feeds.offer(forged, alice.on(8)));
    expect(desk.settle()).toEqual(['accuse', 'bad-signature 8']);
    desk.offer(alice, '2');
    desk.settle();
    expect(desk.accepted).toEqual(['1', '2']);
  });

  it('is known again after a restart, and leaves the digest alone', () => {
    const { desk, honest } = forked('the author');
    const feed = { room: GENERAL, author: honest.peer };
    const proof = desk.feeds.proofOf(feed);
    if (proof === undefined) throw new Error('no proof');
    const again = new Desk([{ ...feed, sequence: 1, clock: 1, hash: honest.end.hash, fork: proof }]);
    expect(again.offer(honest, 'and on')).toEqual([]);
    expect(again.feeds.isForked(feed)).toBe(true);
    expect(again.feeds.proofOf(feed)).toEqual(proof);
    for (const { feeds } of [desk, again])
      expect(feeds.frontier(GENERAL)?.digest()).toBe(new Desk().feeds.frontier(GENERAL)?.digest());
    expect(again.feeds.frontier(GENERAL)?.heads()).toEqual([[honest.peer, 1]]);
  });

  it('that shows while more of the feed is being verified stops that, and lets go of who brought it', () => {
    const desk = new Desk();
    const [honest, liar] = [new Speaker('alice'), new Speaker('alice')];
    desk.offer(honest, '1');
    desk.settle();
    desk.take(desk.feeds.offer(liar.say('one'), liar.on(5)));
    desk.answer();
    desk.offer(honest, '2');
    expect(desk.settle()).toEqual(['forked', 'fork 5']);
    expect(desk.accepted).toEqual(['1']);
    expect(desk.offer(honest, '3')).toEqual([]);
  });
});

describe('a store that fails', () => {
  it('prefix: keeps the head where it was, so that the same run can come again', () => {
    const desk = new Desk();
    const alice = new Speaker('alice');
    const [one, two] = [alice.say('1'), alice.say('2')];
    desk.take(desk.feeds.offer(one, alice.on(1)));
    desk.take(desk.feeds.offer(two, alice.on(1)));
    desk.answer();
    expect(desk.answer('fails')).toEqual(['store-failed']);
    expect(desk.log.at(-1)).toMatchObject({ unsaid: { count: 0 } });
    expect(desk.feeds.tip({ room: GENERAL, author: alice.peer })).toBe(0);
    for (const run of [one, two]) desk.take(desk.feeds.offer(run, alice.on(1)));
    desk.settle();
    expect(desk.accepted).toEqual(['1', '2']);
  });
});

describe('a link that brings much', () => {
  const long = 'x'.repeat(8_000);

  it('is not read past its bound until half is done, and is read again then', () => {
    const desk = new Desk();
    const alice = new Speaker('alice');
    let bytes = 0;
    const kinds: string[] = [];
    while (!kinds.includes('flow')) {
      const run = alice.say(long);
      bytes += run.text.length;
      kinds.push(...desk.take(desk.feeds.offer(run, alice.on(1))));
    }
    expect(bytes).toBeGreaterThan(PENDING_BYTES_MAX);
    expect(bytes).toBeLessThan(PENDING_BYTES_MAX + 10_000);
    expect(desk.log.filter(({ type }) => type === 'flow')).toEqual([{ type: 'flow', link: 1, reading: false }]);
    desk.settle();
    expect(desk.log.filter(({ type }) => type === 'flow')).toHaveLength(2);
    expect(desk.log.findLast(({ type }) => type === 'flow')).toMatchObject({ reading: true });
  });

  it('is read again too when what it brought is thrown away', () => {
    const desk = new Desk();
    const alice = new Speaker('alice');
    const first = alice.say(long, { forged: true });
    desk.take(desk.feeds.offer(first, { ...alice.on(9), peer: toyPeerId('mallory') }));
    while (!desk.log.some(({ type }) => type === 'flow')) desk.offer(alice, long, 1);
    desk.settle();
    expect(desk.log.findLast(({ type }) => type === 'flow')).toMatchObject({ link: 1, reading: true });
  });

  it('and is gone before it is done is told nothing', () => {
    const desk = new Desk();
    const alice = new Speaker('alice');
    while (!desk.log.some(({ type }) => type === 'flow')) desk.offer(alice, long, 1);
    desk.feeds.forgetLink(alice.on(1).link);
    expect(desk.settle()).not.toContain('flow');
  });
});
