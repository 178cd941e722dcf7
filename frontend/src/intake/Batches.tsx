import { Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { Batch } from '../api/types';
import { CheckDialog } from '../ui/CheckDialog';
import { bytes, count, UNKNOWN } from '../ui/format';
import { DataTable, type Column } from '../ui/DataTable';
import { Count, Instant, Money, Text } from '../ui/Numbers';
import { Page } from '../ui/Page';
import { useCan } from '../ui/session';
import { EmptyState, ErrorState } from '../ui/States';
import { numberParam, useUrl } from '../ui/url';
import { useBatches, useCommitAll } from './api';
import './intake.css';
import { StateTag } from './StateTag';
import { BatchLink, UploadArea } from './UploadArea';

const PAGE_SIZE = 50;
/** What the list can be narrowed to, and the states behind each. */
const FILTERS = { todo: 'needs_setup,ready,failed', working: 'received,staging,committing', committed: 'committed', failed: 'failed', given_up: 'cancelled,empty' } as const;
type Filter = keyof typeof FILTERS;
const FILTER_NAMES = Object.keys(FILTERS) as Filter[];

const READ: readonly string[] = ['ready', 'committing', 'committed', 'empty'];

/** Not known yet; left out of the cards of a phone. */
function None() {
  return <span className="ht-in-none ht-muted">{UNKNOWN}</span>;
}

/** Rows are known once the file has been read, what became of them once it is in. */
function Figure({ batch, value, read = false }: { batch: Batch; value: number | null | undefined; read?: boolean }) {
  return batch.state === 'committed' || (read && READ.includes(batch.state)) ? <Count value={value} /> : <None />;
}

function useColumns(): Column<Batch>[] {
  const { t } = useTranslation();
  return [
    {
      key: 'name',
      title: t('intake.batches.file'),
      always: true,
      render: (batch) => <span className="ht-in-file"><BatchLink batch={batch} /><small>{batch.shop_name ?? t(batch.state === 'committed' ? 'intake.batches.anyShop' : 'intake.batches.noShop')}{batch.size > 0 && ` · ${bytes(batch.size)}`}</small></span>,
    },
    { key: 'state', title: t('intake.batches.state'), cardFigure: true, render: (batch) => <StateTag batch={batch} /> },
    { key: 'profile', title: t('intake.batches.profile'), render: (batch) => (batch.profile_label ? <span className="ht-in-long">{batch.profile_label}</span> : <None />) },
    { key: 'rows', title: t('intake.batches.rows'), number: true, render: (batch) => <Figure batch={batch} value={batch.rows} read /> },
    { key: 'inserted', title: t('intake.batches.inserted'), number: true, render: (batch) => <Figure batch={batch} value={batch.inserted} /> },
    { key: 'updated', title: t('intake.batches.updated'), number: true, render: (batch) => <Figure batch={batch} value={batch.updated} /> },
    { key: 'unchanged', title: t('intake.batches.unchanged'), number: true, render: (batch) => <Figure batch={batch} value={batch.unchanged} /> },
    { key: 'rejected', title: t('intake.batches.rejected'), number: true, render: (batch) => <Figure batch={batch} value={batch.rejected} read /> },
    { key: 'members_new', title: t('intake.batches.membersNew'), number: true, hidden: true, render: (batch) => <Figure batch={batch} value={batch.members_new} /> },
    { key: 'paid', title: t('intake.batches.paid'), number: true, render: (batch) => (batch.state === 'committed' ? <Money value={batch.paid_amount} /> : <None />) },
    { key: 'refunded', title: t('intake.batches.refunded'), number: true, hidden: true, render: (batch) => (batch.state === 'committed' ? <Money value={batch.refunded_amount} /> : <None />) },
    { key: 'created', title: t('intake.batches.created'), render: (batch) => <Instant value={batch.created_at} /> },
    { key: 'by', title: t('intake.batches.by'), hidden: true, render: (batch) => <Text value={batch.by} /> },
  ];
}

/** Files handed in: an area to drop new ones, and what became of the earlier ones. */
export default function Batches() {
  const { t } = useTranslation();
  const can = useCan();
  const navigate = useNavigate();
  const [params, set] = useUrl();
  const asked = params.get('state');
  const state = FILTER_NAMES.find((one) => one === asked) ?? null;
  const page = numberParam(params, 'page', 1);
  const size = numberParam(params, 'size', PAGE_SIZE);
  const batches = useBatches(page, size, state && FILTERS[state]);
  const columns = useColumns();
  const mayRun = can('intake.run');

  const onDone = (made: Batch[]) => {
    void batches.refetch();
    // One file: go on with it. Several: they stand in the list.
    if (made.length === 1) void navigate(`/data/batches/${made[0]!.id}`);
  };
  const untouched = state === null && page === 1;
  return (
    <Page title={t('intake.batches.title')} lead={t('intake.batches.lead')}>
      {mayRun ? <UploadArea onDone={onDone} /> : <p className="ht-muted">{t('intake.upload.forbidden')}</p>}
      {batches.isError && !batches.data ? (
        <ErrorState error={batches.error} busy={batches.isFetching} onRetry={() => void batches.refetch()} />
      ) : untouched && batches.data?.total === 0 ? (
        <EmptyState
          title={t('intake.batches.emptyTitle')}
          example={<span className="ht-in-example"><code>ExportOrderList201905.csv</code><small>{t('intake.batches.emptyExample')}</small></span>}
        >
          {t('intake.batches.empty')} <Link to="/data/mappings">{t('intake.batches.emptyMappings')}</Link>{t('intake.batches.emptyEnd')}
        </EmptyState>
      ) : (
        <DataTable<Batch>
          id="intake.batches"
          label={t('intake.batches.title')}
          columns={columns}
          rows={batches.data?.items}
          rowKey={(batch) => batch.id}
          total={batches.data?.total}
          page={page}
          size={size}
          onPage={(next, nextSize) => set({ page: next, size: nextSize === PAGE_SIZE ? null : nextSize })}
          bulk={mayRun ? (ticked, clear) => <CommitAll batches={ticked} onDone={clear} /> : undefined}
          head={
            <Select
              aria-label={t('intake.batches.state')}
              value={state ?? 'all'}
              onChange={(next) => set({ state: next === 'all' ? null : next })}
              popupMatchSelectWidth={false}
              options={[{ value: 'all', label: t('intake.batches.allStates') }, ...FILTER_NAMES.map((one) => ({ value: one, label: t(`intake.batches.filter.${one}`) }))]}
            />
          }
          empty={<p className="ht-muted ht-pad">{t('intake.batches.noneOfState')}</p>}
        />
      )}
    </Page>
  );
}

/** Several previewed files at once, after a check in sentences. */
function CommitAll({ batches, onDone }: { batches: Batch[]; onDone: () => void }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const commit = useCommitAll();
  const ready = batches.every((batch) => batch.state === 'ready');
  const n = count(batches.length);
  return (
    <>
      <Button size="small" disabled={!ready} title={ready ? undefined : t('intake.batches.bulkNotReady')} onClick={() => setAsking(true)}>{t('intake.batches.bulk')}</Button>
      {asking && (
        <CheckDialog
          title={t('intake.batches.bulkTitle', { n })}
          sentences={[t('intake.batches.bulkRows', { n: count(batches.reduce((sum, batch) => sum + batch.rows, 0)) }), t('intake.batches.bulkSafe')]}
          act={t('intake.batches.bulkAct', { n })}
          note="none"
          busy={commit.isPending}
          error={commit.error}
          onConfirm={() => commit.mutate(batches.map((batch) => batch.id), { onSuccess: () => { setAsking(false); onDone(); } })}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
