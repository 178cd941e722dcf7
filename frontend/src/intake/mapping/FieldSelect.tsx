import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { FieldInfo } from '../../api/types';
import { groupOf, type FieldGroup } from '../fields';
import type { Grain } from '../types';

interface FieldSelectProps {
  label: string;
  grain: Grain;
  fields: FieldInfo[];
  used: ReadonlySet<string>;
  value: string | null;
  /** The header under which the column can be kept as a further property; null where it cannot. */
  attribute: string | null;
  autoFocus?: boolean;
  onChange: (field: string | null) => void;
}

interface Option {
  value: string;
  label: string;
  find: string;
}

/** One search box over all fields of the grain, by group; typing narrows it. */
export function FieldSelect({ label, grain, fields, used, value, attribute, autoFocus, onChange }: FieldSelectProps) {
  const { t } = useTranslation();
  const groups = new Map<FieldGroup, Option[]>();
  for (const field of fields) {
    const group = groupOf(grain, field.key);
    const name = field.required ? t('intake.map.requiredField', { field: field.label }) : field.label;
    const option = { value: field.key, label: used.has(field.key) && field.key !== value ? t('intake.map.usedField', { field: name }) : name, find: `${field.label} ${field.key}`.toLowerCase() };
    groups.set(group, [...(groups.get(group) ?? []), option]);
  }
  const options: { label: string; options: Option[] }[] = [...groups].map(([group, list]) => ({ label: t(`intake.group.${group}`), options: list }));
  if (attribute !== null && (grain === 'profile' || grain === 'item')) {
    const key = `attribute:${attribute}`;
    options.push({ label: t('intake.group.attribute'), options: [{ value: key, label: t('intake.map.attribute', { name: attribute }), find: key.toLowerCase() }] });
  }
  if (value?.startsWith('attribute:') && value !== `attribute:${attribute}`) {
    options.push({ label: t('intake.group.attribute'), options: [{ value, label: t('intake.map.attribute', { name: value.slice('attribute:'.length) }), find: value }] });
  }
  return (
    <Select<string>
      className="ht-in-field-select"
      aria-label={label}
      value={value ?? undefined}
      placeholder={t('intake.map.leaveOut')}
      allowClear
      defaultOpen={autoFocus}
      autoFocus={autoFocus}
      showSearch={{ filterOption: (text, option) => (option as unknown as Option | undefined)?.find?.includes(text.trim().toLowerCase()) ?? false }}
      popupMatchSelectWidth={280}
      options={options}
      onChange={(field: string | undefined) => onChange(field ?? null)}
    />
  );
}
