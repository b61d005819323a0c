import { describe, expect, it } from 'vitest';
import {
  ASK_PAUSE_MS,
  BEAT_INTERVAL_MS,
  TELL_INTERVAL_MS,
  WANT_TIMEOUT_MS,
  WANTS_PER_LINK_MAX,
} from '../../../pkg/base/limits.ts';
import { linkId } from '../../../pkg/base/link-id.ts';
import { instant } from '../../../pkg/base/units.ts';
import type { PeerId } from '../../../pkg/identity/peer-id.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { decodeMessage } from '../../../pkg/wire/message.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { library, mesh } from './crowd.ts';

describe('a full mesh', () => {
  it('brings each entry across each of its author’s links once, and across no other', () => {
    const { crowd, members } = mesh(6);
    crowd.sent.length = 0;
    for (let round = 0; round < 3; round += 1) {
      for (const member of members) member.say(`round ${round}`);
      crowd.settle();
    }
    crowd.wait(5_000, ...members);
    expect([...crowd.crossings().values()]).toEqual(new Array(6 * 3 * 5).fill(1));
    expect(crowd.sentOf('want')).toEqual([]);
    expect(crowd.sentOf('enough')).toEqual([]);
    const [first] = members;
    for (const member of members) expect(member.held()).toEqual(first?.held());
  });

  it('acknowledges many entries at once, to their author alone', () => {
    const { crowd, members } = mesh(3);
    const [alice] = members;
    crowd.sent.length = 0;
    for (let count = 0; count < 50; count += 1) alice?.say(`${count}`);
    crowd.wait(1_000, ...members);
    expect(crowd.sentOf('have')).toHaveLength(2);
    expect(alice?.delivered.map(({ sequence }) => sequence)).toEqual([50, 50]);
  });

  it('at rest says nothing but beats', () => {
    const { crowd, members } = mesh(5);
    for (const member of members) member.say('hello');
    crowd.wait(5_000, ...members);
    crowd.sent.length = 0;
    for (let count = 0; count < 10; count += 1) {
      crowd.wait(BEAT_INTERVAL_MS, ...members);
      crowd.beat(...members);
    }
    expect(crowd.sent).toEqual([]);
  });
});

describe('how far another one is', () => {
  it('is told by what it acknowledged, by what it said it has, and by its digest', () => {
    const { crowd, members } = mesh(2);
    const [alice, bob] = members;
    if (alice === undefined || bob === undefined) throw new Error('nobody there');
    const lacks = () => [alice.machine.lacks(bob.peer, GENERAL), bob.machine.lacks(alice.peer, GENERAL)];
    crowd.wait(1_000, alice, bob);
    crowd.beat(alice, bob);
    expect(lacks()).toEqual([0, 0]);
    crowd.lost = () => true;
    alice.say('one');
    alice.say('two');
    crowd.settle();
    expect(alice.machine.lacks(bob.peer, GENERAL)).toBe(2);
    crowd.lost = ({ text }) => decodeMessage(text).type !== 'have';
    crowd.wait(1_000, alice, bob);
    crowd.beat(alice, bob);
    expect(lacks()).toEqual([2, -2]);
    expect(alice.machine.lacks(toyPeerId('nobody'), GENERAL)).toBeUndefined();
  });

  it('is not known while somebody else has spoken and nothing was told of it', () => {
    const { crowd, members } = mesh(3);
    const [alice, bob, carol] = members;
    crowd.wait(1_000, ...members);
    crowd.beat(...members);
    carol?.say('hello');
    crowd.settle();
    expect(alice?.machine.lacks(toyOf(bob), GENERAL)).toBeUndefined();
    crowd.beat(...members);
    expect(alice?.machine.lacks(toyOf(bob), GENERAL)).toBe(0);
  });
});

function toyOf(member: { readonly peer: PeerId } | undefined): PeerId {
  if (member === undefined) throw new Error('nobody there');
  return member.peer;
}

