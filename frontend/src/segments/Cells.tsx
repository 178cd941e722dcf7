import { CloseOutlined, DownOutlined, SwapOutlined } from '@ant-design/icons';
import { Button, Dropdown, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { NumberLink } from '../ui/NumberLink';
import { Count } from '../ui/Numbers';
import { Page } from '../ui/Page';
import { EmptyState, ErrorState, Loaded } from '../ui/States';
import { useUrl } from '../ui/url';
import { useCatalogue, useCells, useSegments, useTagLabels, type CellsAnswer, type Labelled } from './api';
import { gridParts, MOST_PARTS, readParts, segmentPart, tagParts, withParts, writeParts } from './axes';
import { RuleBuilder } from './builder/RuleBuilder';
import { useRule } from './builder/useRule';
import { SaveRule } from './People';
import './segments.css';
import type { Catalogue, RuleDocument } from './types';

/** Rows × columns as disjoint cells: each a number that opens its people and can be saved. */
export default function Cells() {
  const { t } = useTranslation();
  const [params, set] = useUrl();
  const catalogue = useCatalogue();
  const rows = readParts(params.get('rows'));
  const columns = readParts(params.get('columns'));
  const cells = useCells(rows, columns);
  const put = (axis: 'rows' | 'columns') => (parts: Labelled[]) => set({ [axis]: writeParts(parts) });
  const example = () => {
    const [first, second] = catalogue.data?.grids ?? [];
    set({ rows: first ? writeParts(gridParts(first)) : null, columns: second ? writeParts(gridParts(second).slice(0, 8)) : null });
  };
  return (
    <Page
      title={t('segments.cells.title')}
      lead={t('segments.cells.lead')}
      back={<Link to="/segments" className="ht-back">{t('segments.page.back')}</Link>}
      verbs={rows.length > 0 && columns.length > 0 && <Button icon={<SwapOutlined />} onClick={() => set({ rows: writeParts(columns), columns: writeParts(rows) })}>{t('segments.cells.swap')}</Button>}
    >
      {catalogue.isError ? <ErrorState error={catalogue.error} onRetry={() => void catalogue.refetch()} /> : (
        <div className="ht-sg-axes">
          <Axis name={t('segments.cells.rows')} parts={rows} onChange={put('rows')} catalogue={catalogue.data} />
          <Axis name={t('segments.cells.columns')} parts={columns} onChange={put('columns')} catalogue={catalogue.data} />
        </div>
      )}
      {rows.length === 0 || columns.length === 0 ? (
        <EmptyState title={t('segments.cells.empty')} example={t('segments.cells.example')} action={catalogue.data && <Button type="primary" onClick={example}>{t('segments.cells.try')}</Button>}>{t('segments.cells.emptyText')}</EmptyState>
      ) : (
        <div className={cells.isPlaceholderData ? 'ht-stale' : ''}><Loaded query={cells} rows={6}>{(found) => <Grid found={found} rows={rows} columns={columns} />}</Loaded></div>
      )}
    </Page>
  );
}

interface AxisProps {
  name: string;
  parts: Labelled[];
  onChange: (parts: Labelled[]) => void;
  catalogue: Catalogue | undefined;
}

function Axis({ name, parts, onChange, catalogue }: AxisProps) {
  const { t } = useTranslation();
  const tags = useTagLabels();
  const segments = useSegments({ size: 100, sort: 'name' });
  const [making, setMaking] = useState(false);
  const add = (added: Labelled[]) => onChange(withParts(parts, added));
  const groups = [...new Set((tags.data ?? []).map((tag) => tag.group))];
  return (
    <section className="ht-sg-axis">
      <h2 className="ht-sg-small">{name}</h2>
      <ul>
        {parts.map((part, index) => (
          <li key={JSON.stringify(part.rule)}><span className="ht-sg-part">{part.label}<button type="button" aria-label={t('segments.cells.drop', { name: part.label })} onClick={() => onChange(parts.toSpliced(index, 1))}><CloseOutlined /></button></span></li>
        ))}
      </ul>
      <div className="ht-inline">
        <Dropdown
          trigger={['click']}
          disabled={parts.length >= MOST_PARTS || !catalogue}
          menu={{ className: 'ht-sg-axis-menu', items: [
            { key: 'grids', type: 'group', label: t('segments.palette.grid'), children: (catalogue?.grids ?? []).filter((grid) => grid.cells.length <= MOST_PARTS).map((grid) => ({ key: `g-${grid.code}`, label: grid.label, onClick: () => add(gridParts(grid)) })) },
            ...(groups.length > 0 ? [{ key: 'tags', type: 'group' as const, label: t('segments.cells.tagGroups'), children: groups.map((group) => ({ key: `t-${group}`, label: group, onClick: () => add(tagParts((tags.data ?? []).filter((tag) => tag.group === group))) })) }] : []),
            ...((segments.data?.items.length ?? 0) > 0 ? [{ key: 'segments', type: 'group' as const, label: t('segments.special.segment'), children: (segments.data?.items ?? []).map((segment) => ({ key: `s-${segment.id}`, label: segment.name, onClick: () => add([segmentPart(segment)]) })) }] : []),
            { type: 'divider' },
            { key: 'rule', label: t('segments.cells.ownRule'), onClick: () => setMaking(true) },
          ] }}
        >
          <Button size="small">{t('segments.cells.add')} <DownOutlined /></Button>
        </Dropdown>
        {parts.length > 0 && <Button size="small" type="text" onClick={() => onChange([])}>{t('segments.cells.clear')}</Button>}
      </div>
      {making && catalogue && <OwnRule catalogue={catalogue} onClose={() => setMaking(false)} onDone={(part) => add([part])} />}
    </section>
  );
}

function OwnRule({ catalogue, onClose, onDone }: { catalogue: Catalogue; onClose: () => void; onDone: (part: Labelled) => void }) {
  const { t } = useTranslation();
  const rule = useRule(null, catalogue);
  const [label, setLabel] = useState('');
  return (
    <Modal
      open
      width={1160}
      title={t('segments.cells.ownRule')}
      okText={t('segments.cells.ownAct')}
      cancelText={t('ui.back')}
      okButtonProps={{ disabled: label.trim() === '' || rule.conditions === 0 || rule.unfinished > 0 }}
      onCancel={onClose}
      onOk={() => {
        onDone({ label: label.trim(), rule: rule.written.document });
        onClose();
      }}
    >
      <label className="ht-field"><span>{t('segments.save.name')}</span><Input autoFocus value={label} maxLength={40} onChange={(event) => setLabel(event.target.value)} /></label>
      <div className="ht-field"><RuleBuilder rule={rule} catalogue={catalogue} /></div>
    </Modal>
  );
}

function Grid({ found, rows, columns }: { found: CellsAnswer; rows: Labelled[]; columns: Labelled[] }) {
  const { t } = useTranslation();
  const most = Math.max(1, ...found.cells.map((cell) => cell.count));
  const at = (row: number, column: number) => found.cells.find((cell) => cell.row === row && cell.column === column);
  /** The cells of a row or column together: they are disjoint, so their counts add up. */
  const sumOf = (title: string, of: (cell: CellsAnswer['cells'][number]) => boolean) => {
    const cells = found.cells.filter(of);
    const count = cells.reduce((sum, cell) => sum + cell.count, 0);
    return <NumberLink rule={{ version: 1, rule: { kind: 'any', children: cells.map((cell) => cell.rule.rule) } } as RuleDocument} title={title} empty={count === 0}><Count value={count} /></NumberLink>;
  };
  return (
    <>
      <div className="ht-sg-cells-head">
        <p className="ht-rule"><strong><NumberLink rule={found.union.rule} title={t('segments.cells.union')} empty={found.union.count === 0}><Count value={found.union.count} /></NumberLink></strong> {t('segments.people', { count: found.union.count })} <span>{t('segments.cells.disjoint')}</span></p>
        {found.union.count > 0 && <SaveRule rule={found.union.rule} name={t('segments.cells.union')} />}
      </div>
      <div className="ht-scroll">
        <table className="ht-sg-matrix">
          <thead><tr><td />{columns.map((one, index) => <th key={index} scope="col">{one.label}</th>)}<th scope="col">{t('segments.cells.sum')}</th></tr></thead>
          <tbody>
            {rows.map((row, rowAt) => (
              <tr key={rowAt}>
                <th scope="row">{row.label}</th>
                {columns.map((column, columnAt) => {
                  const cell = at(rowAt, columnAt);
                  return (
                    <td key={columnAt} style={{ background: `color-mix(in srgb, var(--ht-info) ${Math.round(((cell?.count ?? 0) / most) * 45)}%, transparent)` }}>
                      {cell ? <NumberLink rule={cell.rule} title={`${row.label} × ${column.label}`} empty={cell.count === 0}><Count value={cell.count} /></NumberLink> : '–'}
                    </td>
                  );
                })}
                <td className="ht-sg-own">{sumOf(row.label, (cell) => cell.row === rowAt)}</td>
              </tr>
            ))}
            <tr><th scope="row">{t('segments.cells.sum')}</th>{columns.map((one, columnAt) => <td key={columnAt} className="ht-sg-own">{sumOf(one.label, (cell) => cell.column === columnAt)}</td>)}<td className="ht-sg-own"><Count value={found.union.count} /></td></tr>
          </tbody>
        </table>
      </div>
    </>
  );
}
