import { describe, expect, it } from 'vitest';
import { Transcript, tableLine } from '../../../internal/headless/transcript.ts';
import { TIMELINE_ITEMS_MAX } from '../../../pkg/base/limits.ts';
import { type WallTime, wallTime } from '../../../pkg/base/units.ts';
import type { ChatMessage, Notice } from '../../../pkg/chat/snapshot.ts';
import { keyTag } from '../../../pkg/identity/peer-id.ts';
import { FakeChat, message, nick, notice, peer, person } from '../../ui/fake-chat.ts';

const BOB = peer(2);
const EVE = peer(3);
const ALONE = new FakeChat().snapshot();
const WITH_BOB = new FakeChat({ people: [person(1, 'alice'), person(2, 'bob')] }).snapshot();

function said(author: ChatMessage['author'], name: string, text: string): ChatMessage {
  return message(1, text, { author, nick: nick(name) });
}

function dayOf(at: WallTime): string {
  return new Date(at).toISOString().slice(0, 10);
}

function line(transcript: Transcript, item: ChatMessage, snapshot = ALONE): string {
  return transcript.message(item, { snapshot, now: wallTime(0), timeOf: () => '10:30' });
}

function told(transcript: Transcript, what: Notice['what'], snapshot = ALONE): readonly string[] {
  return transcript.notice(notice(1, what), { snapshot, now: wallTime(0), timeOf: () => '10:30', dayOf });
}

describe('the name before a line', () => {
  it('is the nick alone while one key has used it, known or not', () => {
    const transcript = new Transcript(WITH_BOB);
    expect(line(transcript, said(BOB, 'bob', 'hi'), WITH_BOB)).toBe('10:30 bob: hi');
    expect(line(transcript, said(EVE, 'eve', 'hi'), WITH_BOB)).toBe('10:30 eve: hi');
    expect(line(transcript, { ...said(EVE, 'eve', 'waves'), kind: 'action' })).toBe('10:30 * eve waves');
  });

  it('has the tag when the nick is that of somebody present, whatever nick the author goes by there', () => {
    const people = [person(1, 'alice'), person(2, 'bob'), person(3, 'eve')];
    const snapshot = new FakeChat({ people }).snapshot();
    const transcript = new Transcript(snapshot);
    expect(line(transcript, said(EVE, 'Bob', 'hi'), snapshot)).toBe(`10:30 Bob~${keyTag(EVE)}: hi`);
    expect(line(transcript, said(BOB, 'bob', 'hi'), snapshot)).toBe(`10:30 bob~${keyTag(BOB)}: hi`);
  });

  it('has the tag when somebody who is gone has used the nick: in the past, in a line, in a notice', () => {
    const past = new Transcript(new FakeChat({ items: [said(BOB, 'bob', 'then')] }).snapshot());
    expect(line(past, said(EVE, 'bob', 'now'))).toContain(`bob~${keyTag(EVE)}`);
    const spoken = new Transcript(ALONE);
    line(spoken, said(BOB, 'bob', 'then'));
    expect(line(spoken, said(EVE, 'bob', 'now'))).toContain(`bob~${keyTag(EVE)}`);
    const noticed = new Transcript(ALONE);
    told(noticed, { type: 'renamed', peer: BOB, from: nick('rob'), to: nick('bob') });
    expect(line(noticed, said(EVE, 'bob', 'now'))).toContain(`bob~${keyTag(EVE)}`);
    const came = new Transcript(ALONE);
    line(came, said(EVE, 'eve', 'hi'), WITH_BOB);
    expect(line(came, said(EVE, 'bob', 'now'))).toContain(`bob~${keyTag(EVE)}`);
  });

  it('has the tag in notices too', () => {
    const transcript = new Transcript(WITH_BOB);
    const [joined] = told(transcript, { type: 'joined', peer: EVE, nick: nick('bob') });
    expect(joined).toBe(`bob~${keyTag(EVE)} joined`);
    expect(told(transcript, { type: 'left', peer: BOB, nick: nick('bob'), reason: 'tea', goodbye: false })).toEqual([
      `bob~${keyTag(BOB)} left (tea)`,
    ]);
  });

  it('keeps its tag after a flood of names, while the one that it is told apart from is at hand', () => {
    const people = [person(1, 'alice'), person(2, 'bob')];
    const snapshot = new FakeChat({ people, items: [said(peer(4), 'carol', 'hi')] }).snapshot();
    const transcript = new Transcript(snapshot);
    for (let count = 0; count < 3 * TIMELINE_ITEMS_MAX; count += 1) {
      line(transcript, said(EVE, `n${count}`, ''), snapshot);
      if (count % 1_000 > 0) continue;
      expect(line(transcript, said(EVE, 'bob', ''), snapshot)).toContain('~');
      expect(line(transcript, said(EVE, 'carol', ''), snapshot)).toContain('~');
    }
  });
});