describe('a newcomer', () => {
  it('gets what absent people said once, though all have it', () => {
    const { crowd, members, newcomer } = library({ members: 4, authors: 20, entries: 5 });
    for (const member of members) crowd.link(member, newcomer);
    crowd.wait(5_000, ...members, newcomer);
    expect(newcomer.held()).toEqual(members[0]?.held());
    expect([...crowd.crossings().values()]).toEqual(new Array(100).fill(1));
    // Each end of four links follows what the other says itself.
    const ranges = crowd.sentOf('want', newcomer).filter(({ text }) => text.includes('"to":'));
    expect(ranges).toHaveLength(20);
    const shares = members.map((member) => ranges.filter(({ to }) => to === member).length);
    expect(shares).toEqual([5, 5, 5, 5]);
  });

  it('gets what those who are here said from themselves, unasked', () => {
    const { crowd, members } = mesh(4);
    for (const member of members) member.say('hello');
    crowd.settle();
    crowd.sent.length = 0;
    const newcomer = crowd.member('newcomer');
    for (const member of members) crowd.link(member, newcomer);
    crowd.wait(1_000, ...members, newcomer);
    expect(newcomer.held()).toHaveLength(4);
    expect([...crowd.crossings().values()]).toEqual([1, 1, 1, 1]);
  });

  it('asks for so many ranges at once and for the next when one has come', () => {
    const { crowd, members, newcomer } = library({ members: 1, authors: WANTS_PER_LINK_MAX + 50 });
    const [member] = members;
    if (member === undefined) throw new Error('nobody');
    let asked = 0;
    crowd.lost = ({ from, text }) => {
      const asks = from === newcomer && text.includes('"want"') && text.includes('"to":');
      if (asks) asked += 1;
      return asks;
    };
    crowd.link(member, newcomer);
    crowd.wait(ASK_PAUSE_MS, newcomer);
    expect(asked).toBe(WANTS_PER_LINK_MAX);
    crowd.lost = () => false;
    for (let count = 0; count < 4; count += 1) {
      crowd.wait(WANT_TIMEOUT_MS + TELL_INTERVAL_MS, member, newcomer);
      crowd.beat(member, newcomer);
      crowd.wait(ASK_PAUSE_MS, member, newcomer);
    }
    expect(newcomer.held()).toEqual(member.held());
    expect(newcomer.faults).toEqual([]);
  });

  it('asks another one when the first gives nothing', () => {
    const { crowd, members, newcomer } = library({ members: 2, authors: 1 });
    const [silent, other] = members;
    if (silent === undefined || other === undefined) throw new Error('nobody');
    crowd.lost = ({ from, text }) => from === silent && text.includes('"chat"');
    crowd.link(silent, newcomer);
    crowd.link(other, newcomer);
    crowd.wait(ASK_PAUSE_MS + WANT_TIMEOUT_MS - 1, silent, other, newcomer);
    expect(newcomer.held()).toEqual([]);
    crowd.wait(1, silent, other, newcomer);
    expect(newcomer.held()).toEqual(other.held());
  });

  it('asks everybody in turn, so that two who give nothing do not keep it from the third', () => {
    const { crowd, members, newcomer } = library({ members: 3, authors: 1 });
    const [one, two, honest] = members;
    if (one === undefined || two === undefined || honest === undefined) throw new Error('nobody');
    crowd.lost = ({ from, text }) => from !== honest && from !== newcomer && text.includes('"chat"');
    for (const member of members) crowd.link(member, newcomer);
    crowd.wait(ASK_PAUSE_MS + 2 * WANT_TIMEOUT_MS, ...members, newcomer);
    expect(newcomer.held()).toEqual(honest.held());
  });

  it('asks another one at once when the link is lost', () => {
    const { crowd, members, newcomer } = library({ members: 2, authors: 300 });
    const [leaving, other] = members;
    if (leaving === undefined || other === undefined) throw new Error('nobody');
    crowd.lost = ({ from, text }) => from === leaving && text.includes('"chat"');
    const link = crowd.link(leaving, newcomer);
    crowd.link(other, newcomer);
    crowd.wait(ASK_PAUSE_MS, newcomer);
    crowd.unlink(link, leaving, newcomer);
    crowd.settle();
    expect(newcomer.held()).toEqual(other.held());
  });

  it('is not kept from what others have by one who claims to have more', () => {
    const { crowd, members, newcomer } = library({ members: 1, authors: 1, entries: 3 });
    const [honest] = members;
    const liar = linkId(1_000);
    if (honest === undefined) throw new Error('nobody');
    newcomer.links.set(liar, crowd.member('liar'));
    newcomer.sync(newcomer.machine.linkUp(liar, toyPeerId('liar')));
    const heads: [PeerId, number][] = [[toyPeerId('author0'), Number.MAX_SAFE_INTEGER]];
    const lie = () =>
      newcomer.sync(
        newcomer.machine.have(liar, { type: 'have', room: GENERAL, heads, whole: true }, instant(crowd.now)),
      );
    lie();
    crowd.link(honest, newcomer);
    for (let count = 0; count < 4; count += 1) {
      crowd.wait(WANT_TIMEOUT_MS / 2, newcomer);
      lie();
    }
    expect(newcomer.held()).toEqual(honest.held());
  });
});

