import { describe, expect, it } from 'vitest';
import { ASK_PAUSE_MS, LEAP_PATIENCE_MS } from '../../../pkg/base/limits.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { library, mesh } from './crowd.ts';

const author = toyPeerId('author0');

/** Members of whom each has let go of what an absent author said before its `bases`, and a newcomer. */
function forgetful(...bases: readonly number[]) {
  const { crowd, members, newcomer } = library({ members: bases.length, authors: 1, entries: 10 });
  for (const [place, member] of members.entries()) member.forgets(author, bases[place] ?? 1);
  for (const member of members) crowd.link(member, newcomer);
  return { crowd, members, newcomer };
}

describe('a feed of which the beginning was let go', () => {
  it('is taken whole from whoever has kept it', () => {
    const { crowd, members, newcomer } = forgetful(6, 1, 4);
    crowd.wait(ASK_PAUSE_MS, newcomer, ...members);
    expect(newcomer.held()).toHaveLength(10);
    expect([...crowd.crossings().values()]).toEqual(new Array(10).fill(1));
  });

  it('is taken from where it begins at whoever has kept most, once nobody has come with more in time', () => {
    const { crowd, members, newcomer } = forgetful(6, 4);
    crowd.wait(LEAP_PATIENCE_MS - 1, newcomer, ...members);
    expect(newcomer.held()).toEqual([]);
    crowd.wait(ASK_PAUSE_MS + 1, newcomer, ...members);
    expect(newcomer.held()).toEqual(members[1]?.held());
    expect(newcomer.held()).toHaveLength(7);
    expect(newcomer.feeds.frontier(GENERAL)?.heads()).toContainEqual([author, 10, 4]);
  });

  it('goes on from its author, who has let go of it as well', () => {
    const { crowd, members } = mesh(1);
    const [member] = members;
    if (member === undefined) throw new Error('nobody');
    for (let count = 0; count < 10; count += 1) member.say(`${count}`);
    member.forgets(member.peer, 8);
    const newcomer = crowd.member('newcomer');
    crowd.link(member, newcomer);
    crowd.wait(LEAP_PATIENCE_MS + ASK_PAUSE_MS, member, newcomer);
    expect(newcomer.held()).toEqual(member.held());
    member.say('live');
    crowd.settle();
    expect(newcomer.held()).toHaveLength(4);
  });

  it('is told as it is by one who finds out only when reading it', () => {
    const { crowd, members, newcomer } = library({ members: 1, authors: 1, entries: 10 });
    const [member] = members;
    if (member === undefined) throw new Error('nobody');
    member.forgets(author, 5);
    member.feeds.rebase({ room: GENERAL, author }, 1);
    crowd.link(member, newcomer);
    crowd.wait(4_000, member, newcomer);
    expect(newcomer.held()).toEqual([]);
    for (let count = 0; count < 5; count += 1) {
      crowd.beat(member, newcomer);
      crowd.wait(2_000, member, newcomer);
    }
    expect(newcomer.held()).toHaveLength(6);
  });
});
