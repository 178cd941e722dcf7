import { AppstoreOutlined, DeleteOutlined, SaveOutlined, StarOutlined } from '@ant-design/icons';
import { Button, Checkbox, Dropdown, Input, Pagination, Popover, Skeleton, Table, type TableColumnType } from 'antd';
import type { SorterResult } from 'antd/es/table/interface';
import { useState, type Key, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useIsPhone } from './Page';
import { readColumns, readViews, viewSearch, visibleColumns, withView, writeColumns, writeViews } from './tablePrefs';

export interface Column<T> {
  key: string;
  /** Verbs have none. */
  title: ReactNode;
  /** The title as plain text, where it is not: for the column chooser and the cards. */
  name?: string;
  render: (row: T) => ReactNode;
  /** Numbers stand at the right. */
  number?: boolean;
  /** The server sorts by this key. */
  sort?: string;
  width?: number;
  /** Always shown, first on a card. */
  always?: boolean;
  /** Shown only when chosen. */
  hidden?: boolean;
  /** On a card: the figure at the top right instead of a labelled line. */
  cardFigure?: boolean;
}

interface DataTableProps<T> {
  /** Under this name the person's columns and views are kept; without it there is no chooser. */
  id?: string;
  columns: Column<T>[];
  rows: T[] | undefined;
  rowKey: (row: T) => string;
  busy?: boolean;
  total?: number;
  page?: number;
  size?: number;
  onPage?: (page: number, size: number) => void;
  /** The address's sort, e.g. `-last_paid_at`. */
  sort?: string | null;
  onSort?: (sort: string | null) => void;
  empty?: ReactNode;
  /** Left of the column chooser: the count, the filter as a sentence. */
  head?: ReactNode;
  tools?: ReactNode;
  /** Verbs for the rows that were ticked. */
  bulk?: (rows: T[], clear: () => void) => ReactNode;
  expand?: (row: T) => ReactNode;
  label: string;
}

const text = (column: Column<never>) => column.name ?? (typeof column.title === 'string' ? column.title : column.key);

/** The one table of all list pages; on a phone each row is a card. */
export function DataTable<T extends object>(props: DataTableProps<T>) {
  const { id, columns, rows, rowKey, total = rows?.length ?? 0, page = 1, size = 50 } = props;
  const { t } = useTranslation();
  const phone = useIsPhone();
  const [chosen, setChosen] = useState<string[] | null>(() => (id ? readColumns(id) : null));
  const [ticked, setTicked] = useState<Key[]>([]);
  const shown = visibleColumns(columns, chosen);

  const choose = (keys: string[] | null) => {
    setChosen(keys);
    if (id) writeColumns(id, keys);
  };
  const tickedRows = (rows ?? []).filter((row) => ticked.includes(rowKey(row)));
  const clear = () => setTicked([]);

  return (
    <div className="ht-table">
      {(props.head ?? props.tools ?? id) && (
        <div className="ht-table-head">
          <div className="ht-table-lead">
            {tickedRows.length > 0 && props.bulk ? (
              <div className="ht-bulk" role="status">
                <strong>{t('ui.table.ticked', { count: tickedRows.length })}</strong>
                {props.bulk(tickedRows, clear)}
                <Button type="text" size="small" onClick={clear}>{t('ui.table.untick')}</Button>
              </div>
            ) : props.head}
          </div>
          <div className="ht-table-tools">
            {props.tools}
            {id && <Views id={id} chosen={chosen} columns={shown.map((column) => column.key)} onApply={choose} />}
            {id && <Chooser columns={columns} shown={shown.map((column) => column.key)} onChange={choose} />}
          </div>
        </div>
      )}
      {rows === undefined ? (
        <div aria-busy="true" aria-label={t('ui.loading')} className="ht-table-loading"><Skeleton active title={false} paragraph={{ rows: 8, width: '100%' }} /></div>
      ) : rows.length === 0 ? (
        (props.empty ?? <p className="ht-muted ht-pad">{t('ui.table.nothing')}</p>)
      ) : phone ? (
        <Cards columns={shown} rows={rows} rowKey={rowKey} label={props.label} expand={props.expand} />
      ) : (
        <Table<T>
          aria-label={props.label}
          size="middle"
          columns={shown.map((column) => antColumn(column, props.sort ?? null))}
          dataSource={rows}
          rowKey={rowKey}
          loading={props.busy}
          pagination={false}
          sortDirections={['descend', 'ascend']}
          showSorterTooltip={false}
          scroll={{ x: 'max-content' }}
          rowSelection={props.bulk ? { selectedRowKeys: ticked, onChange: setTicked, columnWidth: 40, getTitleCheckboxProps: () => ({ 'aria-label': t('ui.table.tickAll') }), getCheckboxProps: (row) => ({ 'aria-label': t('ui.table.tick', { row: rowKey(row) }) }) } : undefined}
          expandable={props.expand ? { expandedRowRender: props.expand } : undefined}
          onChange={(_pages, _filters, sorter) => props.onSort?.(sortKey(sorter as SorterResult<T>))}
        />
      )}
      {props.onPage && rows !== undefined && total > Math.min(size, 20) && (
        <Pagination
          className="ht-pages"
          size="small"
          align="end"
          simple={phone}
          current={page}
          pageSize={size}
          total={total}
          showSizeChanger={!phone}
          pageSizeOptions={[20, 50, 100, 200]}
          showTotal={phone ? undefined : (all, [from, to]) => t('ui.table.range', { from, to, all: all.toLocaleString('en-US') })}
          onChange={props.onPage}
        />
      )}
    </div>
  );
}

