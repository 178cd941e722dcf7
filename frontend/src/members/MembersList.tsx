import { Button } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { DataTable } from '../ui/DataTable';
import { useMemberParts } from '../ui/memberParts';
import { Count } from '../ui/Numbers';
import { Page } from '../ui/Page';
import { useCan } from '../ui/session';
import { EmptyState, ErrorState } from '../ui/States';
import { readColumns, visibleColumns } from '../ui/tablePrefs';
import { numberParam, useUrl } from '../ui/url';
import { memberColumns } from './columns';
import { ExportButton } from './ExportButton';
import { FILTER_KEYS, parseFilter } from './filter';
import { FilterBar } from './FilterBar';
import { DEFAULT_SORT, useMembers, useSentence } from './hooks';
import { MergeButton } from './Merge';

const TABLE = 'members';

export default function MembersList() {
  const { t } = useTranslation();
  const can = useCan();
  const parts = useMemberParts();
  const [params, set] = useUrl();
  const filter = parseFilter(params);
  const sort = params.get('sort') ?? DEFAULT_SORT;
  const page = numberParam(params, 'page', 1);
  const size = numberParam(params, 'size', 50);
  const members = useMembers(filter, sort, page, size);
  const sentence = useSentence()(filter);
  const columns = useMemo(() => memberColumns(t), [t]);
  const filtered = Object.keys(filter).length > 0;
  const clear = () => set(Object.fromEntries(FILTER_KEYS.map((key) => [key, null])));

  const empty = filtered ? (
    <EmptyState title={t('members.list.noMatch')} action={<Button onClick={clear}>{t('members.list.clear')}</Button>}>{t('members.list.noMatchText')}</EmptyState>
  ) : (
    <EmptyState
      title={t('members.list.empty')}
      example={t('members.list.emptyExample')}
      action={can('intake.run') && <Link to="/data"><Button type="primary">{t('members.list.emptyAct')}</Button></Link>}
    >
      {t('members.list.emptyText')}
    </EmptyState>
  );
  return (
    <Page title={t('members.list.title')}>
      <FilterBar filter={filter} set={set} />
      {members.isError ? <ErrorState error={members.error} busy={members.isFetching} onRetry={() => void members.refetch()} /> : (
        <DataTable
          id={TABLE}
          label={t('members.list.title')}
          columns={columns}
          rows={members.data?.items}
          rowKey={(row) => row.member}
          busy={members.isFetching && members.isPlaceholderData}
          total={members.data?.total}
          page={page}
          size={size}
          onPage={(next, nextSize) => set({ page: nextSize === size && next > 1 ? next : null, size: nextSize === 50 ? null : nextSize })}
          sort={sort}
          onSort={(next) => set({ sort: next === DEFAULT_SORT ? null : next })}
          empty={empty}
          head={
            <p className="ht-rule">
              <strong>{members.data ? <Count value={members.data.total} /> : '…'}</strong> {t('members.list.people', { count: members.data?.total ?? 0 })}
              <span>{sentence}</span>
              {filtered && <Button type="link" size="small" onClick={clear}>{t('members.list.clear')}</Button>}
            </p>
          }
          tools={<>{parts.matching(filter, members.data?.total)}<ExportButton filter={filter} sort={sort} columns={() => visibleColumns(columns, readColumns(TABLE)).map((column) => column.key)} /></>}
          bulk={can('identity.review') || can('tags.assign') ? (rows, done) => <>{parts.ticked(rows, done)}{can('identity.review') && <MergeButton members={rows} onDone={done} />}</> : undefined}
        />
      )}
    </Page>
  );
}
