import { describe, expect, it } from 'vitest';
import { dayStart } from '../ui/format';
import { conditions, filterSearch, parseFilter, toQuery } from './filter';

describe('the filter in the address bar', () => {
  it('comes back as it went', () => {
    const filter = { q: '林', search_by: 'nick', state: 'buyers', shops: '1,3', has_phone: 'false', min_trades: '2', max_paid: '99.50', last_paid_after: '2026-01-01' };
    expect(parseFilter(new URLSearchParams(filterSearch(filter)))).toEqual(filter);
  });
  it('leaves out what is malformed, other parameters and defaults', () => {
    expect(parseFilter(new URLSearchParams('state=all&min_trades=two&min_paid=1e9&last_paid_after=soon&gender=x&page=3&search_by=nick'))).toEqual({});
  });
  it('takes a figure only with its period, and counts it once', () => {
    expect(parseFilter(new URLSearchParams('figure=buyers&figure_end=2026-01-31'))).toEqual({});
    const filter = parseFilter(new URLSearchParams('figure=new_buyers&figure_start=2026-01-01&figure_end=2026-01-31&figure_as_of=2026-02-02'));
    expect(filter.figure_as_of).toBe('2026-02-02');
    expect(conditions(filter)).toBe(1);
  });
  it('counts its conditions without the search word', () => {
    expect(conditions({ q: 'a', search_by: 'nick', gender: 'f', min_trades: '2' })).toBe(2);
  });
});

describe('days become instants of the brand zone', () => {
  it('with the last day inclusive', () => {
    const query = toQuery({ last_paid_after: '2026-01-01', last_paid_before: '2026-01-31' }, 'Asia/Shanghai');
    expect([query.last_paid_after, query.last_paid_before]).toEqual(['2025-12-31T16:00:00.000Z', '2026-01-31T16:00:00.000Z']);
  });
  it('also where clocks change', () => {
    expect(dayStart('2026-03-29', 'Europe/Berlin')).toBe('2026-03-28T23:00:00.000Z');
    expect(dayStart('2026-03-30', 'Europe/Berlin')).toBe('2026-03-29T22:00:00.000Z');
  });
});
