import { FilterOutlined, SearchOutlined } from '@ant-design/icons';
import { Badge, Button, DatePicker, Input, InputNumber, Popover, Segmented, Select } from 'antd';
import dayjs from 'dayjs';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { MemberFilter } from '../ui/people';
import { useSession } from '../ui/session';
import { conditions, SEARCH_BY, STATES } from './filter';
import { PROVINCES } from './provinces';

interface FilterBarProps {
  filter: MemberFilter;
  set: (patch: Record<string, string | null>) => void;
}

function Field({ label, children }: { label: string; children: ReactNode }) {
  return <div className="ht-filter-field"><span>{label}</span>{children}</div>;
}

/** Find one (by an exact word) or narrow down to many (by conditions). */
export function FilterBar({ filter, set }: FilterBarProps) {
  const { t } = useTranslation();
  const by = filter.search_by ?? 'auto';
  return (
    <div className="ht-filters">
      <SearchBox key={filter.q ?? ''} filter={filter} set={set} by={by} />
      <Segmented
        aria-label={t('members.filter.state')}
        value={filter.state ?? 'all'}
        options={STATES.map((value) => ({ value, label: t(`members.filter.states.${value}`) }))}
        onChange={(value) => set({ state: value === 'all' ? null : value })}
      />
      <Popover trigger="click" placement="bottomLeft" content={<Conditions filter={filter} set={set} />}>
        <Badge count={conditions(filter) - (filter.state ? 1 : 0)} size="small" color="var(--ht-accent)">
          <Button icon={<FilterOutlined />}>{t('members.filter.conditions')}</Button>
        </Badge>
      </Popover>
    </div>
  );
}

function SearchBox({ filter, set, by }: FilterBarProps & { by: string }) {
  const { t } = useTranslation();
  const [text, setText] = useState(filter.q ?? '');
  return (
    <Input.Search
      className="ht-filter-search"
      allowClear
      value={text}
      placeholder={t(`members.filter.find.${by as 'auto'}`)}
      aria-label={t('members.filter.search')}
      addonBefore={
        <Select
          value={by}
          aria-label={t('members.filter.searchBy')}
          popupMatchSelectWidth={false}
          options={SEARCH_BY.map((value) => ({ value, label: t(`members.filter.by.${value}`) }))}
          onChange={(value) => set({ search_by: value === 'auto' ? null : value, q: text.trim() || null })}
        />
      }
      onChange={(event) => {
        setText(event.target.value);
        if (event.target.value === '') set({ q: null });
      }}
      enterButton={<Button icon={<SearchOutlined />} aria-label={t('members.filter.search')} />}
      onSearch={(value) => set({ q: value.trim() || null })}
    />
  );
}

function Conditions({ filter, set }: FilterBarProps) {
  const { t } = useTranslation();
  const { shops } = useSession();
  const yesNo = [{ value: 'true', label: t('ui.yes') }, { value: 'false', label: t('ui.no') }];
  const number = (key: 'min_trades' | 'max_trades' | 'min_paid' | 'max_paid', label: string, places: number) => (
    <InputNumber<string>
      stringMode
      min="0"
      precision={places}
      value={filter[key] ?? null}
      placeholder={label}
      aria-label={label}
      changeOnWheel={false}
      onBlur={(event) => set({ [key]: event.target.value.replaceAll(',', '') || null })}
      onPressEnter={(event) => set({ [key]: (event.target as HTMLInputElement).value.replaceAll(',', '') || null })}
    />
  );
  const last = [filter.last_paid_after, filter.last_paid_before].map((value) => (value ? dayjs(value) : null)) as [dayjs.Dayjs | null, dayjs.Dayjs | null];
  return (
    <div className="ht-conditions">
      <Field label={t('members.filter.shops')}>
        <Select
          mode="multiple"
          allowClear
          maxTagCount="responsive"
          optionFilterProp="label"
          aria-label={t('members.filter.shops')}
          placeholder={t('ui.scope.allShops')}
          value={(filter.shops ?? '').split(',').filter(Boolean)}
          options={shops.map((shop) => ({ value: String(shop.id), label: shop.name }))}
          onChange={(values: string[]) => set({ shops: values.join(',') || null })}
        />
      </Field>
      <Field label={t('members.filter.province')}>
        <Select
          allowClear
          showSearch
          aria-label={t('members.filter.province')}
          placeholder={t('ui.all')}
          value={filter.province}
          options={PROVINCES.map((value) => ({ value, label: value }))}
          onChange={(value?: string) => set({ province: value ?? null })}
        />
      </Field>
      <Field label={t('members.column.trades')}><span className="ht-range">{number('min_trades', t('members.filter.min'), 0)}<i>–</i>{number('max_trades', t('members.filter.max'), 0)}</span></Field>
      <Field label={t('members.column.paid')}><span className="ht-range">{number('min_paid', t('members.filter.min'), 2)}<i>–</i>{number('max_paid', t('members.filter.max'), 2)}</span></Field>
      <Field label={t('members.column.last')}>
        <DatePicker.RangePicker
          value={last}
          allowEmpty={[true, true]}
          placeholder={[t('ui.scope.from'), t('ui.scope.to')]}
          onChange={(days) => set({ last_paid_after: days?.[0]?.format('YYYY-MM-DD') ?? null, last_paid_before: days?.[1]?.format('YYYY-MM-DD') ?? null })}
        />
      </Field>
      <Field label={t('members.filter.hasPhone')}>
        <Select allowClear aria-label={t('members.filter.hasPhone')} placeholder={t('ui.all')} value={filter.has_phone} options={yesNo} onChange={(value?: string) => set({ has_phone: value ?? null })} />
      </Field>
      <Field label={t('members.column.gender')}>
        <Select
          allowClear
          aria-label={t('members.column.gender')}
          placeholder={t('ui.all')}
          value={filter.gender}
          options={(['f', 'm'] as const).map((value) => ({ value, label: t(`members.gender.${value}`) }))}
          onChange={(value?: string) => set({ gender: value ?? null })}
        />
      </Field>
    </div>
  );
}
