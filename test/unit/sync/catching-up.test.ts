import { describe, expect, it } from 'vitest';
import { CATCHING_UP_FROM, PROGRESS_PATIENCE_MS } from '../../../pkg/base/limits.ts';
import { instant } from '../../../pkg/base/units.ts';
import { CatchingUp } from '../../../pkg/sync/catching-up.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';

const [alice, bob] = [toyPeerId('alice'), toyPeerId('bob')];

describe('what is still to come', () => {
  it('is the sum of what was told and is not here, whoever tells it how often', () => {
    const room = new CatchingUp();
    room.told(alice, 900, 100, instant(0));
    room.told(alice, 900, 100, instant(1));
    room.told(alice, 500, 100, instant(1));
    room.told(bob, 50, 60, instant(1));
    room.told(bob, 100, 60, instant(2));
    expect(room.missing).toBe(840);
    room.came(alice, 500, instant(3));
    expect(room.missing).toBe(440);
    room.came(alice, 900, instant(4));
    room.came(bob, 100, instant(4));
    expect(room.missing).toBe(0);
    expect(room.beganAt).toBeUndefined();
  });

  it('began when the first of it was told', () => {
    const room = new CatchingUp();
    room.told(alice, 10, 0, instant(5));
    room.told(bob, 10, 0, instant(50));
    room.came(alice, 10, instant(60));
    expect(room.beganAt).toBe(5);
    room.came(bob, 10, instant(70));
    room.told(bob, 11, 10, instant(80));
    expect(room.beganAt).toBe(80);
  });

  it('is shown where it is much, as long as it moves, and not when nobody has it after all', () => {
    const room = new CatchingUp();
    room.told(alice, CATCHING_UP_FROM - 1, 0, instant(0));
    expect(room.shown(instant(0))).toBeUndefined();
    room.told(bob, 1, 0, instant(0));
    expect(room.shown(instant(0))).toBe(CATCHING_UP_FROM);
    room.came(alice, CATCHING_UP_FROM - 1, instant(100));
    expect(room.shown(instant(100))).toBe(1);
    expect(room.shown(instant(100 + PROGRESS_PATIENCE_MS))).toBeUndefined();
    room.told(alice, 10 * CATCHING_UP_FROM, CATCHING_UP_FROM, instant(200));
    room.givenUp(alice, CATCHING_UP_FROM, instant(300));
    room.givenUp(bob, 0, instant(300));
    expect(room.missing).toBe(0);
    expect(room.shown(instant(300))).toBeUndefined();
  });
});
