import type { MemberQuery } from '../api/types';
import { addDays, dayStart } from '../ui/format';
import type { MemberFilter } from '../ui/people';

/** The filter's parameters, in the order in which they are read out. */
export const FILTER_KEYS = [
  'q', 'search_by', 'state', 'shops', 'province', 'gender', 'has_phone', 'min_trades', 'max_trades', 'min_paid', 'max_paid', 'last_paid_after', 'last_paid_before',
  'figure', 'figure_start', 'figure_end', 'figure_as_of', 'figure_province',
] as const;
const FIGURE_KEYS = ['figure', 'figure_start', 'figure_end', 'figure_as_of', 'figure_province'] as const;
export type FilterKey = (typeof FILTER_KEYS)[number];

export const SEARCH_BY = ['auto', 'nick', 'phone', 'trade', 'name', 'card'] as const;
/** Figures of the overview that count people. */
export const FIGURES = ['buyers', 'new_buyers', 'returning_buyers', 'repeat_buyers', 'members'] as const;
export const STATES = ['all', 'buyers', 'prospects'] as const;

const WHOLE = /^\d{1,9}$/;
const AMOUNT = /^\d{1,12}(\.\d{1,2})?$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const VALID: Record<FilterKey, (value: string) => boolean> = {
  q: (value) => value.trim() !== '',
  search_by: (value) => (SEARCH_BY as readonly string[]).includes(value),
  state: (value) => value !== 'all' && (STATES as readonly string[]).includes(value),
  shops: (value) => /^\d+(,\d+)*$/.test(value),
  province: (value) => value !== '',
  gender: (value) => value === 'f' || value === 'm',
  has_phone: (value) => value === 'true' || value === 'false',
  min_trades: (value) => WHOLE.test(value),
  max_trades: (value) => WHOLE.test(value),
  min_paid: (value) => AMOUNT.test(value),
  max_paid: (value) => AMOUNT.test(value),
  last_paid_after: (value) => DAY.test(value),
  last_paid_before: (value) => DAY.test(value),
  figure: (value) => (FIGURES as readonly string[]).includes(value),
  figure_start: (value) => DAY.test(value),
  figure_end: (value) => DAY.test(value),
  figure_as_of: (value) => DAY.test(value),
  figure_province: (value) => value !== '',
};

/** The filter of an address; what is malformed is left out. */
export function parseFilter(params: URLSearchParams): MemberFilter {
  const filter: MemberFilter = {};
  for (const key of FILTER_KEYS) {
    const value = params.get(key);
    if (value !== null && VALID[key](value)) filter[key] = value;
  }
  if (!filter.q) delete filter.search_by;
  // A figure without its period means nothing.
  if (!filter.figure || !filter.figure_start || !filter.figure_end) for (const key of FIGURE_KEYS) delete filter[key];
  return filter;
}

/** The filter as the address that opens it as a list. */
export function filterSearch(filter: MemberFilter): string {
  const params = new URLSearchParams();
  for (const key of FILTER_KEYS) if (filter[key]) params.set(key, filter[key]);
  return params.toString();
}

/** The filter as the server takes it: days become instants of the brand's zone, the last day inclusive. */
export function toQuery(filter: MemberFilter, zone: string): MemberQuery {
  const whole = (key: FilterKey) => (filter[key] === undefined ? undefined : Number(filter[key]));
  const from = (key: FilterKey) => filter[key] && dayStart(filter[key], zone);
  const upTo = (key: FilterKey) => filter[key] && dayStart(addDays(filter[key], 1), zone);
  return {
    q: filter.q,
    search_by: filter.search_by as MemberQuery['search_by'],
    state: filter.state as MemberQuery['state'],
    shops: filter.shops,
    province: filter.province,
    gender: filter.gender as MemberQuery['gender'],
    has_phone: filter.has_phone === undefined ? undefined : filter.has_phone === 'true',
    min_trades: whole('min_trades'),
    max_trades: whole('max_trades'),
    min_paid: filter.min_paid,
    max_paid: filter.max_paid,
    last_paid_after: from('last_paid_after'),
    last_paid_before: upTo('last_paid_before'),
    figure: filter.figure as MemberQuery['figure'],
    figure_start: filter.figure_start,
    figure_end: filter.figure_end,
    figure_as_of: filter.figure_as_of,
    figure_province: filter.figure_province,
  };
}

/** How many conditions a filter has beside the search word. */
export function conditions(filter: MemberFilter): number {
  const one = FIGURE_KEYS.slice(1) as readonly string[];
  return FILTER_KEYS.filter((key) => key !== 'q' && key !== 'search_by' && !one.includes(key) && filter[key] !== undefined).length;
}
