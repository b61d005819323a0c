import { describe, expect, it } from 'vitest';
import { ASK_PAUSE_MS, LEAP_PATIENCE_MS, SEQUENCE_MAX, WANTS_PER_LINK_MAX } from '../../../pkg/base/limits.ts';
import { type LinkId, linkId } from '../../../pkg/base/link-id.ts';
import { instant } from '../../../pkg/base/units.ts';
import { Feeds } from '../../../pkg/feed/feeds.ts';
import type { PeerId } from '../../../pkg/identity/peer-id.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { Sync } from '../../../pkg/sync/sync.ts';
import type { SyncOut } from '../../../pkg/sync/sync-out.ts';
import { decodeMessage, type ToldHead } from '../../../pkg/wire/message.ts';
import { hashText, toyPeerId } from '../../sim/toy-crypto.ts';
import { Speaker } from '../speaker.ts';
import { Crowd, library, type Member } from './crowd.ts';

/** So many that a part of them waits while another is asked for. */
const AUTHORS = 2 * WANTS_PER_LINK_MAX;

/** Somebody tells heads, true or not. */
function claim(from: Member, to: Member, link: LinkId, heads: ToldHead[]): void {
  to.read({ from, to, link, text: JSON.stringify({ type: 'have', room: GENERAL, heads, whole: true }) });
}

/** The loads that a member asks its disk for wait until the test has them done, one by one. */
function slowDisk(member: Member): { next: () => void; readonly waiting: SyncOut[] } {
  const waiting: SyncOut[] = [];
  const work = member.sync.bind(member);
  member.sync = (outs) => {
    for (const out of outs) {
      if (out.type === 'load') waiting.push(out);
      else work([out]);
    }
  };
  const next = (): void => {
    const first = waiting.shift();
    if (first !== undefined) work([first]);
  };
  return { next, waiting };
}

/** Whether the last thing that a member asked another for without an end was asked, and not taken back. */
function follows(crowd: Crowd, from: Member, to: Member, author: PeerId): boolean {
  let following = false;
  for (const line of crowd.sent) {
    if (line.from !== from || line.to !== to) continue;
    const message = decodeMessage(line.text);
    if (message.type === 'want' && message.author === author && message.to === undefined) following = true;
    if (message.type === 'enough' && message.author === author) following = false;
  }
  return following;
}

describe('a liar who claims to have what nobody has', () => {
  it('does not make a peer say to an honest one what is no line of the protocol', () => {
    const crowd = new Crowd();
    const [liar, author, victim] = [crowd.member('mallory'), crowd.member('alice'), crowd.member('victim')];
    const link = crowd.link(liar, victim);
    crowd.settle();
    claim(liar, victim, link, [[author.peer, SEQUENCE_MAX]]);
    crowd.wait(ASK_PAUSE_MS, liar, victim);
    crowd.link(author, victim);
    const wrong = crowd.sent.filter(({ from, text }) => from === victim && decodeMessage(text).type === 'fault');
    expect(wrong.map(({ text }) => text)).toEqual([]);
  });

  it('does not keep what the author itself says, once it is linked, from being asked for from where it is needed', () => {
    const crowd = new Crowd();
    const [liar, author, victim] = [crowd.member('mallory'), crowd.member('alice'), crowd.member('victim')];
    const link = crowd.link(liar, victim);
    crowd.settle();
    claim(liar, victim, link, [[author.peer, 1_000_000]]);
    crowd.wait(ASK_PAUSE_MS, liar, victim);
    crowd.link(author, victim);
    crowd.settle();
    author.say('hello');
    crowd.settle();
    expect(victim.held()).toHaveLength(1);
  });

  it('does not take a feed from the peer that relays it', () => {
    const crowd = new Crowd();
    const [liar, relay, author, victim] = [
      crowd.member('mallory'),
      crowd.member('relay'),
      crowd.member('alice'),
      crowd.member('victim'),
    ];
    crowd.link(author, relay);
    crowd.link(relay, victim);
    const link = crowd.link(liar, victim);
    crowd.settle();
    author.say('one');
    crowd.wait(1_000, author, relay, victim);
    crowd.beat(relay, victim);
    crowd.wait(1_000, author, relay, victim);
    expect(victim.held()).toHaveLength(1);
    expect(follows(crowd, victim, relay, author.peer)).toBe(true);
    claim(liar, victim, link, [[author.peer, 1_000]]);
    crowd.wait(1_000, author, relay, victim, liar);
    author.say('two');
    crowd.settle();
    expect(victim.held()).toHaveLength(2);
  });

  it('does not keep a newcomer from ever having a feed of which the beginning was let go', () => {
    const { crowd, members, newcomer } = library({ members: 1, authors: 1, entries: 10 });
    const [member] = members;
    if (member === undefined) throw new Error('nobody');
    const author = toyPeerId('author0');
    member.forgets(author, 6);
    const liar = crowd.member('mallory');
    const link = crowd.link(liar, newcomer);
    crowd.link(member, newcomer);
    for (let round = 0; round < 30; round += 1) {
      claim(liar, newcomer, link, [[author, 11 + round]]);
      crowd.beat(member, newcomer);
      crowd.wait(2_000, member, newcomer, liar);
    }
    expect(newcomer.held()).toHaveLength(5);
  });

  it('leaves nothing behind in what is counted as missing', () => {
    const crowd = new Crowd();
    const [liar, victim] = [crowd.member('mallory'), crowd.member('victim')];
    for (let visit = 0; visit < 3; visit += 1) {
      const link = crowd.link(liar, victim);
      crowd.settle();
      const made = Array.from({ length: 1_000 }, (_, count) => toyPeerId(`${visit} ${count}`));
      for (let place = 0; place < made.length; place += 250) {
        claim(
          liar,
          victim,
          link,
          made.slice(place, place + 250).map((peer): ToldHead => [peer, 1]),
        );
      }
      crowd.wait(1_000, liar, victim);
      crowd.unlink(link, liar, victim);
      crowd.wait(60_000, liar, victim);
    }
    expect(victim.machine.progress(GENERAL)?.missing).toBe(0);
    expect(victim.machine.progress(GENERAL)?.beganAt).toBeUndefined();
  });
});

