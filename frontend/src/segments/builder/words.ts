import type { TFunction } from 'i18next';
import type { Catalogue, RuleWindow } from '../types';

/** A window as it stands on its button. The rule's own sentence comes from the server. */
export function windowText(window: RuleWindow, t: TFunction, catalogue: Catalogue): string {
  const unit = (n: number) => t(`segments.window.unit.${window.unit ?? 'day'}`, { count: n });
  const festival = catalogue.festivals.find((one) => one.code === window.festival)?.label ?? window.festival ?? '';
  const year = window.year ?? 0;
  const which = year === 0 ? t('segments.window.thisYear') : year === -1 ? t('segments.window.lastYear') : t('segments.window.yearsAgo', { count: -year });
  const n = window.n ?? 0;
  switch (window.kind) {
    case 'ever':
      return t('segments.window.ever');
    case 'last':
      return t('segments.window.last', { n, unit: unit(n) });
    case 'next':
      return t('segments.window.next', { n, unit: unit(n) });
    case 'between_ago':
      return t('segments.window.betweenAgo', { n, m: window.m ?? 0, unit: unit(2) });
    case 'this':
      return t(`segments.window.this.${(window.unit ?? 'month') as 'month'}`);
    case 'previous':
      return t(`segments.window.previous.${(window.unit ?? 'month') as 'month'}`);
    case 'dates':
      return window.start || window.end ? `${window.start ?? '…'} – ${window.end ?? '…'}` : t('segments.window.chooseDates');
    case 'since':
      return t('segments.window.since', { which, festival });
    case 'around':
      return t('segments.window.around', { which, festival, n, m: window.m ?? 0 });
    case 'before_first':
      return t('segments.window.beforeFirst');
    case 'after_first':
      return t('segments.window.afterFirst', { n, unit: unit(n) });
    case 'after_last':
      return t('segments.window.afterLast');
    default:
      return window.kind;
  }
}

/** The sign or word a number is written with; '' when it needs none. */
export function unitText(unit: string, t: TFunction): string {
  return unit ? t(`segments.unit.${unit as 'day'}`, { defaultValue: '' }) : '';
}
