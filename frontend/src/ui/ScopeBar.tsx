import { DatePicker, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { addDays } from './format';
import { COMPARES, parseScope, writeScope, type Scope } from './scope';
import { useIsPhone } from './Page';
import { useSession } from './session';

interface ScopeBarProps {
  /** The period that is really shown (the server fills in what the address leaves open). */
  shown?: { start: string; end: string; as_of: string };
}

/** The scope of the address bar and a way to change it. */
export function useScope(): [Scope, (change: Partial<Scope>) => void] {
  const [params, setParams] = useSearchParams();
  const scope = parseScope(params);
  return [scope, (change) => setParams(writeScope({ ...scope, ...change }, params), { replace: true })];
}

function presets(today: string): Record<string, [string, string]> {
  const first = `${today.slice(0, 7)}-01`;
  const lastOfPrevious = addDays(first, -1);
  return {
    d7: [addDays(today, -6), today],
    d30: [addDays(today, -29), today],
    d90: [addDays(today, -89), today],
    d365: [addDays(today, -364), today],
    month: [first, today],
    lastMonth: [`${lastOfPrevious.slice(0, 7)}-01`, lastOfPrevious],
    year: [`${today.slice(0, 4)}-01-01`, today],
  };
}

/** Shops, period, compared with, as of: in this order on every analytical screen, and in the address bar. */
export function ScopeBar({ shown }: ScopeBarProps) {
  const { t } = useTranslation();
  const { shops } = useSession();
  const [scope, change] = useScope();
  const phone = useIsPhone();
  const today = scope.asOf ?? shown?.as_of ?? new Date().toISOString().slice(0, 10);
  const start = scope.start ?? shown?.start;
  const end = scope.end ?? shown?.end;
  const parts = (
    <div className="ht-scope" role="group" aria-label={t('ui.scope.label')}>
      <label className="ht-scope-part ht-scope-shops">
        <span>{t('ui.scope.shops')}</span>
        <Select
          mode="multiple"
          allowClear
          maxTagCount="responsive"
          popupMatchSelectWidth={240}
          value={scope.shops}
          placeholder={t('ui.scope.allShops')}
          optionFilterProp="label"
          options={shops.map((shop) => ({ value: shop.id, label: shop.name }))}
          onChange={(next: number[]) => change({ shops: next })}
        />
      </label>
      <label className="ht-scope-part">
        <span>{t('ui.scope.period')}</span>
        <DatePicker.RangePicker
          allowClear={false}
          value={start && end ? [dayjs(start), dayjs(end)] : null}
          maxDate={scope.asOf ? dayjs(scope.asOf) : undefined}
          placeholder={[t('ui.scope.from'), t('ui.scope.to')]}
          presets={Object.entries(presets(today)).map(([key, [from, to]]) => ({ label: t(`ui.scope.preset.${key as 'd7'}`), value: [dayjs(from), dayjs(to)] }))}
          onChange={(days) => days?.[0] && days[1] && change({ start: days[0].format('YYYY-MM-DD'), end: days[1].format('YYYY-MM-DD') })}
        />
      </label>
      <label className="ht-scope-part">
        <span>{t('ui.scope.compare')}</span>
        <Select
          value={scope.compare}
          popupMatchSelectWidth={false}
          options={COMPARES.map((value) => ({ value, label: t(`ui.scope.compares.${value}`) }))}
          onChange={(compare) => change({ compare })}
        />
      </label>
      <label className="ht-scope-part">
        <span>{t('ui.scope.asOf')}</span>
        <DatePicker
          value={scope.asOf ? dayjs(scope.asOf) : null}
          placeholder={shown?.as_of ?? t('ui.scope.latest')}
          onChange={(value) => change({ asOf: value ? value.format('YYYY-MM-DD') : null })}
        />
      </label>
    </div>
  );
  if (!phone) return parts;
  const names = shops.filter((shop) => scope.shops.includes(shop.id)).map((shop) => shop.name);
  return (
    <details className="ht-scope-fold">
      <summary>{names.length ? names.join(' · ') : t('ui.scope.allShops')} · <span className="ht-num">{start ?? '…'} – {end ?? '…'}</span></summary>
      {parts}
    </details>
  );
}
