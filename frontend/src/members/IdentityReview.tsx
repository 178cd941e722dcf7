import { CheckOutlined, EllipsisOutlined, MergeCellsOutlined } from '@ant-design/icons';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Pagination, Tabs, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, client } from '../api/client';
import type { Suggestion } from '../api/types';
import { CheckDialog } from '../ui/CheckDialog';
import { Instant, Share } from '../ui/Numbers';
import { Page } from '../ui/Page';
import { EmptyState, Loaded } from '../ui/States';
import { numberParam, useUrl } from '../ui/url';
import { Compare } from './Compare';
import { Decisions } from './Decisions';
import { MergeCheck, useIdentityChanged } from './Merge';

const TABS = ['suggestion', 'conflict', 'merged', 'dismissed', 'decisions'] as const;
type Tab = (typeof TABS)[number];
const SIZE = 20;

function query(tab: Exclude<Tab, 'decisions'>) {
  switch (tab) {
    case 'suggestion':
    case 'conflict':
      return { state: 'open', kind: tab } as const;
    case 'merged':
    case 'dismissed':
      return { state: tab } as const;
  }
}

function Item({ item, onMerge, onDismiss }: { item: Suggestion; onMerge: () => void; onDismiss: () => void }) {
  const { t } = useTranslation();
  const open = item.state === 'open';
  return (
    <article className="ht-suggestion" aria-label={t('members.review.item', { id: item.id })}>
      <header>
        <div>
          <ul className="ht-reasons">{item.reasons.map((reason) => <li key={reason.sentence}><Tag>{reason.label}</Tag>{reason.sentence}</li>)}</ul>
          <p className="ht-muted">
            {item.kind === 'suggestion' && <>{t('members.review.likely')} <Share value={item.score} /> · </>}
            <Instant value={item.created_at} />
            {item.decided_by && <> · {t('members.review.by', { who: item.decided_by })} <Instant value={item.decided_at} /></>}
          </p>
        </div>
        {open && (
          <div className="ht-verbs">
            <Button icon={<CheckOutlined />} onClick={onDismiss}>{t(item.kind === 'conflict' ? 'members.review.seen' : 'members.review.different')}</Button>
            {item.members.length === 2 && <Button type="primary" icon={<MergeCellsOutlined />} onClick={onMerge}>{t('members.review.merge')}</Button>}
          </div>
        )}
      </header>
      {item.members.length > 0 ? <Compare members={item.members} /> : <p className="ht-muted">{t('members.review.gone')}</p>}
      {open && item.members.length > 2 && <Alert type="info" showIcon title={t('members.review.many')} />}
    </article>
  );
}

function Queue({ tab }: { tab: Exclude<Tab, 'decisions'> }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [params, set] = useUrl();
  const page = numberParam(params, 'page', 1);
  const changed = useIdentityChanged();
  const [merging, setMerging] = useState<Suggestion | null>(null);
  const [dismissing, setDismissing] = useState<Suggestion | null>(null);
  const list = useQuery({
    queryKey: ['identity', 'suggestions', tab, page],
    queryFn: () => call(client.GET('/api/v1/identity/suggestions', { params: { query: { ...query(tab), page, size: SIZE } } })),
    placeholderData: keepPreviousData,
  });
  const dismiss = useMutation({
    mutationFn: ({ id, note }: { id: string; note: string }) => call(client.POST('/api/v1/identity/suggestions/{suggestion_id}/dismiss', { params: { path: { suggestion_id: Number(id) } }, body: { note } })),
    onSuccess: () => {
      void message.success(t('members.review.dismissed'));
      setDismissing(null);
      changed();
    },
  });
  return (
    <>
      <Loaded query={list} rows={8}>
        {(found) =>
          found.items.length === 0 ? (
            <EmptyState title={t(`members.review.empty.${tab}`)} example={tab === 'suggestion' ? t('members.review.example') : undefined}>{t(`members.review.emptyText.${tab}`)}</EmptyState>
          ) : (
            <>
              {found.items.map((item) => <Item key={item.id} item={item} onMerge={() => setMerging(item)} onDismiss={() => setDismissing(item)} />)}
              {found.total > SIZE && <Pagination align="end" size="small" current={page} pageSize={SIZE} total={found.total} showSizeChanger={false} onChange={(next) => set({ page: next > 1 ? next : null })} />}
            </>
          )
        }
      </Loaded>
      {merging && merging.members[0] && merging.members[1] && (
        <MergeCheck
          members={[merging.members[0].member, merging.members[1].member]}
          rows={merging.members}
          suggestion={merging.id}
          onClose={() => setMerging(null)}
          onMerged={() => setMerging(null)}
        />
      )}
      {dismissing && (
        <CheckDialog
          title={t(dismissing.kind === 'conflict' ? 'members.review.seenTitle' : 'members.review.differentTitle')}
          sentences={[t(dismissing.kind === 'conflict' ? 'members.review.seenText' : 'members.review.differentText')]}
          act={t(dismissing.kind === 'conflict' ? 'members.review.seen' : 'members.review.differentAct')}
          busy={dismiss.isPending}
          error={dismiss.error}
          onConfirm={(note) => dismiss.mutate({ id: dismissing.id, note })}
          onClose={() => setDismissing(null)}
        />
      )}
    </>
  );
}

export default function IdentityReview() {
  const { t } = useTranslation();
  const [params, set] = useUrl();
  const asked = params.get('tab') as Tab | null;
  const tab: Tab = asked && TABS.includes(asked) ? asked : 'suggestion';
  return (
    <Page title={t('members.review.title')} lead={t('members.review.lead')}>
      <Tabs
        more={{ icon: <EllipsisOutlined aria-label={t('ui.more')} /> }}
        activeKey={tab}
        onChange={(key) => set({ tab: key === 'suggestion' ? null : key, page: null })}
        items={TABS.map((key) => ({ key, label: t(`members.review.tab.${key}`) }))}
      />
      {tab === 'decisions' ? <Decisions /> : <Queue key={tab} tab={tab} />}
    </Page>
  );
}
