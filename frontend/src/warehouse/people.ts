import type { Overview } from '../api/types';
import type { MemberFilter } from '../ui/people';

const PEOPLE = new Set(['buyers', 'new_buyers', 'returning_buyers', 'members']);

interface Narrower {
  shops: number[];
  province?: string;
}

/** The members behind a number of the overview, as a filter of the members list; null for numbers that count no people. */
export function peopleOf(key: string, data: Pick<Overview, 'period'>, { shops, province }: Narrower): MemberFilter | null {
  if (key === 'repeat_rate') return peopleFigure('repeat_buyers', data, shops, province);
  return PEOPLE.has(key) ? peopleFigure(key, data, shops, province) : null;
}

function peopleFigure(figure: string, { period }: Pick<Overview, 'period'>, shops: number[], province?: string): MemberFilter {
  return {
    figure,
    figure_start: period.start,
    figure_end: period.end,
    figure_as_of: period.as_of,
    ...(province ? { figure_province: province } : {}),
    ...(shops.length ? { shops: shops.join(',') } : {}),
  };
}
