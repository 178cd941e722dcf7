import { AutoComplete, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Entry } from '../draft';
import { convertersOf, hasFormat, TIME_FORMATS } from '../fields';

/** What a converter is called; the usual one by its type. */
const LABELS: Record<string, 'moneyCents' | 'qtyInt'> = { cents: 'moneyCents', int: 'qtyInt' };

interface ReadAsProps {
  entry: Entry;
  type: string;
  /** All sources of the same field, in order: the first that is filled counts. */
  sources: Entry[];
  onChange: (patch: Partial<Entry>) => void;
}

/** How the values of a column are read, where there is a choice. */
export function ReadAs({ entry, type, sources, onChange }: ReadAsProps) {
  const { t } = useTranslation();
  const converters = convertersOf(type);
  const place = sources.indexOf(entry);
  return (
    <div className="ht-in-readas">
      {converters.length > 1 && (
        <Select
          size="small"
          variant="borderless"
          aria-label={t('intake.map.unit')}
          value={entry.converter ?? ''}
          popupMatchSelectWidth={false}
          onChange={(next: string) => onChange({ converter: next || null })}
          options={converters.map((one) => ({ value: one, label: t(`intake.converter.${LABELS[one] ?? (type === 'money' ? 'money' : 'qty')}`) }))}
        />
      )}
      {hasFormat(type) && (
        <AutoComplete
          size="small"
          variant="borderless"
          aria-label={t('intake.map.format')}
          placeholder={t('intake.map.formatAuto')}
          value={entry.format ?? ''}
          allowClear
          onChange={(next: string | undefined) => onChange({ format: next?.trim() || null })}
          options={TIME_FORMATS.map((one) => ({ value: one }))}
        />
      )}
      {place > 0 && <small className="ht-muted">{t('intake.map.fallback', { number: place + 1 })}</small>}
    </div>
  );
}
