import { describe, expect, it } from 'vitest';
import { GENERAL, isRoomName } from '../../../pkg/identity/room-name.ts';

describe('a room name', () => {
  it.each([GENERAL, '#a', '#日本', '#über-uns', '#v1.2_x', `#${'x'.repeat(32)}`, '#42'])('%s is one', (text) => {
    expect(isRoomName(text)).toBe(true);
  });

  it.each([
    '',
    '#',
    'general',
    '#General',
    '#a b',
    '##a',
    '#a#',
    '#a\n',
    '#a\u200b',
    '#🦊',
    `#${'x'.repeat(33)}`,
    '#a/b',
    '#a~b',
  ])('%j is none', (text) => {
    expect(isRoomName(text)).toBe(false);
  });
});
