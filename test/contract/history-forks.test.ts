import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import { NO_RUN } from '../../pkg/wire/fields.ts';
import { Author } from './author.ts';
import { closed, open } from './open-history.ts';
import { AskedThread } from './open-thread.ts';
import { scratchFolder } from './scratch.ts';

describe('the proof of a fork', () => {
  it('is kept beside the feed, whose head stays, and survives a restart', () => {
    const path = join(scratchFolder(), 'history.db');
    const [alice, bob] = [new Author(), new Author()];
    const twin = new Author({ identity: alice.identity });
    const [one, other] = [alice.say(['yes']), twin.say(['no'])];
    const history = open(path);
    history.store([[one], [bob.say(['hm'])]]);
    const fork = { room: GENERAL, author: alice.identity.peer, proof: [one.run.text, other.run.text] as const };
    history.keepFork(fork);
    history.keepFork({ ...fork, proof: ['later', 'ones'] });
    closed(history);
    const after = open(path);
    expect(after.heads()).toEqual([
      { room: GENERAL, author: alice.identity.peer, ...alice.end, base: 1, fork: fork.proof },
      { room: GENERAL, author: bob.identity.peer, ...bob.end, base: 1 },
    ]);
  });

  it('of a feed that begins anew behind a gap is another matter: that is stored where nobody has what is between', () => {
    const path = join(scratchFolder(), 'history.db');
    const alice = new Author();
    const [first, , third, fourth] = ['one', 'two', 'three', 'four'].map((text) => alice.say([text]));
    if (first === undefined || third === undefined || fourth === undefined) throw new Error('four runs');
    const history = open(path);
    expect(history.store([[first]])).toMatchObject([{ type: 'stored' }]);
    expect(history.store([[third]])).toMatchObject([{ type: 'store-failed' }]);
    expect(history.store([[{ ...third, leaps: true }, fourth]])).toMatchObject([{ type: 'stored' }]);
    closed(history);
    const head = { room: GENERAL, author: alice.identity.peer, ...alice.end, base: 3 };
    expect(open(path).heads()).toEqual([head]);
  });

  it('makes a feed known of which nothing is stored', () => {
    const history = open(join(scratchFolder(), 'history.db'));
    const author = new Author().identity.peer;
    history.keepFork({ room: GENERAL, author, proof: ['a', 'b'] });
    const nothing = { sequence: 0, clock: 0, hash: NO_RUN };
    expect(history.heads()).toEqual([{ room: GENERAL, author, ...nothing, base: 1, fork: ['a', 'b'] }]);
  });

  it('is kept by the thread before it closes', async () => {
    const path = join(scratchFolder(), 'history.db');
    const asked = new AskedThread(path);
    const author = new Author().identity.peer;
    asked.thread.post([{ type: 'keep-fork', room: GENERAL, author, proof: ['a', 'b'] }]);
    await asked.thread.close();
    expect(open(path).heads()).toMatchObject([{ room: GENERAL, author, fork: ['a', 'b'] }]);
  });
});
