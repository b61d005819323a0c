import { describe, expect, it } from 'vitest';
import {
  ASK_PAUSE_MS,
  FEEDS_IN_PERSON_MAX,
  FEEDS_PER_ROOM_MAX,
  HEADS_PER_LINE_MAX,
  STREAMS_PER_LINK_MAX,
  TELL_INTERVAL_MS,
  WANT_TIMEOUT_MS,
} from '../../../pkg/base/limits.ts';
import { linkId } from '../../../pkg/base/link-id.ts';
import { instant } from '../../../pkg/base/units.ts';
import type { PeerId } from '../../../pkg/identity/peer-id.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { library, mesh } from './crowd.ts';

describe('the bounds of a link', () => {
  it('flood: a link may ask for so many ranges', () => {
    const { crowd, members, newcomer } = library({ members: 1, authors: 1 });
    const [member] = members;
    if (member === undefined) throw new Error('nobody');
    const link = crowd.link(member, newcomer);
    crowd.settle();
    member.machine.congested(link);
    const want = { type: 'want' as const, room: GENERAL, author: toyPeerId('author0'), from: 1, to: 1 };
    for (let count = 0; count < STREAMS_PER_LINK_MAX; count += 1) expect(member.machine.want(link, want)).toEqual([]);
    expect(member.machine.want(link, want)).toMatchObject([{ type: 'fault', fault: { code: 'flood' } }]);
    expect(member.machine.want(link, { ...want, from: 2, to: Number.MAX_SAFE_INTEGER })).toEqual([]);
  });

  it('a frontier may tell of so many authors, again and again; further ones are not listened to', () => {
    const { crowd, members } = mesh(2);
    const [alice] = members;
    const [link = linkId(0)] = alice?.links.keys() ?? [];
    const authors = Array.from({ length: FEEDS_PER_ROOM_MAX }, (_, count) => toyPeerId(`author ${count}`));
    const tell = (some: readonly PeerId[]) =>
      alice?.machine.have(
        link,
        { type: 'have', room: GENERAL, heads: some.map((author) => [author, 1]) },
        instant(crowd.now),
      );
    for (let round = 0; round < 3; round += 1) {
      for (let place = 0; place < authors.length; place += HEADS_PER_LINE_MAX) {
        const outs = tell(authors.slice(place, place + HEADS_PER_LINE_MAX));
        expect(outs?.filter(({ type }) => type === 'fault')).toEqual([]);
      }
    }
    const more = Array.from({ length: FEEDS_IN_PERSON_MAX + 2 }, (_, count) => toyPeerId(`more ${count}`));
    for (const author of more) expect(tell([author])?.filter(({ type }) => type === 'fault')).toEqual([]);
  });

  it('a beat brings one frontier, however many digests stand in it and however often it comes', () => {
    const { crowd, members } = mesh(2);
    const [alice] = members;
    alice?.say('hello');
    crowd.wait(TELL_INTERVAL_MS, ...members);
    const [link = linkId(0)] = alice?.links.keys() ?? [];
    const digests = Array.from({ length: 64 }, (): [typeof GENERAL, string] => [GENERAL, 'other']);
    const told = (at: number) => alice?.machine.beat(link, digests, instant(at)).length;
    expect([told(crowd.now), told(crowd.now), told(crowd.now + TELL_INTERVAL_MS - 1)]).toEqual([1, 0, 0]);
    expect(told(crowd.now + TELL_INTERVAL_MS)).toBe(1);
  });

  it('unasked: a link brings its own feed, of others what it was asked for, and nothing more that proved untrue', () => {
    const { crowd, members, newcomer } = library({ members: 2, authors: 1 });
    const [member, other] = members;
    if (member === undefined || other === undefined) throw new Error('nobody');
    const feed = { room: GENERAL, author: toyPeerId('author0') };
    crowd.lost = ({ text }) => text.includes('"chat"');
    const [first, second] = [crowd.link(member, newcomer), crowd.link(other, newcomer)];
    crowd.wait(ASK_PAUSE_MS, newcomer);
    const { machine } = newcomer;
    expect(machine.brings(first, { ...feed, author: member.peer }, undefined)).toBe('welcome');
    expect(machine.brings(first, feed, undefined)).toBe('welcome');
    expect(machine.brings(second, feed, undefined)).toMatchObject({ code: 'unasked' });
    machine.distrust(first, feed);
    expect(machine.brings(first, feed, undefined)).toBe('ignored');
    crowd.lost = () => false;
    crowd.wait(WANT_TIMEOUT_MS, newcomer);
    expect(newcomer.held()).toEqual(other.held());
    expect(machine.brings(second, feed, undefined)).toBe('welcome');
  });

  it('a link that is gone is answered nothing', () => {
    const { crowd, members } = mesh(2);
    const [alice] = members;
    const gone = linkId(99);
    const have = { type: 'have' as const, room: GENERAL, heads: [] };
    const feed = { room: GENERAL, author: toyPeerId('x') };
    const now = instant(crowd.now);
    expect(alice?.machine.have(gone, have, now)).toEqual([]);
    expect(alice?.machine.want(gone, { type: 'want', ...feed, from: 1, to: 1 })).toEqual([]);
    expect(alice?.machine.loaded(gone, [])).toEqual([]);
    expect(alice?.machine.drained(gone)).toEqual([]);
    expect(alice?.machine.gap(feed, gone, 3, now)).toEqual([]);
    expect(alice?.machine.beat(gone, [[GENERAL, 'x']], now)).toEqual([]);
    expect(alice?.machine.linkDown(gone, now)).toEqual([]);
  });
});
