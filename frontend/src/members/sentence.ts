import type { TFunction } from 'i18next';
import type { Shop } from '../api/types';
import { count, money } from '../ui/format';
import type { MemberFilter } from '../ui/people';

interface Words {
  t: TFunction;
  shops: Shop[];
  currency: string;
}

function range(t: TFunction, what: 'trades' | 'paid' | 'last', from: string | undefined, to: string | undefined): string | null {
  if (from !== undefined && to !== undefined) return from === to ? t(`members.rule.${what}.equal`, { value: from }) : t(`members.rule.${what}.between`, { from, to });
  if (from !== undefined) return t(`members.rule.${what}.from`, { value: from });
  if (to !== undefined) return t(`members.rule.${what}.to`, { value: to });
  return null;
}

function figure(t: TFunction, filter: MemberFilter): string | null {
  if (!filter.figure) return null;
  const said = t(`members.rule.figure.${filter.figure as 'buyers'}`, { from: filter.figure_start ?? '', to: filter.figure_end ?? '' });
  return filter.figure_province ? t('members.rule.figure.there', { said, province: filter.figure_province }) : said;
}

/** A filter as one plain sentence. */
export function filterSentence(filter: MemberFilter, { t, shops, currency }: Words): string {
  const names = (filter.shops ?? '').split(',').filter(Boolean).map((id) => shops.find((shop) => String(shop.id) === id)?.name ?? id);
  const whole = (value?: string) => (value === undefined ? undefined : count(value));
  const amount = (value?: string) => (value === undefined ? undefined : money(value, currency));
  const parts = [
    filter.q ? t(`members.rule.search.${(filter.search_by ?? 'auto') as 'auto'}`, { q: filter.q }) : null,
    names.length ? t('members.rule.shops', { names: names.join(t('members.rule.or')) }) : null,
    filter.province ? t('members.rule.province', { province: filter.province }) : null,
    filter.gender ? t(`members.rule.gender.${filter.gender as 'f'}`) : null,
    filter.has_phone ? t(filter.has_phone === 'true' ? 'members.rule.hasPhone' : 'members.rule.noPhone') : null,
    range(t, 'trades', whole(filter.min_trades), whole(filter.max_trades)),
    range(t, 'paid', amount(filter.min_paid), amount(filter.max_paid)),
    figure(t, filter),
    range(t, 'last', filter.last_paid_after, filter.last_paid_before),
  ].filter((part) => part !== null);
  const who = t(`members.rule.who.${(filter.state ?? 'all') as 'all'}`);
  return parts.length ? t('members.rule.whole', { who, conditions: parts.join(t('members.rule.and')) }) : t('members.rule.everyone', { who });
}
