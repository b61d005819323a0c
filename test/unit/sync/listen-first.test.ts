import { describe, expect, it } from 'vitest';
import { LISTEN_FIRST_MS, OWN_FEED_WAIT_MS } from '../../../pkg/base/limits.ts';
import { instant } from '../../../pkg/base/units.ts';
import { ListenFirst } from '../../../pkg/sync/listen-first.ts';

const START = instant(0);

function begun(): ListenFirst {
  const listening = new ListenFirst();
  listening.begin(START);
  return listening;
}

describe('listen-first: it is time to speak', () => {
  it('when somebody told a frontier that has no more of us than we', () => {
    const listening = begun();
    expect(listening.over).toBe(false);
    listening.told(7, 7, instant(50));
    expect(listening.over).toBe(true);
    expect(listening.nextDeadline()).toBeUndefined();
  });

  it('when nobody has come in time', () => {
    const listening = begun();
    listening.due(instant(LISTEN_FIRST_MS - 1));
    expect(listening.over).toBe(false);
    listening.due(instant(LISTEN_FIRST_MS));
    expect(listening.over).toBe(true);
  });

  it('not yet when somebody has less of us than we, and no later for that', () => {
    const listening = begun();
    listening.told(3, 7, instant(50));
    expect(listening.over).toBe(false);
    expect(listening.nextDeadline()).toBe(LISTEN_FIRST_MS);
    listening.told(7, 7, instant(60));
    expect(listening.over).toBe(true);
  });

  it('when what others hold of us has come', () => {
    const listening = begun();
    listening.told(9, 7, instant(50));
    listening.due(instant(LISTEN_FIRST_MS + 1));
    expect(listening.over).toBe(false);
    listening.holds(8);
    expect(listening.over).toBe(false);
    listening.holds(9);
    expect(listening.over).toBe(true);
  });

  it('when it does not come, since anybody can claim to hold more', () => {
    const listening = begun();
    listening.told(Number.MAX_SAFE_INTEGER, 7, instant(50));
    expect(listening.nextDeadline()).toBe(50 + OWN_FEED_WAIT_MS);
    listening.due(instant(50 + OWN_FEED_WAIT_MS));
    expect(listening.over).toBe(true);
  });

  it('in bounded time, though somebody claims ever more', () => {
    const listening = begun();
    for (let at = 0; at < 2 * OWN_FEED_WAIT_MS; at += 100) {
      listening.told(at + 1, 0, instant(at));
      listening.due(instant(at));
    }
    expect(listening.over).toBe(true);
  });

  it('and stays so, whatever is told later', () => {
    const listening = begun();
    listening.told(0, 0, instant(50));
    listening.told(9, 0, instant(60));
    expect(listening.over).toBe(true);
  });
});
