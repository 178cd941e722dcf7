import { AutoComplete, Checkbox, InputNumber, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Section } from '../../ui/Page';
import { useLocale } from '../../ui/session';
import { withNoHeader, type Draft } from '../draft';
import { TRADE_STATUSES } from '../fields';
import type { MappingOptions } from '../types';

interface ReadingOptionsProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** The header as the file has it. */
  header: string[];
  labelOf: (field: string) => string;
  tried: boolean;
}

const DELIMITERS = [[',', 'comma'], ['\t', 'tab'], [';', 'semicolon'], ['|', 'pipe']] as const;
const ZONES = ['Asia/Shanghai', 'Asia/Hong_Kong', 'Asia/Taipei', 'Asia/Tokyo', 'Asia/Singapore', 'Europe/London', 'Europe/Berlin', 'America/New_York', 'America/Los_Angeles', 'UTC'];

/** How unusual files are read: no order number, negative quantities, no header, another zone. */
export function ReadingOptions({ draft, onChange, header, labelOf, tried }: ReadingOptionsProps) {
  const { t } = useTranslation();
  const { zone } = useLocale();
  const { options } = draft;
  const orders = draft.grain === 'trade' || draft.grain === 'line';
  const put = (patch: Partial<MappingOptions>) => onChange({ ...draft, options: { ...options, ...patch } });
  const made = options.trade_id_from;
  const mapped = [...new Set(draft.entries.map((item) => item.field))];
  const lost = made?.filter((field) => !mapped.includes(field)) ?? [];
  return (
    <Section title={t('intake.options.title')} sentence={t('intake.options.lead')}>
      <div className="ht-in-options">
        {orders && (
          <div className="ht-in-option">
            <span className="ht-in-option-name">{t('intake.options.orderNo')}</span>
            <Radio.Group value={made !== null && made !== undefined} onChange={(event) => put({ trade_id_from: event.target.value ? mapped.filter((field) => ['customer_no', 'paid_at', 'created_at', 'buyer_phone', 'card_no'].includes(field)) : null })}>
              <Radio value={false}>{t('intake.options.orderNoColumn')}</Radio>
              <Radio value>{t('intake.options.orderNoMade')}</Radio>
            </Radio.Group>
            {made && (
              <>
                <Select
                  mode="multiple"
                  aria-label={t('intake.options.madeFrom')}
                  placeholder={t('intake.options.madeFrom')}
                  status={tried && (made.length === 0 || lost.length > 0) ? 'error' : undefined}
                  value={made}
                  onChange={(fields) => put({ trade_id_from: fields })}
                  options={[...new Set([...mapped, ...made])].filter((field) => field !== 'trade_id').map((field) => ({ value: field, label: labelOf(field) }))}
                />
                <small className="ht-muted">{t('intake.options.madeHelp')}</small>
              </>
            )}
          </div>
        )}
        {orders && (
          <div className="ht-in-option">
            <span className="ht-in-option-name">{t('intake.options.negative')}</span>
            <Radio.Group value={options.negative_qty ?? 'reject'} onChange={(event) => put({ negative_qty: event.target.value as 'reject' | 'return' })}>
              <Radio value="reject">{t('intake.options.negativeReject')}</Radio>
              <Radio value="return">{t('intake.options.negativeReturn')}</Radio>
            </Radio.Group>
          </div>
        )}
        {orders && !mapped.includes('status') && (
          <label className="ht-in-option">
            <span className="ht-in-option-name">{t('intake.options.defaultStatus')}</span>
            <Select
              value={options.default_status ?? ''}
              popupMatchSelectWidth={false}
              onChange={(next) => put({ default_status: next || null })}
              options={[{ value: '', label: t('intake.options.statusByTimes') }, ...TRADE_STATUSES.filter((one) => one !== 'closed').map((one) => ({ value: one, label: t(`intake.word.status.${one}`) }))]}
            />
          </label>
        )}
        <div className="ht-in-option">
          <span className="ht-in-option-name">{t('intake.options.header')}</span>
          <Checkbox checked={draft.noHeader} onChange={(event) => onChange(withNoHeader(draft, event.target.checked, header))}>{t('intake.options.noHeader')}</Checkbox>
          {!draft.noHeader && (
            <label className="ht-in-inline">
              {t('intake.options.headerRow')}
              <InputNumber size="small" min={1} max={1000} precision={0} value={draft.headerRow} placeholder={t('intake.options.auto')} onChange={(next) => onChange({ ...draft, headerRow: next })} />
            </label>
          )}
        </div>
        <label className="ht-in-option">
          <span className="ht-in-option-name">{t('intake.options.delimiter')}</span>
          <Select value={draft.delimiter ?? ''} onChange={(next) => onChange({ ...draft, delimiter: next || null })} options={[{ value: '', label: t('intake.options.auto') }, ...DELIMITERS.map(([value, name]) => ({ value: value, label: t(`intake.options.delimiters.${name}`) }))]} />
        </label>
        <label className="ht-in-option">
          <span className="ht-in-option-name">{t('intake.options.zone')}</span>
          <AutoComplete value={options.zone ?? ''} allowClear placeholder={t('intake.options.zoneBrand', { zone })} onChange={(next: string | undefined) => put({ zone: next?.trim() || null })} options={ZONES.map((value) => ({ value }))} showSearch={{ filterOption: (text, option) => String(option?.value ?? '').toLowerCase().includes(text.toLowerCase()) }} />
        </label>
        <label className="ht-in-option">
          <span className="ht-in-option-name">{t('intake.options.dayFirst')}</span>
          <Select
            value={options.day_first === true ? 'day' : options.day_first === false ? 'month' : ''}
            onChange={(next) => put({ day_first: next === '' ? null : next === 'day' })}
            options={[{ value: '', label: t('intake.options.auto') }, { value: 'day', label: t('intake.options.dayMonth') }, { value: 'month', label: t('intake.options.monthDay') }]}
          />
        </label>
        {(draft.grain === 'profile' || draft.grain === 'item') && (
          <div className="ht-in-option">
            <span className="ht-in-option-name">{t('intake.options.rest')}</span>
            <Checkbox checked={options.rest_as_attributes ?? false} onChange={(event) => put({ rest_as_attributes: event.target.checked })}>{t('intake.options.restAsAttributes')}</Checkbox>
          </div>
        )}
      </div>
    </Section>
  );
}
