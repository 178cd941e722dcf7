import { FileTextOutlined } from '@ant-design/icons';
import { Button, DatePicker, Input, InputNumber, Modal, Select } from 'antd';
import dayjs from 'dayjs';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { count, currencySign } from '../../ui/format';
import { useLocale } from '../../ui/session';
import { useValues } from '../api';
import { isNumeric, isWindow, operatorOf, pasted, percentOf, recast, shareOf, type Asked } from '../defaults';
import { parentPaths } from '../search';
import type { RuleValue, Scalar } from '../types';
import { useBuilder } from './context';
import { WindowPicker } from './WindowPicker';
import { unitText } from './words';

interface ValueEditorProps {
  asked: Asked;
  operator: string;
  value: RuleValue | undefined;
  /** What the value is of, for those who do not see the line. */
  label: string;
  onChange: (value: RuleValue) => void;
}

/** The value of a condition, by its type and by how many the operator takes. */
export function ValueEditor({ asked, operator, value, label, onChange }: ValueEditorProps) {
  const { catalogue } = useBuilder();
  const found = operatorOf(catalogue, operator);
  switch (found?.arity) {
    case undefined:
    case 'none':
      return null;
    case 'window':
      return <WindowPicker use={asked.type === 'birthday' ? 'birthday' : 'date'} label={label} value={isWindow(value) ? value : (recast(undefined, asked, found) as { kind: string })} onChange={onChange} />;
    case 'one':
      return <One asked={asked} label={label} value={typeof value === 'object' ? undefined : value} onChange={onChange} />;
    case 'two': {
      const [low, high] = Array.isArray(value) ? value : [];
      return (
        <span className="ht-sg-pair">
          <One asked={asked} label={label} value={low === '' ? undefined : low} onChange={(next) => onChange([next, high ?? ''])} />
          <i>–</i>
          <One asked={asked} label={label} value={high === '' ? undefined : high} onChange={(next) => onChange([low ?? '', next])} />
        </span>
      );
    }
    case 'many':
      return <Many asked={asked} label={label} values={Array.isArray(value) ? value.map(String) : []} onChange={onChange} />;
  }
}

function One({ asked, label, value, onChange }: { asked: Asked; label: string; value: Scalar | undefined; onChange: (value: Scalar) => void }) {
  if (isNumeric(asked.type)) return <NumberInput asked={asked} label={label} value={value} onChange={onChange} />;
  if (asked.type === 'date') {
    return (
      <DatePicker
        className={value ? '' : 'ht-sg-missing'}
        allowClear={false}
        aria-label={label}
        value={value ? dayjs(String(value)) : null}
        onChange={(day) => onChange(day ? day.format('YYYY-MM-DD') : '')}
      />
    );
  }
  return <TextInput label={label} value={value === undefined ? '' : String(value)} onChange={onChange} />;
}

/** A number with its sign or unit; a share is typed in percent. */
function NumberInput({ asked, label, value, onChange }: { asked: Asked; label: string; value: Scalar | undefined; onChange: (value: Scalar) => void }) {
  const { t } = useTranslation();
  const { currency } = useLocale();
  const share = asked.type === 'share';
  const number = value === undefined ? null : share ? percentOf(Number(value)) : Number(value);
  const whole = asked.type === 'count' || asked.type === 'days';
  return (
    <InputNumber<number>
      className="ht-sg-number"
      status={number === null ? 'warning' : undefined}
      aria-label={label}
      placeholder={t('segments.value.number')}
      changeOnWheel={false}
      controls={false}
      min={asked.type === 'count' || share ? 0 : undefined}
      max={share ? 100 : 1e12}
      precision={whole ? 0 : asked.type === 'money' ? 2 : undefined}
      formatter={(shown, { userTyping }) => (userTyping || shown === undefined ? String(shown ?? '') : withSeparators(String(shown), asked.type === 'money'))}
      parser={(text) => Number((text ?? '').replaceAll(/[^\d.-]/g, ''))}
      prefix={asked.type === 'money' ? currencySign(currency) : undefined}
      suffix={share ? '%' : asked.type === 'money' ? undefined : unitText(asked.unit, t) || undefined}
      value={number}
      onChange={(next) => onChange(next === null ? '' : share ? shareOf(next) : next)}
    />
  );
}

/** 1234567.50 → 1,234,567.5: amounts without cents are shown without. */
function withSeparators(text: string, money: boolean): string {
  const [whole = '', fraction = ''] = text.split('.');
  const kept = money && /^0*$/.test(fraction) ? '' : fraction;
  return whole.replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',') + (kept ? `.${kept}` : '');
}

function TextInput({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  return <Input className="ht-sg-text" status={value ? undefined : 'warning'} maxLength={200} aria-label={label} placeholder={t('segments.value.text')} value={value} onChange={(event) => onChange(event.target.value)} />;
}

const SEARCH_MS = 200;

/** A word once the typing has paused. */
export function useSettled(text: string, pause = SEARCH_MS): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pause);
    return () => clearTimeout(timer);
  }, [text, pause]);
  return settled;
}