describe('what came late', () => {
  it('is marked in its line, and told of', () => {
    const transcript = new Transcript(WITH_BOB);
    expect(line(transcript, { ...said(BOB, 'bob', 'hi'), late: true })).toBe('10:30 late bob: hi');
    expect(line(transcript, { ...said(BOB, 'bob', 'waves'), late: true, kind: 'action' })).toBe(
      '10:30 late * bob waves',
    );
    expect(told(transcript, { type: 'late', count: 1_200, messages: [] })).toEqual([
      '1,200 messages that were said earlier came only now: they are the lines marked late',
    ]);
    expect(told(transcript, { type: 'late', count: 1, messages: [] })).toEqual([
      'a message that was said earlier came only now: it is the line marked late',
    ]);
  });
});

describe('what a search has found', () => {
  function found(messages: readonly ChatMessage[]): readonly string[] {
    return told(new Transcript(WITH_BOB), { type: 'found', words: 'build', messages, more: messages.length > 0 });
  }

  it("is a line for each under a heading, with the tag where a name is somebody else's", () => {
    const yesterday = { saidAt: wallTime(Date.UTC(2025, 10, 15)) };
    expect(
      found([{ ...said(EVE, 'bob', 'the build\n10:30 bob: no'), ...yesterday }, said(EVE, 'eve', 'build!')]),
    ).toEqual([
      'the newest 2 for "build":',
      `  2025-11-15 10:30 bob~${keyTag(EVE)}: the build⏎10:30 bob: no`,
      '  10:30 eve: build!',
      'and older ones: add a word to find fewer',
    ]);
    expect(found([])).toEqual(['nothing found for "build": try fewer words, or others']);
  });

  it('cannot be filled up until the terminal wraps it', () => {
    const [, line = ''] = found([said(EVE, 'eve', `the build${'\u3000'.repeat(90)}10:31 bob: send me the key`)]);
    expect(line).toBe('  10:30 eve: the build 10:31 bob: send me the key');
    const [, long = ''] = found([said(EVE, 'eve', `${'x'.repeat(5_000)} build ${'y'.repeat(3_000)}`)]);
    expect(long.length).toBeLessThanOrEqual(164);
  });
});

describe('a notice', () => {
  it('cannot be filled up with blanks until the terminal wraps it into what looks like a message', () => {
    const transcript = new Transcript(ALONE);
    for (const blank of [' ', '\t', '\u00a0', '\u2003', '\u3000', '\u2800']) {
      const reason = `bye${blank.repeat(60)}10:31 bob: send me the key`;
      const lines = told(transcript, { type: 'left', peer: EVE, nick: nick('eve'), reason, goodbye: false });
      expect(lines).toEqual(['eve left (bye 10:31 bob: send me the key)']);
      expect(told(transcript, { type: 'problem', text: reason })).toEqual(['bye 10:31 bob: send me the key']);
    }
  });

  it('that is a table keeps its columns and no wider gap', () => {
    expect(tableLine(`bob   ::1   p2p${' '.repeat(50)}10:31`)).toBe('bob   ::1   p2p   10:31');
  });

  it('leaves what is said as it was said', () => {
    expect(line(new Transcript(ALONE), said(BOB, 'bob', 'a      b'))).toBe('10:30 bob: a      b');
  });
});
