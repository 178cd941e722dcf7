import { describe, expect, it } from 'vitest';
import { isFigures } from './SampleTable';
import { needsShop, onlyShop, shopsFor } from './shops';

const shop = (id: number, platform: string, is_active = true) => ({ id, platform, is_active });
const SHOPS = [shop(1, 'taobao'), shop(2, 'tmall'), shop(3, 'jd'), shop(4, 'pos'), shop(5, 'jd', false)];

describe('the shops of a file', () => {
  it('stand first by platform, families together, closed ones left out', () => {
    expect(shopsFor(SHOPS, 'tmall').likely.map((one) => one.id)).toEqual([1, 2]);
    expect(shopsFor(SHOPS, 'jd')).toMatchObject({ likely: [{ id: 3 }], others: [{ id: 1 }, { id: 2 }, { id: 4 }] });
    expect(shopsFor(SHOPS, null).likely).toHaveLength(4);
  });
  it('are taken unasked only when there is one', () => {
    expect(onlyShop(SHOPS, 'jd')?.id).toBe(3);
    expect(onlyShop(SHOPS, 'taobao')).toBeNull();
    expect(onlyShop([], 'jd')).toBeNull();
  });
  it('are not needed for the catalogue', () => expect([needsShop(['items']), needsShop(['trades', 'lines'])]).toEqual([false, true]));
});

describe('figures in a sample', () => {
  it('are amounts and counts, not long codes', () => {
    expect(isFigures(['129.00', '', '-1', '¥1,200.5'])).toBe(true);
    expect(isFigures(['690123456789'])).toBe(false);
    expect(isFigures(['138****21'])).toBe(false);
    expect(isFigures(['', ' '])).toBe(false);
  });
});
