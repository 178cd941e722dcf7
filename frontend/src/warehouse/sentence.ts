import type { TrendPoint } from '../api/types';

export type Metric = 'paid_amount' | 'orders' | 'buyers';
export const METRICS: readonly Metric[] = ['paid_amount', 'orders', 'buyers'];

export interface TrendFacts {
  total: number;
  peakDay: string;
  peak: number;
  /** The ratio of the total's change, null when there is nothing to compare with. */
  change: number | null;
}

const sum = (points: TrendPoint[], metric: Metric) => points.reduce((total, point) => total + Number(point[metric]), 0);

/** What a trend says in one sentence: its total, its peak, and how it compares. Null for a trend without anything. */
export function trendFacts(trend: TrendPoint[], previous: TrendPoint[] | null, metric: Metric): TrendFacts | null {
  const total = sum(trend, metric);
  if (trend.length === 0 || total === 0) return null;
  const best = trend.reduce((top, point) => (Number(point[metric]) > Number(top[metric]) ? point : top));
  const before = previous ? sum(previous, metric) : 0;
  return { total, peakDay: best.day, peak: Number(best[metric]), change: before > 0 ? total / before - 1 : null };
}
