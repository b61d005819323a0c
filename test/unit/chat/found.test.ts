import { describe, expect, it } from 'vitest';
import type { WallTime } from '../../../pkg/base/units.ts';
import { wallTime } from '../../../pkg/base/units.ts';
import { type Found, type FoundText, foundText } from '../../../pkg/chat/found.ts';
import { shownLine } from '../../../pkg/chat/shown.ts';
import { message } from '../../ui/fake-chat.ts';

const TODAY = Date.UTC(2025, 10, 16, 20, 0);
const YESTERDAY = { saidAt: wallTime(TODAY - 24 * 3_600_000) };

function iso(at: WallTime): string {
  return new Date(at).toISOString();
}

function found(more: Partial<Found>, hitMax = 60): FoundText {
  const style = {
    label: shownLine,
    timeOf: (at: WallTime) => iso(at).slice(11, 16),
    dayOf: (at: WallTime) => iso(at).slice(0, 10),
    at: wallTime(TODAY),
    hitMax,
  };
  return foundText({ type: 'found', words: 'build', messages: [], more: false, ...more }, style);
}

describe('what a search has found', () => {
  it('is a line for each, with the date where it was not today', () => {
    const messages = [
      message(1, 'the build failed', YESTERDAY),
      message(2, 'mends the build', { kind: 'action', late: true }),
    ];
    expect(found({ messages })).toEqual({
      heading: '2 found for "build":',
      hits: ['2025-11-15 20:00 bob: the build failed', '10:32 late * bob mends the build'],
      rest: [],
    });
  });

  it('tells that there is more, and what to do', () => {
    expect(found({ messages: [message(1, 'build')], more: true })).toMatchObject({
      heading: 'the newest 1 for "build":',
      rest: ['and older ones: add a word to find fewer'],
    });
    expect(found({ words: 'buidl' }).heading).toBe('nothing found for "buidl": try fewer words, or others');
  });

  it('is the piece with the words, as long as there is room', () => {
    const messages = [message(1, `${'words before it '.repeat(20)} the build failed ${'and after it '.repeat(20)}`)];
    const [line = ''] = found({ messages }).hits;
    expect(line).toContain('build failed');
    expect(line.length).toBeLessThanOrEqual(60);
    expect(found({ messages }, 1).hits[0]).toContain('build');
  });

  it('is safe to show and one line, whatever was said or looked for', () => {
    const words = `x${'\n'.repeat(5)}${'y'.repeat(9_000)}\u001b[2J`;
    const { heading, hits } = found(
      { words, messages: [message(1, `a${' '.repeat(70)}b\n10:30 alice: no\u202e`)] },
      99,
    );
    expect(heading.length).toBeLessThan(70);
    expect(heading).not.toContain('\n');
    expect(hits).toEqual(['10:31 bob: a b⏎10:30 alice: no�']);
  });
});