interface ManyProps {
  asked: Asked;
  label: string;
  values: string[];
  onChange: (values: string[]) => void;
}

/** Several values: out of a fixed list, found by searching, or typed; many lines at once by pasting. */
function Many({ asked, label, values, onChange }: ManyProps) {
  const { t } = useTranslation();
  const { catalogue } = useBuilder();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [pasting, setPasting] = useState(false);
  const [known, setKnown] = useState<ReadonlyMap<string, string>>(new Map());
  const settled = useSettled(text.trim());
  const found = useValues(asked.source, settled, open || values.length > 0);
  const listed = (found.data ?? []).map((one) => ({ value: one.value, label: one.label }));
  // What stands above the found ones can be meant as a whole.
  const above = settled ? parentPaths(listed.map((one) => one.label), settled.toLowerCase()).map((path) => ({ value: path, label: path })) : [];
  const options = asked.choices ?? [...above, ...listed];
  const counts = new Map((found.data ?? []).filter((one) => one.count !== null).map((one) => [one.value, one.count]));
  const labels = new Map([...known, ...options.map((one): [string, string] => [one.value, one.label])]);
  const shown = [...options, ...values.filter((one) => !options.some((option) => option.value === one)).map((one) => ({ value: one, label: labels.get(one) ?? one }))];
  // What can be searched is chosen, or pasted; only what cannot be known beforehand is typed.
  const free = asked.choices === null && asked.source === null;
  return (
    <span className="ht-sg-many">
      <Select<string[]>
        mode={free ? 'tags' : 'multiple'}
        className="ht-sg-select"
        status={values.length > 0 ? undefined : 'warning'}
        aria-label={label}
        placeholder={asked.source ? t('segments.value.search') : free ? t('segments.value.type') : t('segments.value.choose')}
        value={values}
        open={open}
        onOpenChange={setOpen}
        maxTagCount={6}
        maxCount={catalogue.limits.values}
        popupMatchSelectWidth={false}
        tokenSeparators={free ? [',', '，', '\n', '\t', ';', '；'] : undefined}
        notFoundContent={asked.source && found.isFetching ? t('ui.loading') : free ? t('segments.value.enter') : undefined}
        loading={asked.source !== null && found.isFetching}
        showSearch={{ searchValue: text, onSearch: setText, filterOption: asked.source ? false : undefined, optionFilterProp: 'label' }}
        options={(open ? options : shown).map((one) => ({ value: one.value, label: one.label }))}
        labelRender={({ value, label: own }) => (own ?? labels.get(String(value)) ?? value)}
        optionRender={({ label: name, value }) => <span className="ht-sg-option"><span>{name}</span>{counts.has(String(value)) && <small className="ht-num">{count(counts.get(String(value)))}</small>}</span>}
        onChange={(next) => {
          setKnown(labels);
          setText('');
          onChange(next);
        }}
      />
      <Button type="text" icon={<FileTextOutlined />} title={t('segments.value.paste')} aria-label={`${label}: ${t('segments.value.paste')}`} onClick={() => setPasting(true)} />
      {pasting && <Paste values={values} choices={asked.choices} onClose={() => setPasting(false)} onDone={onChange} />}
    </span>
  );
}

/** Many values at once, one a line. */
function Paste({ values, choices, onClose, onDone }: { values: string[]; choices: Asked['choices']; onClose: () => void; onDone: (values: string[]) => void }) {
  const { t } = useTranslation();
  const { catalogue } = useBuilder();
  const most = catalogue.limits.values;
  const [text, setText] = useState(() => values.map((one) => choices?.find((choice) => choice.value === one)?.label ?? one).join('\n'));
  const typed = pasted(text, Number.MAX_SAFE_INTEGER);
  const read = typed.map((one) => (choices ? choices.find((choice) => choice.label === one || choice.value === one)?.value : one));
  const good = read.filter((one) => one !== undefined);
  const bad = typed.filter((_one, index) => read[index] === undefined);
  return (
    <Modal
      open
      title={t('segments.value.pasteTitle')}
      okText={t('segments.value.pasteAct', { count: Math.min(good.length, most) })}
      okButtonProps={{ disabled: good.length === 0 || good.length > most }}
      cancelText={t('ui.back')}
      onCancel={onClose}
      onOk={() => {
        onDone(good);
        onClose();
      }}
    >
      <p className="ht-muted">{t('segments.value.pasteText')}</p>
      <Input.TextArea autoFocus className="ht-gap" rows={10} value={text} aria-label={t('segments.value.pasteTitle')} onChange={(event) => setText(event.target.value)} />
      {bad.length > 0 && <p className="ht-danger ht-gap">{t('segments.value.pasteUnknown', { count: bad.length, names: bad.slice(0, 5).join(t('segments.list.comma')) })}</p>}
      {good.length > most && <p className="ht-danger ht-gap">{t('segments.value.pasteMany', { most: count(most) })}</p>}
    </Modal>
  );
}
