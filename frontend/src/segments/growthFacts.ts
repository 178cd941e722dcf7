import type { HistoryDay } from './api';

export interface GrowthFacts {
  from: number;
  to: number;
  entered: number;
  left: number;
  direction: 'grew' | 'shrank' | 'stayed';
}

/** What a segment's history says in one sentence. What entered before the first day shown is in its size already. */
export function growthFacts(items: HistoryDay[]): GrowthFacts {
  const from = items[0]?.size ?? 0;
  const to = items.at(-1)?.size ?? 0;
  const later = items.slice(1);
  return {
    from,
    to,
    entered: later.reduce((sum, one) => sum + one.entered, 0),
    left: later.reduce((sum, one) => sum + one.left, 0),
    direction: to > from ? 'grew' : to < from ? 'shrank' : 'stayed',
  };
}
