/** A filter of the members list as a rule, so that its people can be kept as a segment. Pure. */

import type { MemberFilter } from '../ui/people';
import type { ProfileNode, RuleDocument, RuleNode, RuleWindow, TradesNode, Where } from './types';

const EVER: RuleWindow = { kind: 'ever' };

function profile(attribute: string, operator: string, value?: ProfileNode['value'], window?: RuleWindow): ProfileNode {
  return { kind: 'profile', attribute, operator, ...(value === undefined ? {} : { value }), ...(window ? { window } : {}) };
}

function trades(measure: string, operator: string, value: TradesNode['value'], where: Where[], window = EVER): TradesNode {
  return { kind: 'trades', basis: 'paid', measure, where, window, operator, value };
}

/** From … to, either of which may be open. */
function range(from: string | undefined, to: string | undefined): { operator: string; value: number | [number, number] } | null {
  if (from !== undefined && to !== undefined) return { operator: 'between', value: [Number(from), Number(to)] };
  if (from !== undefined) return { operator: 'ge', value: Number(from) };
  return to === undefined ? null : { operator: 'le', value: Number(to) };
}

function dates(start: string | undefined, end: string | undefined): RuleWindow {
  return { kind: 'dates', ...(start ? { start } : {}), ...(end ? { end } : {}) };
}

/** What a figure of the overview counted. */
function ofFigure(filter: MemberFilter, shops: Where[]): RuleNode[] {
  const { figure, figure_start: start, figure_end: end, figure_province: province } = filter;
  if (!figure) return [];
  if (figure === 'members') return [profile('first_seen', 'within', dates(undefined, end))];
  const where: Where[] = [...shops, ...(province ? [{ field: 'province', operator: 'any_of', value: [province] }] : [])];
  const bought = trades(figure === 'repeat_buyers' ? 'days' : 'orders', 'ge', figure === 'repeat_buyers' ? 2 : 1, where, dates(start, end));
  if (figure === 'new_buyers') return [bought, profile('first_bought', 'within', dates(start, undefined), EVER)];
  if (figure === 'returning_buyers') return [bought, profile('first_bought', 'before', start ?? '', EVER)];
  return [bought];
}

/** The rule of a filter; null for a search, which names one person rather than a kind of people. */
export function ruleOfFilter(filter: MemberFilter): RuleDocument | null {
  if (filter.q) return null;
  const shops = (filter.shops ?? '').split(',').filter(Boolean);
  const where: Where[] = shops.length > 0 ? [{ field: 'shop', operator: 'any_of', value: shops }] : [];
  // With shops chosen, the list counts only what happened there.
  const measured = (measure: 'orders' | 'amount', asked: { operator: string; value: number | [number, number] } | null): RuleNode[] =>
    asked === null ? [] : [where.length > 0 ? trades(measure, asked.operator, asked.value, where) : profile(measure, asked.operator, asked.value, EVER)];
  const last = filter.last_paid_after ?? filter.last_paid_before ? dates(filter.last_paid_after, filter.last_paid_before) : null;
  const children: RuleNode[] = [
    ...(filter.state === 'buyers' ? measured('orders', { operator: 'ge', value: 1 }) : filter.state === 'prospects' ? measured('orders', { operator: 'eq', value: 0 }) : []),
    ...(filter.province ? [profile('province', 'any_of', [filter.province])] : []),
    ...(filter.gender ? [profile('gender', 'any_of', [filter.gender])] : []),
    ...(filter.has_phone ? [profile('has_phone', filter.has_phone === 'true' ? 'yes' : 'no')] : []),
    ...measured('orders', range(filter.min_trades, filter.max_trades)),
    ...measured('amount', range(filter.min_paid, filter.max_paid)),
    ...(last ? [where.length > 0 ? trades('last_day', 'within', last, where) : profile('last_bought', 'within', last, EVER)] : []),
    ...ofFigure(filter, where),
  ];
  // Alone, the shops stand for everybody they know.
  if (where.length > 0 && !children.some((child) => child.kind === 'trades')) children.unshift(profile('known_shops', 'any_of', shops));
  return { version: 1, rule: { kind: 'all', children } };
}
