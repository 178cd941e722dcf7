import { CameraOutlined, CopyOutlined, DiffOutlined, EditOutlined, EllipsisOutlined, ReloadOutlined } from '@ant-design/icons';
import { App, Button, Dropdown, Input, Modal, Skeleton } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { ApiError } from '../api/client';
import { MemberName, memberColumns } from '../members/columns';
import { CheckDialog } from '../ui/CheckDialog';
import { DataTable, type Column } from '../ui/DataTable';
import { DetailFrame } from '../ui/DetailFrame';
import { NumberLink } from '../ui/NumberLink';
import { Count, Instant, Share, Text } from '../ui/Numbers';
import { Page } from '../ui/Page';
import { useCan } from '../ui/session';
import { EmptyState, ErrorNote, ErrorState, Loaded, useErrorText } from '../ui/States';
import { numberParam, useUrl } from '../ui/url';
import {
  useChanges,
  useChangeSegment,
  useDeleteSegment,
  useMayEdit,
  useRefreshSegment,
  useSegment,
  useSegmentMembers,
  useSnapshot,
  useUses,
  type ChangedRow,
} from './api';
import { ExplainPanel } from './Explain';
import { ExportPeople } from './People';
import { Growth } from './Growth';
import './segments.css';
import { StateTag } from './StateTag';
import type { SegmentDetail } from './types';

/** One saved segment: its sentence and size, how it grew, who came and went, who is in it and why, what uses it. */
export default function SegmentPage() {
  const { id = '' } = useParams();
  const { t } = useTranslation();
  const found = useSegment(id);
  const back = <Link to="/segments" className="ht-back">{t('segments.page.back')}</Link>;
  if (found.isError) {
    const missing = found.error instanceof ApiError && found.error.status === 404;
    return (
      <Page title={t('segments.list.title')} back={back}>
        {missing ? <EmptyState title={t('segments.page.missing')} action={<Link to="/segments"><Button>{t('segments.page.toList')}</Button></Link>}>{t('segments.page.missingText')}</EmptyState> : <ErrorState error={found.error} busy={found.isFetching} onRetry={() => void found.refetch()} />}
      </Page>
    );
  }
  if (!found.data) return <Page title={t('segments.list.title')} back={back}><Skeleton active paragraph={{ rows: 10 }} /></Page>;
  return <One key={id} segment={found.data} back={back} />;
}

type Dialog = 'snapshot' | 'delete' | null;