describe('an author who goes before all of it came', () => {
  it('leaves nothing behind that is caught up with for ever', () => {
    const crowd = new Crowd();
    const [author, member] = [crowd.member('alice'), crowd.member('bob')];
    for (let count = 0; count < 10; count += 1) author.say(`${count}`);
    crowd.lost = ({ text }) => decodeMessage(text).type === 'chat';
    const link = crowd.link(author, member);
    crowd.settle();
    crowd.unlink(link, author, member);
    crowd.wait(60_000, author, member);
    expect(member.machine.progress(GENERAL)?.beganAt).toBeUndefined();
  });
});

describe('what the beginning of which somebody has', () => {
  it('is not passed over while the one who has it is asked for as much as may be', () => {
    const { crowd, members, newcomer } = library({ members: 2, authors: AUTHORS, entries: 4 });
    const [whole, pruned] = members;
    if (whole === undefined || pruned === undefined) throw new Error('nobody');
    // One has everything and a slow disk, the other kept the last entries alone.
    const disk = slowDisk(whole);
    for (let count = 0; count < AUTHORS; count += 1) pruned.forgets(toyPeerId(`author${count}`), 3);
    crowd.link(whole, newcomer);
    crowd.link(pruned, newcomer);
    for (let past = 0; past < LEAP_PATIENCE_MS + 1_000; past += 50) {
      disk.next();
      crowd.wait(50, newcomer, whole, pruned);
    }
    while (disk.waiting.length > 0) {
      disk.next();
      crowd.wait(50, newcomer, whole, pruned);
    }
    const begun = newcomer.feeds.frontier(GENERAL)?.heads() ?? [];
    expect(begun.filter(([, , base]) => base !== undefined)).toEqual([]);
  });
});

describe('a slow disk', () => {
  it('does not make an honest asker flood an honest holder', () => {
    const { crowd, members, newcomer } = library({ members: 1, authors: AUTHORS, entries: 1 });
    const [holder] = members;
    if (holder === undefined) throw new Error('nobody');
    const disk = slowDisk(holder);
    crowd.link(holder, newcomer);
    for (let second = 0; second < 240 && holder.faults.length === 0; second += 1) {
      crowd.wait(1_000, newcomer, holder);
      if (second % 2 === 1) crowd.beat(holder, newcomer);
      disk.next();
    }
    expect(holder.faults).toEqual([]);
    expect([...crowd.crossings().values()].filter((count) => count > 1)).toEqual([]);
  });
});

describe('a room that is full', () => {
  it('is not asked for again and again of what has no place', () => {
    const { crowd, members, newcomer } = library({ members: 1, authors: 1 });
    const [holder] = members;
    if (holder === undefined) throw new Error('nobody');
    for (let count = 0; count < 10_000; count += 1) {
      const speaker = new Speaker(`full${count}`);
      newcomer.knows(speaker, speaker.say('x'));
    }
    // Those who came in person have taken the places beyond.
    crowd.link(holder, newcomer);
    for (let round = 0; round < 20; round += 1) {
      crowd.beat(newcomer);
      crowd.wait(2_000, holder, newcomer);
    }
    expect(newcomer.held()).toHaveLength(10_000);
    expect(crowd.sentOf('want', newcomer).length).toBeLessThan(5);
  });
});

describe('a feed that ends where numbers end', () => {
  it('is told in lines of the protocol once nothing of it is kept', () => {
    const [me, author, asker] = [toyPeerId('me'), toyPeerId('mallory'), linkId(1)];
    const head = { sequence: SEQUENCE_MAX, clock: 1, hash: hashText('x') };
    const feeds = new Feeds(me, [GENERAL], [{ room: GENERAL, author, ...head }]);
    const sync = new Sync(me, feeds);
    const now = instant(0);
    sync.linkUp(asker, toyPeerId('bob'));
    sync.want(asker, { type: 'want', room: GENERAL, author, from: head.sequence });
    for (const out of sync.loaded(asker, [])) if (out.type === 'rebased') feeds.rebase(out.feed, out.base);
    const carol = linkId(2);
    sync.linkUp(carol, toyPeerId('carol'));
    const lines = sync
      .have(carol, { type: 'have', room: GENERAL, heads: [], digest: 'another' }, now)
      .flatMap((out) => (out.type === 'send' ? [out.text] : []));
    const wrong = lines
      .flatMap((text) => text.trim().split('\n'))
      .filter((line) => decodeMessage(line).type === 'fault');
    expect(wrong).toEqual([]);
  });
});
