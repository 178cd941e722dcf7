import { describe, expect, it } from 'vitest';
import { ruleOfFilter } from './fromFilter';
import type { GroupNode } from './types';

const children = (filter: Record<string, string>) => (ruleOfFilter(filter)!.rule as GroupNode).children;

describe('the rule of a filter', () => {
  it('is everyone without conditions', () => expect(children({})).toEqual([]));
  it('is none for a search', () => expect(ruleOfFilter({ q: 'tb12' })).toBeNull());
  it('holds ranges, open or closed', () => {
    expect(children({ min_trades: '2', max_trades: '5' })).toEqual([{ kind: 'profile', attribute: 'orders', operator: 'between', value: [2, 5], window: { kind: 'ever' } }]);
    expect(children({ max_paid: '99.50' })).toEqual([{ kind: 'profile', attribute: 'amount', operator: 'le', value: 99.5, window: { kind: 'ever' } }]);
  });
  it('counts in the chosen shops', () => {
    expect(children({ shops: '3,5', state: 'buyers' })).toEqual([{ kind: 'trades', basis: 'paid', measure: 'orders', where: [{ field: 'shop', operator: 'any_of', value: ['3', '5'] }], window: { kind: 'ever' }, operator: 'ge', value: 1 }]);
    expect(children({ shops: '3' })).toEqual([{ kind: 'profile', attribute: 'known_shops', operator: 'any_of', value: ['3'] }]);
  });
  it('says what a figure counted', () => {
    const figure = { figure: 'new_buyers', figure_start: '2026-11-01', figure_end: '2026-11-30', figure_province: '浙江' };
    expect(children(figure)).toEqual([
      { kind: 'trades', basis: 'paid', measure: 'orders', where: [{ field: 'province', operator: 'any_of', value: ['浙江'] }], window: { kind: 'dates', start: '2026-11-01', end: '2026-11-30' }, operator: 'ge', value: 1 },
      { kind: 'profile', attribute: 'first_bought', operator: 'within', value: { kind: 'dates', start: '2026-11-01' }, window: { kind: 'ever' } },
    ]);
  });
});