function One({ segment, back }: { segment: SegmentDetail; back: ReactNode }) {
  const { t } = useTranslation();
  const can = useCan();
  const edit = useMayEdit();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const say = useErrorText();
  const refresh = useRefreshSegment();
  const change = useChangeSegment();
  const [dialog, setDialog] = useState<Dialog>(null);
  const fail = (error: unknown) => void message.error(say(error).message);
  const archive = (archived: boolean) => change.mutate({ id: segment.id, patch: { archived } }, { onSuccess: () => void message.success(t(archived ? 'segments.list.archivedDone' : 'segments.list.restoredDone', { count: 1 })), onError: fail });
  const dynamic = segment.kind === 'dynamic';
  return (
    <Page
      title={segment.name}
      back={back}
      state={<span className="ht-tags"><span className="ht-muted">{t(`segments.kindOf.${segment.kind}`)}</span><StateTag segment={segment} />{segment.archived && <span className="ht-muted">{t('segments.list.archived')}</span>}</span>}
      lead={segment.description || undefined}
      verbs={
        <>
          {edit && dynamic && <Link to={`/segments/${segment.id}/edit`}><Button type="primary" icon={<EditOutlined />}>{t('ui.edit')}</Button></Link>}
          {edit && dynamic && <Button icon={<ReloadOutlined />} loading={refresh.isPending || segment.state === 'refreshing'} onClick={() => refresh.mutate(segment.id, { onError: fail })}>{t('segments.page.refresh')}</Button>}
          <ExportPeople of={{ segment: segment.id }} />
          <Dropdown
            trigger={['click']}
            placement="bottomRight"
            menu={{ items: [
              { key: 'compare', icon: <DiffOutlined />, label: t('segments.compare.verb'), onClick: () => void navigate(`/segments/compare?a=${segment.id}`) },
              ...(edit && segment.rule ? [{ key: 'duplicate', icon: <CopyOutlined />, label: t('segments.page.duplicate'), onClick: () => void navigate('/segments/new', { state: { rule: segment.rule, name: t('segments.edit.copyName', { name: segment.name }) } }) }] : []),
              ...(edit ? [
                { key: 'snapshot', icon: <CameraOutlined />, label: t('segments.page.snapshot'), onClick: () => setDialog('snapshot') },
                { type: 'divider' as const },
                { key: 'archive', label: segment.archived ? t('segments.list.restore') : t('segments.list.archiveAct'), onClick: () => archive(!segment.archived) },
                { key: 'delete', danger: true, label: t('segments.page.delete'), onClick: () => setDialog('delete') },
              ] : []),
            ] }}
          >
            <Button icon={<EllipsisOutlined />} aria-label={t('ui.more')} />
          </Dropdown>
        </>
      }
    >
      {segment.error && <ErrorState error={new ApiError(500, segment.error)} />}
      <div className="ht-sg-headline">
        <p className="ht-sg-total">
          <NumberLink segment={segment.id} title={segment.name} empty={!segment.size}><Count value={segment.size} /></NumberLink>
          <span>{t('segments.people', { count: segment.size ?? 0 })} · <Share value={segment.share} /></span>
        </p>
        <p className="ht-sg-sentence">{segment.sentence}</p>
      </div>
      <DetailFrame
        right={<><Facts segment={segment} /><UsedBy id={segment.id} /></>}
        tabs={[
          { key: 'growth', label: t('segments.tab.growth'), content: <Growth segment={segment} /> },
          ...(can('members.view') ? [
            { key: 'members', label: t('segments.tab.members'), content: <Members id={segment.id} /> },
            { key: 'entered', label: <>{t('segments.tab.entered')} {segment.entered ? <small className="ht-muted">+<Count value={segment.entered} /></small> : null}</>, content: <Changes key="entered" id={segment.id} kind="entered" /> },
            { key: 'left', label: <>{t('segments.tab.left')} {segment.left ? <small className="ht-muted">−<Count value={segment.left} /></small> : null}</>, content: <Changes key="left" id={segment.id} kind="left" /> },
            ...(segment.rule ? [{ key: 'why', label: t('segments.tab.why'), content: <ExplainPanel segment={segment.id} /> }] : []),
          ] : []),
        ]}
      />
      {dialog === 'snapshot' && <SnapshotDialog segment={segment} onClose={() => setDialog(null)} />}
      {dialog === 'delete' && <DeleteDialog segment={segment} onClose={() => setDialog(null)} />}
    </Page>
  );
}

function Facts({ segment }: { segment: SegmentDetail }) {
  const { t } = useTranslation();
  return (
    <dl className="ht-facts">
      <div><dt>{t('segments.column.refreshed')}</dt><dd><Instant value={segment.refreshed_at} /></dd></div>
      <div><dt>{t('segments.column.folder')}</dt><dd><Text value={segment.folder} /></dd></div>
      <div><dt>{t('segments.column.owner')}</dt><dd><Text value={segment.owner} /></dd></div>
      <div><dt>{t('segments.column.created')}</dt><dd><Instant value={segment.created_at} /></dd></div>
      <div><dt>{t('segments.column.updated')}</dt><dd><Instant value={segment.updated_at} /></dd></div>
    </dl>
  );
}

/** What would notice if this segment changed. */
function UsedBy({ id }: { id: string }) {
  const { t } = useTranslation();
  const uses = useUses(id);
  return (
    <section>
      <h2 className="ht-sg-small">{t('segments.page.uses')}</h2>
      <Loaded query={uses} rows={2}>
        {(items) => items.length === 0 ? <p className="ht-muted">{t('segments.page.noUses')}</p> : (
          <ul className="ht-sg-uses">{items.map((use) => <li key={`${use.kind}-${use.id}`}><span className="ht-muted">{t(`segments.useKind.${use.kind as 'segment'}`, { defaultValue: use.kind })}</span> {use.url ? <Link to={use.url}>{use.name}</Link> : use.name}</li>)}</ul>
        )}
      </Loaded>
    </section>
  );
}

const SIZE = 50;
const SORT = '-last_paid_at';

