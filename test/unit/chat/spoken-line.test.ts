import { describe, expect, it } from 'vitest';
import { LATE_MARK, spokenLine } from '../../../pkg/chat/spoken-line.ts';
import { checkNick } from '../../../pkg/identity/nick.ts';
import { message } from '../../ui/fake-chat.ts';

function line(more: Partial<Parameters<typeof message>[2]>, name = 'bob'): string {
  return spokenLine(message(1, '', more), { time: '14:03', name, text: 'waves' });
}

describe('a spoken line', () => {
  it('tells a message from an action, and what came late', () => {
    expect(line({})).toBe('14:03 bob: waves');
    expect(line({ kind: 'action' })).toBe('14:03 * bob waves');
    expect(line({ late: true })).toBe('14:03 late bob: waves');
    expect(line({ late: true, kind: 'action' })).toBe('14:03 late * bob waves');
  });

  it('of somebody who is called like the mark does not look late', () => {
    expect(checkNick(LATE_MARK).type).toBe('nick');
    expect(line({}, LATE_MARK)).toBe('14:03 late: waves');
    expect(checkNick(`${LATE_MARK} bob`).type).toBe('wrong');
  });
});
