import { ClockCircleOutlined, DownOutlined } from '@ant-design/icons';
import { Button, DatePicker, InputNumber, Popover, Select } from 'antd';
import dayjs from 'dayjs';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isWindowWhole, withWindowKind } from '../defaults';
import type { Catalogue, RuleWindow, WindowUnit } from '../types';
import { useBuilder } from './context';
import { windowText } from './words';

/** What the window is about: facts that happened, a date's value, or a birthday ahead. */
export type WindowUse = 'facts' | 'date' | 'birthday';

const OWN = ['before_first', 'after_first', 'after_last'];

const QUICK: Record<WindowUse, RuleWindow[]> = {
  facts: [{ kind: 'ever' }, { kind: 'last', n: 7, unit: 'day' }, { kind: 'last', n: 30, unit: 'day' }, { kind: 'last', n: 90, unit: 'day' }, { kind: 'last', n: 180, unit: 'day' }, { kind: 'last', n: 365, unit: 'day' }, { kind: 'this', unit: 'month' }, { kind: 'previous', unit: 'month' }, { kind: 'this', unit: 'year' }],
  date: [{ kind: 'last', n: 7, unit: 'day' }, { kind: 'last', n: 30, unit: 'day' }, { kind: 'last', n: 90, unit: 'day' }, { kind: 'between_ago', n: 60, m: 30, unit: 'day' }, { kind: 'between_ago', n: 365, m: 180, unit: 'day' }, { kind: 'this', unit: 'month' }, { kind: 'previous', unit: 'month' }, { kind: 'this', unit: 'year' }],
  birthday: [{ kind: 'this', unit: 'day' }, { kind: 'next', n: 7, unit: 'day' }, { kind: 'next', n: 30, unit: 'day' }, { kind: 'this', unit: 'month' }],
};

/** Kinds that make sense for a use. */
function kindsFor(catalogue: Catalogue, use: WindowUse) {
  return catalogue.windows.filter(({ kind }) => {
    if (use === 'birthday') return kind === 'next' || kind === 'this' || kind === 'dates' || kind === 'last';
    if (use === 'date') return kind !== 'ever' && !OWN.includes(kind);
    return kind !== 'next';
  });
}

const same = (a: RuleWindow, b: RuleWindow) => JSON.stringify(a, Object.keys(a).sort()) === JSON.stringify(b, Object.keys(b).sort());

interface WindowPickerProps {
  value: RuleWindow;
  use: WindowUse;
  label: string;
  onChange: (window: RuleWindow) => void;
}

/** A window of time: the usual ones by one click, every kind below them. */
export function WindowPicker({ value, use, label, onChange }: WindowPickerProps) {
  const { t } = useTranslation();
  const { catalogue } = useBuilder();
  const [open, setOpen] = useState(false);
  return (
    <Popover trigger="click" placement="bottomLeft" open={open} onOpenChange={setOpen} content={<Kinds value={value} use={use} onChange={onChange} onDone={() => setOpen(false)} />}>
      <Button className={`ht-sg-window ${isWindowWhole(value) ? '' : 'ht-sg-missing'}`} icon={<ClockCircleOutlined />} title={windowText(value, t, catalogue)} aria-label={`${label}: ${windowText(value, t, catalogue)}`}>
        {windowText(value, t, catalogue)} <DownOutlined className="ht-sg-caret" />
      </Button>
    </Popover>
  );
}

function Kinds({ value, use, onChange, onDone }: Omit<WindowPickerProps, 'label'> & { onDone: () => void }) {
  const { t } = useTranslation();
  const { catalogue } = useBuilder();
  const kinds = kindsFor(catalogue, use);
  const units = kinds.find((one) => one.kind === value.kind)?.units ?? [];
  return (
    <div className="ht-sg-windows">
      <div className="ht-sg-quick" role="group" aria-label={t('segments.window.quick')}>
        {QUICK[use].map((one) => (
          <button
            key={windowText(one, t, catalogue)}
            type="button"
            className="ht-chip"
            aria-pressed={same(one, value)}
            onClick={() => {
              onChange(one);
              onDone();
            }}
          >
            {windowText(one, t, catalogue)}
          </button>
        ))}
      </div>
      <div className="ht-sg-kind">
        <Select
          aria-label={t('segments.window.kind')}
          value={value.kind}
          popupMatchSelectWidth={false}
          options={kinds.map((one) => ({ value: one.kind, label: one.label }))}
          onChange={(kind: string) => onChange(withWindowKind(value, kind, kinds.find((one) => one.kind === kind)?.units ?? [], catalogue.festivals))}
        />
        <Fields value={value} units={units} onChange={onChange} />
      </div>
    </div>
  );
}

function Fields({ value, units, onChange }: { value: RuleWindow; units: WindowUnit[]; onChange: (window: RuleWindow) => void }) {
  const { t } = useTranslation();
  const { catalogue } = useBuilder();
  const number = (key: 'n' | 'm', label: string, min = 1) => (
    <InputNumber className="ht-sg-n" min={min} max={100_000} precision={0} changeOnWheel={false} aria-label={label} value={value[key] ?? null} onChange={(next) => onChange({ ...value, [key]: next ?? undefined })} />
  );
  const unit = (
    <Select<WindowUnit> aria-label={t('segments.window.unitLabel')} value={value.unit} popupMatchSelectWidth={false} options={units.map((one) => ({ value: one, label: t(`segments.window.unit.${one}`, { count: 2 }) }))} onChange={(next) => onChange({ ...value, unit: next })} />
  );
  const row = (...parts: ReactNode[]) => <div className="ht-sg-fields">{parts.map((part, index) => <span key={index}>{part}</span>)}</div>;
  switch (value.kind) {
    case 'last':
    case 'next':
    case 'after_first':
      return row(number('n', t('segments.window.howMany')), unit);
    case 'between_ago':
      return row(number('n', t('segments.window.further')), t('segments.window.to'), number('m', t('segments.window.nearer'), 0), unit, t('segments.window.ago'));
    case 'this':
    case 'previous':
      return row(unit);
    case 'dates':
      return (
        <DatePicker.RangePicker
          allowEmpty={[true, true]}
          value={[value.start ? dayjs(value.start) : null, value.end ? dayjs(value.end) : null]}
          placeholder={[t('ui.scope.from'), t('ui.scope.to')]}
          onChange={(days) => onChange({ kind: 'dates', ...(days?.[0] ? { start: days[0].format('YYYY-MM-DD') } : {}), ...(days?.[1] ? { end: days[1].format('YYYY-MM-DD') } : {}) })}
        />
      );
    case 'since':
    case 'around':
      return (
        <>
          {row(
            <Select<number> aria-label={t('segments.window.year')} value={value.year ?? 0} popupMatchSelectWidth={false} options={[0, -1, -2, -3].map((year) => ({ value: year, label: year === 0 ? t('segments.window.thisYear') : year === -1 ? t('segments.window.lastYear') : t('segments.window.yearsAgo', { count: -year }) }))} onChange={(year) => onChange({ ...value, year })} />,
            <Select<string> aria-label={t('segments.window.festival')} value={value.festival} showSearch={{ optionFilterProp: 'label' }} popupMatchSelectWidth={false} options={catalogue.festivals.map((one) => ({ value: one.code, label: one.label }))} onChange={(festival) => onChange({ ...value, festival })} />,
          )}
          {value.kind === 'around' && row(t('segments.window.before'), number('n', t('segments.window.daysBefore'), 0), t('segments.window.after'), number('m', t('segments.window.daysAfter'), 0), t('segments.window.unit.day', { count: 2 }))}
        </>
      );
    default:
      return null;
  }
}
