import { expect, it } from 'vitest';
import { grouped } from '../../../pkg/chat/grouped.ts';

it.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1,000'],
  [12_300, '12,300'],
  [100_000, '100,000'],
  [Number.MAX_SAFE_INTEGER, '9,007,199,254,740,991'],
])('%d is read as %s', (count, text) => {
  expect(grouped(count)).toBe(text);
});
