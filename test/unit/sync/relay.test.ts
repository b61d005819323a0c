import { describe, expect, it } from 'vitest';
import { ASK_PAUSE_MS, BEAT_INTERVAL_MS, COUNT_MAX, FOLLOWS_PER_LINK_MAX } from '../../../pkg/base/limits.ts';
import { instant } from '../../../pkg/base/units.ts';
import type { PeerId } from '../../../pkg/identity/peer-id.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { Speaker } from '../speaker.ts';
import { Crowd, library } from './crowd.ts';

/** Two who cannot reach each other, and one whom both reach. */
function parted() {
  const crowd = new Crowd();
  const [alice, relay, bob] = [crowd.member('alice'), crowd.member('relay'), crowd.member('bob')];
  crowd.link(alice, relay);
  crowd.link(relay, bob);
  crowd.wait(BEAT_INTERVAL_MS, alice, relay, bob);
  return { crowd, alice, relay, bob };
}

/** They meet, and one beat later bob is brought what alice says. */
function relayed() {
  const parts = parted();
  const { crowd, alice, relay, bob } = parts;
  alice.say('one');
  crowd.wait(1_000, alice, relay, bob);
  crowd.beat(alice, relay, bob);
  crowd.wait(ASK_PAUSE_MS, alice, relay, bob);
  return parts;
}

describe('somebody who is not linked with an author', () => {
  it('is brought what the author says by one who is: the first word with a beat, the next ones at once', () => {
    const { crowd, alice, relay, bob } = relayed();
    expect(bob.held()).toEqual(alice.held());
    for (const content of ['two', 'three']) alice.say(content);
    crowd.settle();
    expect(bob.held()).toHaveLength(3);
    crowd.wait(10_000, alice, relay, bob);
    crowd.beat(alice, relay, bob);
    expect([...crowd.crossings().values()]).toEqual(new Array(6).fill(1));
  });

  it('asks no longer once the author is linked', () => {
    const { crowd, alice, relay, bob } = relayed();
    crowd.link(alice, bob);
    crowd.settle();
    expect(crowd.sentOf('enough', bob)).toHaveLength(1);
    for (const content of ['two', 'three']) alice.say(content);
    crowd.wait(5_000, alice, relay, bob);
    expect(bob.held()).toEqual(alice.held());
    expect([...crowd.crossings().values()]).toEqual(new Array(1 * 2 + 2 * 2).fill(1));
  });

  it('finds another relay when the first is gone', () => {
    const { crowd, alice, relay, bob } = relayed();
    const other = crowd.member('other');
    crowd.link(alice, other);
    crowd.link(other, bob);
    crowd.wait(1_000, alice, relay, bob, other);
    for (const [link] of relay.links) crowd.unlink(link, relay, ...(relay.links.get(link) === bob ? [bob] : [alice]));
    alice.say('two');
    crowd.wait(1_000, alice, bob, other);
    crowd.beat(alice, bob, other);
    crowd.wait(ASK_PAUSE_MS, alice, bob, other);
    alice.say('three');
    crowd.settle();
    expect(bob.held()).toEqual(alice.held());
    expect(alice.held()).toHaveLength(3);
  });

  it('asks one relay for no more authors than may be followed on a link', () => {
    const { crowd, alice, relay, bob } = parted();
    const speakers = Array.from({ length: FOLLOWS_PER_LINK_MAX + 10 }, (_, count) => new Speaker(`far${count}`));
    for (const text of ['one', 'two']) {
      for (const speaker of speakers) relay.knows(speaker, speaker.say(text));
      crowd.wait(1_000, alice, relay, bob);
      crowd.beat(alice, relay, bob);
      crowd.wait(1_000, alice, relay, bob);
    }
    expect(bob.held()).toHaveLength(2 * speakers.length);
    expect(relay.faults).toEqual([]);
  });

  it('is sent nothing of authors who have fallen silent', () => {
    const { crowd, members, newcomer } = library({ members: 1, authors: 5, entries: 2 });
    const [member] = members;
    if (member === undefined) throw new Error('nobody');
    crowd.link(member, newcomer);
    crowd.wait(1_000, member, newcomer);
    expect(newcomer.held()).toHaveLength(10);
    const endless = crowd.sentOf('want', newcomer).filter(({ text }) => !text.includes('"to":'));
    expect(endless.map(({ text }) => JSON.parse(text).author)).toEqual([member.peer]);
  });
});

describe('an author who is linked while its feed comes from somebody else', () => {
  it('asked-once: sends only what is not on its way already', () => {
    const crowd = new Crowd();
    const [author, member, newcomer] = [crowd.member('author'), crowd.member('member'), crowd.member('newcomer')];
    crowd.link(author, member);
    for (let count = 0; count < 20; count += 1) author.say(`${count}`);
    crowd.settle();
    crowd.sent.length = 0;
    crowd.link(member, newcomer);
    crowd.lost = ({ to, text }) => to === newcomer && text.includes('"chat"');
    crowd.wait(ASK_PAUSE_MS, newcomer, member);
    expect(crowd.sentOf('chat', member)).toHaveLength(20);
    crowd.lost = () => false;
    crowd.link(author, newcomer);
    crowd.settle();
    expect(crowd.sentOf('chat', author)).toEqual([]);
    author.say('21st');
    crowd.wait(10_000, newcomer, member, author);
    crowd.beat(newcomer, member, author);
    crowd.wait(10_000, newcomer, member, author);
    expect(newcomer.held()).toEqual(author.held());
  });

  it('is not kept from speaking by one who claims to have more of it than it ever said', () => {
    const crowd = new Crowd();
    const [author, liar, newcomer] = [crowd.member('author'), crowd.member('liar'), crowd.member('newcomer')];
    for (let count = 0; count < 3; count += 1) author.say(`${count}`);
    const link = crowd.link(liar, newcomer);
    crowd.settle();
    const heads: [PeerId, number][] = [[author.peer, COUNT_MAX]];
    const lie = { type: 'have' as const, room: GENERAL, heads, whole: true };
    newcomer.sync(newcomer.machine.have(link, lie, instant(crowd.now)));
    crowd.wait(ASK_PAUSE_MS, newcomer);
    crowd.link(author, newcomer);
    crowd.settle();
    expect(crowd.sentOf('want', newcomer).filter(({ to }) => to === author)).toMatchObject([
      { text: expect.stringContaining('"from":4') },
    ]);
    author.say('live');
    crowd.wait(10_000, author, newcomer);
    expect(newcomer.held()).toEqual(author.held());
  });

  it('asked-once: sends again what came before its time, once the rest is there', () => {
    const crowd = new Crowd();
    const [author, member, newcomer] = [crowd.member('author'), crowd.member('member'), crowd.member('newcomer')];
    const first = new Speaker('author').say('one');
    member.knows(new Speaker('author'), first);
    crowd.link(author, member);
    crowd.wait(1_000, author, member);
    crowd.beat(author, member);
    crowd.wait(1_000, author, member);
    author.say('two');
    crowd.settle();
    expect(member.held()).toHaveLength(2);
    let held = true;
    crowd.lost = ({ from, to, text }) => held && from === member && to === newcomer && text.includes('"chat"');
    crowd.link(member, newcomer);
    crowd.wait(ASK_PAUSE_MS, newcomer, member);
    crowd.link(author, newcomer);
    author.say('three');
    crowd.settle();
    expect(newcomer.held()).toEqual([]);
    held = false;
    crowd.wait(10_000, newcomer, member, author);
    expect(newcomer.held()).toEqual(author.held());
  });
});
