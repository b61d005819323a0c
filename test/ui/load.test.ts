import { describe, expect, it } from 'vitest';
import { FRAMES_PER_SECOND_MAX } from '../../pkg/base/limits.ts';
import { FakeChat, message, person } from './fake-chat.ts';
import { ctrl, KEYS, TestTerminal } from './terminal.ts';

const PEOPLE = Array.from({ length: 12 }, (_, place) => person(place + 1, `user${place + 1}`));
const KEYS_TYPED = 15;
const BYTES_PER_KEY_MAX = 250;
/** A synchronized update, in which Ink wraps each frame. */
const FRAME_START = '\u001b[?2026h';

function room(count: number): FakeChat {
  const items = Array.from({ length: count }, (_, place) =>
    message(place + 1, `message ${place + 1} ${'lorem ipsum dolor sit amet '.repeat(place % 5)}`),
  );
  return new FakeChat({ people: PEOPLE, items });
}

/** Bytes written for each of many keys, each of which is seen before the next one is pressed. */
async function bytesPerKey(at: TestTerminal): Promise<number> {
  const before = at.bytes.length;
  for (let count = 1; count <= KEYS_TYPED; count += 1) {
    at.type('x');
    await at.shows(`> ${'x'.repeat(count)}`);
  }
  const bytes = (at.bytes.length - before) / KEYS_TYPED;
  at.type(ctrl('u'));
  await at.hides('> x');
  return bytes;
}

describe('a room of 10,000 messages', () => {
  it('costs a key no more than an empty one, and no whole frame', async () => {
    const large = new TestTerminal(room(10_000), { columns: 80, rows: 24 });
    const small = new TestTerminal(room(1), { columns: 80, rows: 24 });
    await large.shows('message 10000');
    await small.shows('message 1');
    const bytes = await bytesPerKey(large);
    expect(bytes).toBeLessThan(BYTES_PER_KEY_MAX);
    expect(bytes).toBeLessThan((await bytesPerKey(small)) * 1.1);
    for (let count = 0; count < 50; count += 1) large.type(KEYS.pageUp);
    await large.shows('scrolled up');
    expect(await bytesPerKey(large)).toBeLessThan(BYTES_PER_KEY_MAX);
    expect(large.wholeFrames).toBe(1);
    console.info(`${Math.round(bytes)} bytes a key at 80x24 with 10,000 messages`);
    await large.close();
    await small.close();
  });

  it('costs a delivery the few letters that change', async () => {
    const chat = room(10_000);
    const at = new TestTerminal(chat, { columns: 80, rows: 24 });
    at.type('hello\r');
    await at.shows('<user1> hello ✓ 0/11');
    const before = at.bytes.length;
    for (let number = 2; number <= 11; number += 1) {
      chat.acknowledge(number, 1);
      await at.shows(`<user1> hello ✓ ${number - 1}/11`);
    }
    const bytes = (at.bytes.length - before) / 10;
    expect(bytes).toBeLessThan(BYTES_PER_KEY_MAX);
    expect(at.wholeFrames).toBe(1);
    console.info(`${Math.round(bytes)} bytes a delivery at 80x24 with 10,000 messages`);
    await at.close();
  });

  it('draws no more frames in a flood than the bound, and takes keys meanwhile', async () => {
    const chat = room(10_000);
    const at = new TestTerminal(chat, { columns: 80, rows: 24 });
    await at.shows('message 10000');
    const before = at.bytes.length;
    const startedAt = performance.now();
    let count = 0;
    while (performance.now() - startedAt < 700) {
      count += 1;
      chat.add(message(20_000 + count, `flood ${count}`));
      if (count % 100 === 0) at.type('x');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await at.shows(`flood ${count}`);
    await at.shows(`> ${'x'.repeat(Math.floor(count / 100))}`);
    const seconds = (performance.now() - startedAt) / 1_000;
    const frames = at.bytes.slice(before).split(FRAME_START).length - 1;
    expect(count).toBeGreaterThan(100);
    expect(frames).toBeLessThanOrEqual(Math.ceil(seconds * FRAMES_PER_SECOND_MAX) + 2);
    await at.close();
  });
});