describe('what was lost on the way', () => {
  it('is found by the digests of beats and sent again', () => {
    const { crowd, members } = mesh(3);
    const [alice, bob] = members;
    crowd.lost = ({ to, text }) => to === bob && text.includes('"chat"');
    alice?.say('for bob as well');
    crowd.settle();
    crowd.lost = () => false;
    expect(bob?.held()).toEqual([]);
    crowd.wait(BEAT_INTERVAL_MS, ...members);
    crowd.beat(...members);
    crowd.wait(ASK_PAUSE_MS, ...members);
    expect(bob?.held()).toEqual(alice?.held());
  });

  it('is asked for when what follows shows the gap, once', () => {
    const { crowd, members } = mesh(2);
    const [alice, bob] = members;
    crowd.lost = ({ text }) => text.includes('"chat"');
    alice?.say('1');
    crowd.settle();
    crowd.lost = () => false;
    crowd.sent.length = 0;
    for (const content of ['2', '3', '4']) alice?.say(content);
    crowd.settle();
    expect(crowd.sentOf('want')).toHaveLength(1);
    crowd.wait(BEAT_INTERVAL_MS, ...members);
    crowd.beat(...members);
    expect(bob?.held()).toEqual(alice?.held());
  });
});

describe('a link that is full', () => {
  it('log-is-queue: gets nothing, keeps nothing waiting, and reads on from the log when it has drained', () => {
    const { crowd, members } = mesh(3);
    const [alice, bob, carol] = members;
    const link = [...(alice?.links ?? [])].find(([, member]) => member === bob)?.[0] ?? linkId(0);
    alice?.machine.congested(link);
    crowd.sent.length = 0;
    for (let count = 0; count < 100; count += 1) alice?.say(`${count}`);
    crowd.settle();
    expect(bob?.held()).toEqual([]);
    expect(carol?.held()).toHaveLength(100);
    expect(alice?.loads).toEqual([]);
    alice?.sync(alice.machine.drained(link));
    crowd.settle();
    expect(bob?.held()).toEqual(carol?.held());
    expect([...crowd.crossings().values()]).toEqual(new Array(200).fill(1));
    expect(alice?.loads).toHaveLength(1);
  });

  it('log-is-queue: is told no frontier, and acknowledges when it has drained', () => {
    const { crowd, members } = mesh(2);
    const [alice, bob] = members;
    const [link = linkId(0)] = bob?.links.keys() ?? [];
    bob?.machine.congested(link);
    crowd.sent.length = 0;
    alice?.say('hello');
    crowd.wait(5_000, ...members);
    crowd.beat(...members);
    expect(crowd.sentOf('have', bob)).toEqual([]);
    bob?.sync(bob.machine.drained(link));
    crowd.settle();
    expect(alice?.delivered).toEqual([{ peer: bob?.peer, sequence: 1 }]);
  });
});
