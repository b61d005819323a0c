import { describe, expect, it } from 'vitest';
import { TIMELINE_ITEMS_MAX } from '../../../pkg/base/limits.ts';
import type { ChatMessage } from '../../../pkg/chat/snapshot.ts';
import { keyTag } from '../../../pkg/identity/peer-id.ts';
import { NameBook } from '../../../pkg/ui/name-book.ts';
import { message, nick, notice, peer, person } from '../../ui/fake-chat.ts';

const bob = message(1, 'hi', { author: peer(2), nick: nick('bob') });
const falseBob = message(2, 'hi', { author: peer(3), nick: nick('BOB') });

describe('NameBook', () => {
  it('writes a nick with its tag once two keys have used it, though one of them has left', () => {
    const book = new NameBook();
    book.learn([person(1, 'alice')], [bob]);
    expect(book.label('bob', peer(2))).toBe('bob');
    const edition = book.edition;
    book.learn([person(1, 'alice'), person(3, 'Bob')], [bob]);
    expect(book.edition).toBeGreaterThan(edition);
    expect(book.label('bob', peer(2))).toBe(`bob~${keyTag(peer(2))}`);
    expect(book.label('Bob', peer(3))).toBe(`Bob~${keyTag(peer(3))}`);
    expect(book.label('alice', peer(1))).toBe('alice');
  });

  it('learns from messages and notices wherever they come in', () => {
    const others = Array.from({ length: 5 }, (_, place) =>
      message(10 + place, '', { author: peer(4), nick: nick('zoe') }),
    );
    for (const place of [0, 2, 5]) {
      const book = new NameBook();
      book.learn([], [bob, ...others]);
      book.learn([], [bob, ...others.slice(0, place), falseBob, ...others.slice(place)]);
      expect(book.label('bob', peer(2))).toContain('~');
    }
    const book = new NameBook();
    book.learn([], [...others, bob]);
    book.learn([], [falseBob, ...others, bob]);
    expect(book.label('bob', peer(2))).toContain('~');
    const renamed = new NameBook();
    const renaming = notice(1, { type: 'renamed', peer: peer(3), from: nick('eve'), to: nick('bob') });
    renamed.learn([], [bob, renaming]);
    expect(renamed.label('bob', peer(2))).toContain('~');
  });

  it('does not look again at what it knows when the timeline moves on', () => {
    const book = new NameBook();
    const all = Array.from({ length: 100 }, (_, place) => message(place + 1, ''));
    book.learn([], all);
    const reads: PropertyKey[] = [];
    const watched = new Proxy(message(101, ''), {
      get: (of, key) => {
        reads.push(key);
        return Reflect.get(of, key);
      },
    });
    book.learn([], [...all.slice(1), watched]);
    expect(reads).toContain('author');
    reads.length = 0;
    book.learn([], [...all.slice(2), watched, message(102, '')]);
    expect(reads).toEqual([]);
  });

  it('looks only at what came, also where it came between', () => {
    const book = new NameBook();
    const reads: PropertyKey[] = [];
    const all = Array.from({ length: 100 }, (_, place) => {
      const get = (of: ChatMessage, key: PropertyKey): unknown => {
        reads.push(key);
        return Reflect.get(of, key);
      };
      return new Proxy(message(place + 1, ''), { get });
    });
    book.learn([], all);
    reads.length = 0;
    book.learn([], [...all.slice(0, 20), bob, ...all.slice(20, 70), falseBob, ...all.slice(70), message(101, '')]);
    expect(reads).toEqual([]);
    expect(book.label('bob', peer(2))).toContain('~');
  });

  it('learns from what a search has found', () => {
    const book = new NameBook();
    book.learn([], [bob]);
    book.learn([], [bob, notice(1, { type: 'found', words: 'hi', messages: [falseBob], more: false })]);
    expect(book.label('bob', peer(2))).toContain('~');
  });

  it('does not grow without end', () => {
    const book = new NameBook();
    for (let round = 0; round < 5; round += 1) {
      const items = Array.from({ length: TIMELINE_ITEMS_MAX }, (_, place) =>
        message(place, '', { nick: nick(`n${round}.${place}`) }),
      );
      book.learn([], items);
    }
    expect(book.size).toBeLessThanOrEqual(3 * TIMELINE_ITEMS_MAX);
  });

  it('makes any nick safe to show', () => {
    expect(new NameBook().label('\u001b[31mred\n', peer(2))).toBe('␛[31mred⏎');
  });
});
