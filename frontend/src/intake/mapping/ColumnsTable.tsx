import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Checkbox, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldInfo } from '../../api/types';
import { assign, changeEntry, columnOf, distinct, dropEntry, entry, sameHeader, strayEntries, type Draft, type Entry } from '../draft';
import { FieldSelect } from './FieldSelect';
import { ReadAs } from './ReadAs';

interface ColumnsTableProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  header: string[];
  rows: string[][];
  fields: FieldInfo[];
  labelOf: (field: string) => string;
  /** What the server found wrong, by column or field. */
  faults: { column: string; text: string }[];
}

/** Every column of the file with its first values, and the field it goes to. */
export function ColumnsTable({ draft, onChange, header, rows, fields, labelOf, faults }: ColumnsTableProps) {
  const { t } = useTranslation();
  const [onlyFree, setOnlyFree] = useState(false);
  const [second, setSecond] = useState<number | null>(null);
  const types = new Map(fields.map((field) => [field.key, field.type]));
  const used = new Set(draft.entries.map((item) => item.field));
  const byColumn = header.map((_, column) => draft.entries.filter((item) => columnOf(item, header) === column));
  const constants = draft.entries.filter((item) => item.constant !== null);
  const strays = strayEntries(draft, header);
  const faultOf = (...names: (string | undefined)[]) => faults.find((one) => names.some((name) => name && (one.column === name || sameHeader(one.column, name))))?.text;
  const shown = header.map((_, column) => column).filter((column) => !onlyFree || byColumn[column]!.length === 0);
  const free = byColumn.filter((entries) => entries.length === 0).length;
  const nameOf = (column: number) => (draft.noHeader || !header[column] ? t('intake.columnNo', { number: column + 1 }) : header[column]);

  const picker = (column: number, item: Entry | undefined) => (
    <FieldSelect
      label={t('intake.map.fieldOf', { column: nameOf(column) })}
      grain={draft.grain}
      fields={fields}
      used={used}
      value={item?.field ?? null}
      attribute={header[column] || null}
      onChange={(field) => {
        setSecond(null);
        onChange(assign(draft, header, column, field, item));
      }}
    />
  );
  return (
    <div className="ht-in-map">
      <div className="ht-in-map-head">
        <span className="ht-muted">{t('intake.map.progress', { done: header.length - free, all: header.length })}</span>
        <Checkbox checked={onlyFree} onChange={(event) => setOnlyFree(event.target.checked)}>{t('intake.map.onlyFree', { count: free })}</Checkbox>
      </div>
      <table className="ht-in-map-table">
        <thead>
          <tr><th scope="col">{t('intake.map.column')}</th><th scope="col">{t('intake.map.values')}</th><th scope="col">{t('intake.map.field')}</th><th scope="col">{t('intake.map.how')}</th></tr>
        </thead>
        <tbody>
          {shown.map((column) => {
            const items = byColumn[column]!;
            const fault = faultOf(header[column], ...items.map((item) => item.field), ...items.map((item) => labelOf(item.field)));
            return (
              <tr key={column} className={items.length ? 'ht-in-mapped' : ''}>
                <th scope="row">{nameOf(column)}</th>
                <td className="ht-in-values">{distinct(rows, column).map((value) => <span key={value} title={value}>{value}</span>)}</td>
                <td>
                  {items.map((item, index) => (
                    <div key={item.id} className="ht-in-place">
                      {picker(column, item)}
                      {index === items.length - 1 && second !== column && <Button type="text" icon={<PlusOutlined />} title={t('intake.map.again')} aria-label={t('intake.map.againOf', { column: nameOf(column) })} onClick={() => setSecond(column)} />}
                    </div>
                  ))}
                  {(items.length === 0 || second === column) && <div className="ht-in-place">{picker(column, undefined)}</div>}
                  {fault && <p className="ht-in-fault" role="alert">{fault}</p>}
                </td>
                <td>{items.map((item) => <ReadAs key={item.id} entry={item} type={types.get(item.field) ?? 'text'} sources={draft.entries.filter((other) => other.field === item.field)} onChange={(patch) => onChange(changeEntry(draft, item.id, patch))} />)}</td>
              </tr>
            );
          })}
          {constants.map((item) => (
            <tr key={`c${item.id}`} className="ht-in-mapped">
              <th scope="row">{t('intake.map.constant')}</th>
              <td><Input aria-label={t('intake.map.constantOf', { field: labelOf(item.field) })} value={item.constant ?? ''} maxLength={120} onChange={(event) => onChange(changeEntry(draft, item.id, { constant: event.target.value }))} /></td>
              <td><FieldSelect label={t('intake.map.fieldOf', { column: t('intake.map.constant') })} grain={draft.grain} fields={fields} used={used} value={item.field} attribute={null} onChange={(field) => onChange(field ? changeEntry(draft, item.id, { field }) : dropEntry(draft, item.id))} /></td>
              <td><Button size="small" type="text" icon={<DeleteOutlined />} onClick={() => onChange(dropEntry(draft, item.id))}>{t('intake.map.drop')}</Button></td>
            </tr>
          ))}
          {strays.map((item) => (
            <tr key={`s${item.id}`} className="ht-in-stray">
              <th scope="row">{item.header ?? t('intake.columnNo', { number: (item.index ?? 0) + 1 })}</th>
              <td className="ht-in-fault">{t('intake.map.stray')}</td>
              <td>{labelOf(item.field)}</td>
              <td><Button size="small" type="text" icon={<DeleteOutlined />} onClick={() => onChange(dropEntry(draft, item.id))}>{t('intake.map.drop')}</Button></td>
            </tr>
          ))}
        </tbody>
      </table>
      <AddConstant fields={fields} used={used} grain={draft.grain} onAdd={(field) => onChange({ ...draft, entries: [...draft.entries, entry(field, { constant: '' })] })} />
    </div>
  );
}

/** A field that has the same value in every row: the shop, the channel, a status. */
function AddConstant({ fields, used, grain, onAdd }: { fields: FieldInfo[]; used: Set<string>; grain: Draft['grain']; onAdd: (field: string) => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  if (!open) return <Button size="small" icon={<PlusOutlined />} onClick={() => setOpen(true)}>{t('intake.map.addConstant')}</Button>;
  return (
    <FieldSelect
      label={t('intake.map.addConstant')}
      grain={grain}
      fields={fields.filter((field) => !used.has(field.key))}
      used={new Set()}
      value={null}
      attribute={null}
      autoFocus
      onChange={(field) => {
        setOpen(false);
        if (field) onAdd(field);
      }}
    />
  );
}

