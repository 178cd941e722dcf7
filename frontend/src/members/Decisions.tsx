import { UndoOutlined } from '@ant-design/icons';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { App, Button, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { call, client } from '../api/client';
import type { Decision } from '../api/types';
import { CheckDialog } from '../ui/CheckDialog';
import { DataTable } from '../ui/DataTable';
import { Instant, Text } from '../ui/Numbers';
import { useCan } from '../ui/session';
import { EmptyState, ErrorState } from '../ui/States';
import { numberParam, useUrl } from '../ui/url';
import { useIdentityChanged } from './Merge';

const SIZE = 50;

/** What persons decided about who is who, newest first, each reversible. */
export function Decisions({ member }: { member?: string }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const can = useCan();
  const [params, set] = useUrl();
  const page = numberParam(params, 'page', 1);
  const changed = useIdentityChanged();
  const [undoing, setUndoing] = useState<Decision | null>(null);
  const list = useQuery({
    queryKey: ['identity', 'decisions', member ?? '', page],
    queryFn: () => call(client.GET('/api/v1/identity/decisions', { params: { query: { member, page, size: SIZE } } })),
    placeholderData: keepPreviousData,
  });
  const undo = useMutation({
    mutationFn: ({ id, note }: { id: string; note: string }) => call(client.POST('/api/v1/identity/decisions/{decision_id}/undo', { params: { path: { decision_id: Number(id) } }, body: { note } })),
    onSuccess: () => {
      void message.success(t('members.decisions.undone'));
      setUndoing(null);
      changed();
    },
  });
  if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  const link = (id: string) => <Link key={id} to={`/members/${id}`} className="ht-num">#{id}</Link>;
  return (
    <>
      <DataTable<Decision>
        label={t('members.review.tab.decisions')}
        rows={list.data?.items}
        rowKey={(row) => row.id}
        total={list.data?.total}
        page={page}
        size={SIZE}
        onPage={(next) => set({ page: next > 1 ? next : null })}
        empty={<EmptyState title={t('members.decisions.empty')}>{t('members.decisions.emptyText')}</EmptyState>}
        columns={[
          { key: 'at', title: t('members.decisions.at'), always: true, render: (row) => <Instant value={row.at} /> },
          { key: 'kind', title: t('members.decisions.kind'), render: (row) => t(`members.decisions.kinds.${row.kind}`) },
          { key: 'members', title: t('members.decisions.members'), render: (row) => <span className="ht-tags">{row.members.map(link)}{row.into && <>→ {link(row.into)}</>}</span> },
          { key: 'by', title: t('members.decisions.by'), render: (row) => row.by },
          { key: 'note', title: t('ui.note'), render: (row) => <Text value={row.note} /> },
          {
            key: 'state',
            title: t('members.decisions.state'),
            cardFigure: true,
            render: (row) =>
              row.state === 'undone' ? <Tag>{t('members.decisions.states.undone')}</Tag>
                : row.can_undo && can('identity.review') ? <Button size="small" icon={<UndoOutlined />} onClick={() => setUndoing(row)}>{t('ui.undo')}</Button>
                  : <Tag>{t('members.decisions.states.active')}</Tag>,
          },
        ]}
      />
      {undoing && (
        <CheckDialog
          title={t('members.decisions.undoTitle')}
          sentences={[t(`members.decisions.undoText.${undoing.kind}`, { members: undoing.members.map((id) => `#${id}`).join(' + '), into: undoing.into ?? '' }), t('members.decisions.undoAudit')]}
          act={t(`members.decisions.undoAct.${undoing.kind}`)}
          busy={undo.isPending}
          error={undo.error}
          onConfirm={(note) => undo.mutate({ id: undoing.id, note })}
          onClose={() => setUndoing(null)}
        />
      )}
    </>
  );
}