function antColumn<T>(column: Column<T>, sort: string | null): TableColumnType<T> {
  const order = sort === `-${column.sort}` ? 'descend' : sort === column.sort ? 'ascend' : null;
  return {
    key: column.key,
    title: column.title,
    align: column.number ? 'right' : 'left',
    width: column.width,
    sorter: Boolean(column.sort),
    sortOrder: column.sort ? order : undefined,
    fixed: column.always ? 'left' : undefined,
    render: (_value, row) => column.render(row),
    ...(column.sort ? { dataIndex: column.sort } : {}),
  };
}

function sortKey<T>(sorter: SorterResult<T>): string | null {
  if (!sorter.order || typeof sorter.field !== 'string') return null;
  return sorter.order === 'descend' ? `-${sorter.field}` : sorter.field;
}

function Cards<T>({ columns, rows, rowKey, label, expand }: { columns: Column<T>[]; rows: T[]; rowKey: (row: T) => string; label: string; expand?: (row: T) => ReactNode }) {
  const top = columns.find((column) => column.always) ?? columns[0];
  const figure = columns.find((column) => column.cardFigure);
  const rest = columns.filter((column) => column !== top && column !== figure && column.title !== '');
  const verbs = columns.filter((column) => column.title === '');
  return (
    <ul className="ht-cards" aria-label={label}>
      {rows.map((row) => (
        <li key={rowKey(row)} className="ht-card">
          <div className="ht-card-top">
            <div className="ht-card-name">{top?.render(row)}</div>
            {figure && <div className="ht-card-figure">{figure.render(row)}</div>}
          </div>
          <dl>
            {rest.map((column) => (
              <div key={column.key}><dt>{text(column as Column<never>)}</dt><dd>{column.render(row)}</dd></div>
            ))}
          </dl>
          {verbs.map((column) => <div key={column.key} className="ht-card-verbs">{column.render(row)}</div>)}
          {expand?.(row)}
        </li>
      ))}
    </ul>
  );
}

function Chooser<T>({ columns, shown, onChange }: { columns: Column<T>[]; shown: string[]; onChange: (keys: string[] | null) => void }) {
  const { t } = useTranslation();
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      content={
        <div className="ht-chooser">
          <Checkbox.Group
            value={shown}
            onChange={(keys) => onChange(keys)}
            options={columns.map((column) => ({ value: column.key, label: text(column as Column<never>), disabled: column.always }))}
          />
          <Button type="link" size="small" onClick={() => onChange(null)}>{t('ui.table.defaultColumns')}</Button>
        </div>
      }
    >
      <Button icon={<AppstoreOutlined />}>{t('ui.table.columns')}</Button>
    </Popover>
  );
}

function Views({ id, chosen, columns, onApply }: { id: string; chosen: string[] | null; columns: string[]; onApply: (keys: string[] | null) => void }) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const [views, setViews] = useState(() => readViews(id));
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const current = viewSearch(params);
  const active = views.find((view) => view.search === current);

  const keep = (next: typeof views) => {
    setViews(next);
    writeViews(id, next);
  };
  const save = () => {
    if (!name.trim()) return;
    keep(withView(views, { name: name.trim(), search: current, columns: chosen ?? columns }));
    setName('');
    setOpen(false);
  };
  return (
    <Dropdown
      trigger={['click']}
      open={open}
      onOpenChange={setOpen}
      popupRender={() => (
        <div className="ht-menu ht-views">
          {views.length === 0 && <p className="ht-muted">{t('ui.table.noViews')}</p>}
          {views.map((view) => (
            <div key={view.name} className="ht-view">
              <button
                type="button"
                aria-current={view === active}
                onClick={() => {
                  setParams(new URLSearchParams(view.search));
                  onApply(view.columns);
                  setOpen(false);
                }}
              >
                {view.name}
              </button>
              <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t('ui.table.dropView', { name: view.name })} onClick={() => keep(views.filter((other) => other !== view))} />
            </div>
          ))}
          <form
            className="ht-view-save"
            onSubmit={(event) => {
              event.preventDefault();
              save();
            }}
          >
            <Input size="small" value={name} maxLength={40} placeholder={t('ui.table.viewName')} aria-label={t('ui.table.viewName')} onChange={(event) => setName(event.target.value)} />
            <Button size="small" htmlType="submit" icon={<SaveOutlined />} disabled={!name.trim()}>{t('ui.save')}</Button>
          </form>
        </div>
      )}
    >
      <Button icon={<StarOutlined />}>{active?.name ?? t('ui.table.views')}</Button>
    </Dropdown>
  );
}
