import { DownOutlined, PlusOutlined, SearchOutlined } from '@ant-design/icons';
import { App, Button, Dropdown, Input, Select, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { DataTable, type Column } from '../ui/DataTable';
import { NumberLink } from '../ui/NumberLink';
import { Count, Instant, Share, Text } from '../ui/Numbers';
import { Page } from '../ui/Page';
import { EmptyState, ErrorState, useErrorText } from '../ui/States';
import { numberParam, useUrl } from '../ui/url';
import { useChangeSegments, useMayEdit, useSegments } from './api';
import { CombineDialog } from './Combine';
import { useFolders } from './SaveDialog';
import './segments.css';
import { StateTag } from './StateTag';
import type { Segment } from './types';
import { UploadList } from './UploadList';

const SIZE = 50;
const KINDS = ['dynamic', 'static', 'list'] as const;
const DEFAULT_SORT = '-updated_at';

function useColumns(): Column<Segment>[] {
  const { t } = useTranslation();
  const folders = useFolders();
  const columns: Column<Segment>[] = [
    { key: 'name', title: t('segments.column.name'), always: true, sort: 'name', width: 320, render: (row) => <span className="ht-sg-name"><Link to={`/segments/${row.id}`}>{row.name}</Link><small>{row.sentence}</small></span> },
    { key: 'size', title: t('segments.column.size'), number: true, sort: 'size', cardFigure: true, render: (row) => <NumberLink segment={row.id} title={row.name} empty={!row.size}><Count value={row.size} /></NumberLink> },
    { key: 'share', title: t('segments.column.share'), number: true, render: (row) => <Share value={row.share} /> },
    { key: 'entered', title: t('segments.column.entered'), number: true, render: (row) => <Signed value={row.entered} sign="+" /> },
    { key: 'left', title: t('segments.column.left'), number: true, render: (row) => <Signed value={row.left} sign="−" /> },
    { key: 'kind', title: t('segments.column.kind'), render: (row) => t(`segments.kindOf.${row.kind}`) },
    { key: 'state', title: t('segments.column.state'), render: (row) => <StateTag segment={row} /> },
    { key: 'refreshed_at', title: t('segments.column.refreshed'), sort: 'refreshed_at', render: (row) => <Instant value={row.refreshed_at} /> },
    { key: 'uses', title: t('segments.column.uses'), number: true, render: (row) => <Count value={row.uses} /> },
    { key: 'folder', title: t('segments.column.folder'), hidden: folders.length === 0, render: (row) => <Text value={row.folder} /> },
    { key: 'owner', title: t('segments.column.owner'), hidden: true, render: (row) => <Text value={row.owner} /> },
    { key: 'created_at', title: t('segments.column.created'), hidden: true, sort: 'created_at', render: (row) => <Instant value={row.created_at} /> },
    { key: 'updated_at', title: t('segments.column.updated'), hidden: true, sort: 'updated_at', render: (row) => <Instant value={row.updated_at} /> },
  ];
  return columns;
}

/** How many came or went, with its sign; nothing to say for nobody. */
export function Signed({ value, sign }: { value: number | null; sign: '+' | '−' }) {
  if (value === null) return <span className="ht-muted">–</span>;
  return value === 0 ? <span className="ht-num ht-muted">0</span> : <span className="ht-num">{sign}<Count value={value} /></span>;
}

export default function SegmentsList() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const edit = useMayEdit();
  const [params, set] = useUrl();
  const q = params.get('q') ?? '';
  const kind = KINDS.find((one) => one === params.get('kind')) ?? null;
  const archived = params.get('archived') === 'true';
  const folder = params.get('folder');
  const sort = params.get('sort') ?? DEFAULT_SORT;
  const page = numberParam(params, 'page', 1);
  const size = numberParam(params, 'size', SIZE);
  const list = useSegments({ q: q || undefined, kind, archived, folder, sort, page, size });
  const columns = useColumns();
  const folders = useFolders();
  const [uploading, setUploading] = useState(false);
  const [combining, setCombining] = useState<Segment[] | null>(null);
  const filtered = q !== '' || kind !== null || archived || folder !== null;

  const empty = filtered ? (
    <EmptyState title={archived && !q && !kind && !folder ? t('segments.empty.archived') : t('segments.empty.noMatch')} action={<Button onClick={() => set({ q: null, kind: null, archived: null, folder: null })}>{t('members.list.clear')}</Button>} />
  ) : (
    <EmptyState title={t('segments.empty.title')} example={t('segments.empty.example')} action={edit && <Link to="/segments/new"><Button type="primary">{t('segments.list.new')}</Button></Link>}>{t('segments.empty.text')}</EmptyState>
  );
  return (
    <Page
      title={t('segments.list.title')}
      lead={t('segments.list.lead')}
      verbs={
        <>
          <Dropdown
            trigger={['click']}
            menu={{ items: [
              { key: 'compare', label: t('segments.compare.title'), onClick: () => void navigate('/segments/compare') },
              { key: 'overlap', label: t('segments.overlap.title'), onClick: () => void navigate('/segments/overlap') },
              { key: 'cells', label: t('segments.cells.title'), onClick: () => void navigate('/segments/cells') },
              ...(edit ? [{ key: 'combine', label: t('segments.combine.title'), onClick: () => setCombining([]) }] : []),
            ] }}
          >
            <Button>{t('segments.list.analyse')} <DownOutlined /></Button>
          </Dropdown>
          {edit && <Button onClick={() => setUploading(true)}>{t('segments.upload.verb')}</Button>}
          {edit && <Link to="/segments/new"><Button type="primary" icon={<PlusOutlined />}>{t('segments.list.new')}</Button></Link>}
        </>
      }
    >
      <div className="ht-filters">
        <Input.Search key={q} className="ht-sg-find" allowClear defaultValue={q} placeholder={t('segments.list.find')} aria-label={t('segments.list.find')} enterButton={<Button icon={<SearchOutlined />} aria-label={t('segments.list.find')} />} onSearch={(value) => set({ q: value.trim() || null })} />
        <Segmented aria-label={t('segments.column.kind')} value={kind ?? 'all'} options={[{ value: 'all', label: t('ui.all') }, ...KINDS.map((value) => ({ value, label: t(`segments.kindOf.${value}`) }))]} onChange={(value) => set({ kind: value === 'all' ? null : value })} />
        {folders.length > 0 && <Select<string> allowClear aria-label={t('segments.column.folder')} placeholder={t('segments.list.allFolders')} value={folder} popupMatchSelectWidth={false} options={folders.map((one) => ({ value: one, label: one }))} onChange={(value) => set({ folder: value ?? null })} />}
        <Segmented aria-label={t('segments.list.archive')} value={archived ? 'archived' : 'active'} options={(['active', 'archived'] as const).map((value) => ({ value, label: t(`segments.list.${value}`) }))} onChange={(value) => set({ archived: value === 'archived' ? true : null })} />
      </div>
      {list.isError && !list.data ? <ErrorState error={list.error} busy={list.isFetching} onRetry={() => void list.refetch()} /> : (
        <DataTable<Segment>
          id="segments"
          label={t('segments.list.title')}
          columns={columns}
          rows={list.data?.items}
          rowKey={(row) => row.id}
          busy={list.isFetching && list.isPlaceholderData}
          total={list.data?.total}
          page={page}
          size={size}
          onPage={(next, nextSize) => set({ page: nextSize === size && next > 1 ? next : null, size: nextSize === SIZE ? null : nextSize })}
          sort={sort}
          onSort={(next) => set({ sort: next === DEFAULT_SORT ? null : next })}
          empty={empty}
          head={list.data && <p className="ht-rule"><strong><Count value={list.data.total} /></strong> {t('segments.list.count', { count: list.data.total })}</p>}
          bulk={(rows, clear) => <Bulk rows={rows} edit={edit} archived={archived} onDone={clear} onCombine={() => setCombining(rows)} />}
        />
      )}
      {uploading && <UploadList onClose={() => setUploading(false)} />}
      {combining && <CombineDialog initial={combining} onClose={() => setCombining(null)} />}
    </Page>
  );
}

