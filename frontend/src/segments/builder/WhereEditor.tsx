import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { askedOfField, newWhere, withOperator, type Asked } from '../defaults';
import type { Fact, Where } from '../types';
import { useBuilder } from './context';
import { ValueEditor } from './ValueEditor';

/** The operator of a condition. */
export function OperatorSelect({ asked, value, label, onChange }: { asked: Asked; value: string; label: string; onChange: (code: string) => void }) {
  const { t } = useTranslation();
  const { catalogue } = useBuilder();
  const labels = new Map(catalogue.operators.map((one) => [one.code, one.label]));
  return (
    <Select<string>
      className="ht-sg-operator"
      variant="filled"
      aria-label={`${label}: ${t('segments.builder.operator')}`}
      value={value}
      popupMatchSelectWidth={false}
      options={asked.operators.map((code) => ({ value: code, label: labels.get(code) ?? code }))}
      onChange={onChange}
    />
  );
}

interface WhereEditorProps {
  fact: Fact;
  where: Where[];
  onChange: (where: Where[]) => void;
}

/** Which of the facts count: all of these have to hold for the same one. */
export function WhereEditor({ fact, where, onChange }: WhereEditorProps) {
  const { t } = useTranslation();
  const { catalogue } = useBuilder();
  const set = (index: number, next: Where) => onChange(where.with(index, next));
  const fields = fact.fields.map((one) => ({ value: one.code, label: one.label }));
  return (
    <div className={`ht-sg-where ${where.length === 0 ? 'ht-sg-where-none' : ''}`}>
      {where.map((one, index) => {
        const field = fact.fields.find((other) => other.code === one.field);
        const asked = field ? askedOfField(fact, field) : null;
        const label = field?.label ?? one.field;
        return (
          <div key={index} className="ht-sg-where-row">
            <span className="ht-sg-word">{index === 0 ? t('segments.builder.whose') : t('segments.builder.and')}</span>
            <Select<string>
              variant="filled"
              aria-label={t('segments.builder.field')}
              value={one.field}
              showSearch={{ optionFilterProp: 'label' }}
              popupMatchSelectWidth={false}
              options={fields}
              onChange={(code) => {
                const next = fact.fields.find((other) => other.code === code);
                if (next) set(index, newWhere(catalogue, fact, next));
              }}
            />
            {asked && <OperatorSelect asked={asked} value={one.operator} label={label} onChange={(code) => set(index, withOperator(catalogue, one, asked, code))} />}
            {asked && <ValueEditor asked={asked} operator={one.operator} value={one.value} label={label} onChange={(value) => set(index, { ...one, value })} />}
            <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t('segments.builder.dropWhere', { name: label })} onClick={() => onChange(where.toSpliced(index, 1))} />
          </div>
        );
      })}
      {fields.length > 0 && (
        <Select<string>
          className="ht-sg-where-add"
          variant="borderless"
          value={null}
          aria-label={t('segments.builder.addWhere')}
          placeholder={<><PlusOutlined /> {where.length === 0 ? t('segments.builder.addWhere') : t('segments.builder.moreWhere')}</>}
          suffixIcon={null}
          showSearch={{ optionFilterProp: 'label' }}
          popupMatchSelectWidth={false}
          options={fields}
          onChange={(code) => {
            const field = fact.fields.find((one) => one.code === code);
            if (field) onChange([...where, newWhere(catalogue, fact, field)]);
          }}
        />
      )}
    </div>
  );
}