function Members({ id }: { id: string }) {
  const { t } = useTranslation();
  const [params, set] = useUrl();
  const page = numberParam(params, 'page', 1);
  const sort = params.get('sort') ?? SORT;
  const members = useSegmentMembers(id, page, SIZE, sort);
  if (members.isError) return <ErrorState error={members.error} busy={members.isFetching} onRetry={() => void members.refetch()} />;
  return (
    <DataTable
      id="segment-members"
      label={t('segments.tab.members')}
      columns={memberColumns(t)}
      rows={members.data?.items}
      rowKey={(row) => row.member}
      busy={members.isFetching && members.isPlaceholderData}
      total={members.data?.total}
      page={page}
      size={SIZE}
      onPage={(next) => set({ page: next > 1 ? next : null })}
      sort={sort}
      onSort={(next) => set({ sort: next === SORT ? null : next })}
      empty={<EmptyState title={t('segments.page.nobody')}>{t('segments.page.nobodyText')}</EmptyState>}
    />
  );
}

function Changes({ id, kind }: { id: string; kind: 'entered' | 'left' }) {
  const { t } = useTranslation();
  const [params, set] = useUrl();
  const page = numberParam(params, 'page', 1);
  const changes = useChanges(id, kind, page, SIZE);
  if (changes.isError) return <ErrorState error={changes.error} busy={changes.isFetching} onRetry={() => void changes.refetch()} />;
  const rest = memberColumns(t).filter((column) => ['phone', 'platforms', 'paid_trades', 'paid_amount', 'last_paid_at'].includes(column.key)) as unknown as Column<ChangedRow>[];
  return (
    <DataTable<ChangedRow>
      label={t(`segments.tab.${kind}`)}
      columns={[
        { key: 'who', title: t('members.column.who'), always: true, render: (row) => <MemberName row={row} /> },
        { key: 'changed_at', title: t(`segments.page.at.${kind}`), render: (row) => <Instant value={row.changed_at} /> },
        ...rest.map((column) => ({ ...column, sort: undefined })),
        { key: 'why', title: t('segments.tab.why'), render: (row) => <Link to={`/segments/${id}?tab=why&member=${row.member}`}>{t('segments.explain.verb')}</Link> },
      ]}
      rows={changes.data?.items}
      rowKey={(row) => `${row.member}-${row.changed_at}`}
      busy={changes.isFetching && changes.isPlaceholderData}
      total={changes.data?.total}
      page={page}
      size={SIZE}
      onPage={(next) => set({ page: next > 1 ? next : null })}
      empty={<EmptyState title={t(`segments.page.none.${kind}`)}>{t('segments.page.noneText')}</EmptyState>}
    />
  );
}

function SnapshotDialog({ segment, onClose }: { segment: SegmentDetail; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const snapshot = useSnapshot();
  const [name, setName] = useState<string>(() => t('segments.page.snapshotName', { name: segment.name, day: new Date().toISOString().slice(0, 10) }));
  const save = () =>
    snapshot.mutate({ id: segment.id, name: name.trim() }, {
      onSuccess: (made) => {
        onClose();
        void message.success(t('segments.save.done', { name: made.name }));
        void navigate(`/segments/${made.id}`);
      },
    });
  return (
    <Modal open title={t('segments.page.snapshot')} okText={t('segments.page.snapshotAct')} cancelText={t('ui.back')} okButtonProps={{ disabled: name.trim() === '', loading: snapshot.isPending }} onOk={save} onCancel={onClose}>
      <p className="ht-muted">{t('segments.page.snapshotText')}</p>
      <label className="ht-field"><span>{t('segments.save.name')}</span><Input autoFocus value={name} maxLength={80} onChange={(event) => setName(event.target.value)} onPressEnter={() => name.trim() && save()} /></label>
      <ErrorNote error={snapshot.error} />
    </Modal>
  );
}

function DeleteDialog({ segment, onClose }: { segment: SegmentDetail; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const uses = useUses(segment.id);
  const remove = useDeleteSegment();
  const used = uses.data?.length ?? 0;
  return (
    <CheckDialog
      title={t('segments.page.deleteTitle', { name: segment.name })}
      sentences={uses.data && (used > 0 ? [t('segments.page.deleteUsed', { count: used, names: uses.data.map((use) => use.name).join(t('segments.list.comma')) })] : [t('segments.page.deleteText'), t('segments.page.deleteKeeps')])}
      loadError={uses.error}
      act={t('segments.page.deleteAct')}
      danger
      disabled={used > 0}
      note="none"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(segment.id, { onSuccess: () => void navigate('/segments') })}
      onClose={onClose}
    />
  );
}