/** Verbs for the segments that were ticked. */
function Bulk({ rows, edit, archived, onDone, onCombine }: { rows: Segment[]; edit: boolean; archived: boolean; onDone: () => void; onCombine: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const say = useErrorText();
  const change = useChangeSegments();
  const ids = rows.map((row) => row.id);
  const put = (to: boolean) =>
    change.mutate({ ids, patch: { archived: to } }, {
      onSuccess: () => {
        onDone();
        void message.success(
          <span>{t(to ? 'segments.list.archivedDone' : 'segments.list.restoredDone', { count: ids.length })} <Button size="small" type="link" onClick={() => change.mutate({ ids, patch: { archived: !to } })}>{t('ui.undo')}</Button></span>,
        );
      },
      onError: (error) => void message.error(say(error).message),
    });
  return (
    <>
      {edit && <Button size="small" loading={change.isPending} onClick={() => put(!archived)}>{archived ? t('segments.list.restore') : t('segments.list.archiveAct')}</Button>}
      {edit && <Button size="small" disabled={rows.length < 2} onClick={onCombine}>{t('segments.combine.verb')}</Button>}
      <Button size="small" disabled={rows.length !== 2} title={t('segments.compare.two')} onClick={() => void navigate(`/segments/compare?a=${ids[0]}&b=${ids[1]}`)}>{t('segments.compare.verb')}</Button>
      <Button size="small" disabled={rows.length < 2 || rows.length > 12} title={t('segments.overlap.upTo')} onClick={() => void navigate(`/segments/overlap?ids=${ids.join(',')}`)}>{t('segments.overlap.verb')}</Button>
    </>
  );
}
