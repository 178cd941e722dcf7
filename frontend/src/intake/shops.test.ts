import { describe, expect, it } from 'vitest';
import { isFigures } from './SampleTable';
import { namedShop, needsShop, onlyShop, shopsFor } from './shops';

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
    expect(onlyShop([shop(3, 'jd')], null)).toBeNull();
  });
  it('are called what the file calls them, when it calls them one thing', () => {
    const table = (...names: string[]) => ({ header: ['订单编号', ' 店铺名称'], rows_sampled: names.map((name) => ['1', name]) });
    expect(namedShop([table('月白旗舰店', '月白旗舰店', '')])).toBe('月白旗舰店');
    expect(namedShop([table('甲', '乙')])).toBe('');
    expect(namedShop([table('0', 'null', '月***')])).toBe('');
    expect(namedShop([{ header: ['a'], rows_sampled: [['b']] }])).toBe('');
  });
  it('are not needed for the catalogue', () => expect([needsShop(['items']), needsShop(['trades', 'lines'])]).toEqual([false, true]));
});

describe('figures in a sample', () => {
  it('are amounts and counts, not long codes', () => {
    expect(isFigures(['129.00', '', '-1', '¥1,200.5', '−¥59.50'])).toBe(true);
    expect(isFigures(['690123456789'])).toBe(false);
    expect(isFigures(['138****21'])).toBe(false);
    expect(isFigures(['', ' '])).toBe(false);
  });
});
