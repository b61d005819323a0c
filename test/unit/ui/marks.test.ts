import { describe, expect, it } from 'vitest';
import { LINKS_MAX_MOST } from '../../../pkg/base/limits.ts';
import { columns } from '../../../pkg/ui/cells.ts';
import { deliveryMark, MARK_COLUMNS, WAITING_MARK } from '../../../pkg/ui/marks.ts';

describe('the mark of an own message', () => {
  it('counts those who have it, and is calm once everyone has', () => {
    expect(deliveryMark({ held: 0, present: 7 })).toBe('✓ 0/7');
    expect(deliveryMark({ held: 3, present: 7 })).toBe('✓ 3/7');
    expect(deliveryMark({ held: 7, present: 7 })).toBe('✓');
    expect(deliveryMark({ held: 0, present: 0 })).toBe('✓ kept');
  });

  it('fits the columns kept free for it, however many are here', () => {
    const marks = [WAITING_MARK, deliveryMark({ held: 0, present: 0 })];
    for (let present = 1; present <= LINKS_MAX_MOST; present += 1) {
      marks.push(deliveryMark({ held: present - 1, present }), deliveryMark({ held: present, present }));
    }
    for (const mark of marks) expect(columns(mark)).toBeLessThan(MARK_COLUMNS);
  });
});
