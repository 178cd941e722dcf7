import { describe, expect, it } from 'vitest';
import type { TrendPoint } from '../api/types';
import { trendFacts } from './sentence';

const point = (day: string, orders: number): TrendPoint => ({ day, orders, paid_amount: `${orders * 10}.00`, buyers: orders, new_buyers: 0, returning_buyers: orders });

describe('the sentence above the trend', () => {
  const trend = [point('2026-01-01', 2), point('2026-01-02', 5), point('2026-01-03', 1)];
  it('has total, peak and change', () => {
    expect(trendFacts(trend, [point('2025-12-29', 4)], 'orders')).toEqual({ total: 8, peakDay: '2026-01-02', peak: 5, change: 1 });
    expect(trendFacts(trend, null, 'paid_amount')).toEqual({ total: 80, peakDay: '2026-01-02', peak: 50, change: null });
  });
  it('compares with nothing when there was nothing', () => expect(trendFacts(trend, [point('2025-12-29', 0)], 'orders')?.change).toBeNull());
  it('is silent about an empty trend', () => expect(trendFacts([point('2026-01-01', 0)], null, 'orders')).toBeNull());
});
