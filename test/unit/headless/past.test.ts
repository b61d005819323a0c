import { describe, expect, it } from 'vitest';
import { Past } from '../../../internal/headless/past.ts';
import { message, peer } from '../../ui/fake-chat.ts';

describe('the past of a room, as it arrives by author', () => {
  it('is printed in the order of the room, and the newest of it alone', () => {
    const printed: string[] = [];
    const past = new Past(5, ({ text }) => printed.push(text));
    for (const author of [2, 3]) {
      for (let clock = 1; clock <= 100; clock += 1) {
        past.add(message(clock, `${author}/${clock}`, { author: peer(author), clock }));
      }
    }
    past.print();
    const [first, second] = [2, 3].sort((a, b) => (peer(a) < peer(b) ? -1 : 1));
    expect(printed).toEqual([`${second}/98`, `${first}/99`, `${second}/99`, `${first}/100`, `${second}/100`]);
    past.print();
    expect(printed).toHaveLength(5);
  });

  it('is printed by itself once it has come', async () => {
    const printed = Promise.withResolvers<string>();
    new Past(5, ({ text }) => printed.resolve(text)).add(message(1, 'then'));
    expect(await printed.promise).toBe('then');
  });
});
