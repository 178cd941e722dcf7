import { EyeOutlined, MergeCellsOutlined, SplitCellsOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Skeleton, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Navigate, useParams } from 'react-router';
import { ApiError, call, client } from '../api/client';
import type { MemberDetail } from '../api/types';
import { DetailFrame } from '../ui/DetailFrame';
import { useMemberParts } from '../ui/memberParts';
import { Count } from '../ui/Numbers';
import { Page } from '../ui/Page';
import { useCan } from '../ui/session';
import { EmptyState, ErrorState } from '../ui/States';
import { Accounts, Attributes, Contacts } from './Accounts';
import { Decisions } from './Decisions';
import { MergeWith } from './Merge';
import { Reveal } from './Reveal';
import { Separate } from './Separate';
import { Parcels, Reviews, Trades } from './Orders';
import { Timeline } from './Timeline';
import { Who } from './Who';

type Dialog = 'reveal' | 'merge' | 'separate' | null;

/** One member, whole: who and what worth at the left, everything that happened in the middle, the accounts at the right. */
export default function MemberPage() {
  const { member = '' } = useParams();
  const { t } = useTranslation();
  const found = useQuery({
    queryKey: ['member', member],
    queryFn: () => call(client.GET('/api/v1/members/{member}', { params: { path: { member } } })),
  });
  const back = <Link to="/members" className="ht-back">{t('members.detail.back')}</Link>;
  if (found.isError) {
    const into = found.error instanceof ApiError ? found.error.where.merged_into : undefined;
    if (typeof into === 'string' || typeof into === 'number') return <Navigate replace to={`/members/${into}?from=${member}`} />;
    const missing = found.error instanceof ApiError && found.error.status === 404;
    return (
      <Page title={t('members.detail.missing')} back={back}>
        {missing ? <EmptyState title={t('members.detail.missing')} action={<Link to="/members"><Button>{t('members.detail.toList')}</Button></Link>}>{t('members.detail.missingText', { member })}</EmptyState> : <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      </Page>
    );
  }
  if (!found.data) return <Page title={t('members.detail.title')} back={back}><Skeleton active paragraph={{ rows: 10 }} /></Page>;
  return <Member key={member} detail={found.data} back={back} />;
}

function Member({ detail, back }: { detail: MemberDetail; back: React.ReactNode }) {
  const { t } = useTranslation();
  const can = useCan();
  const parts = useMemberParts();
  const [dialog, setDialog] = useState<Dialog>(null);
  const { row } = detail;
  const name = row.display_name || row.nick || `#${row.member}`;
  const close = () => setDialog(null);
  const strong = detail.accounts.filter((account) => account.strength === 'strong');
  return (
    <Page
      title={name}
      back={back}
      state={
        <span className="ht-tags">
          <span className="ht-muted ht-num">#{row.member}</span>
          {row.level && <Tag>{row.level}</Tag>}
          {row.paid_trades === 0 && <Tag>{t('members.detail.prospect')}</Tag>}
          {detail.merged_from.length > 0 && <Tag>{t('members.detail.mergedFrom', { members: detail.merged_from.map((id) => `#${id}`).join(' ') })}</Tag>}
          {detail.suggestions > 0 && can('identity.review') && <Link to="/members/identity">{t('members.detail.suggestions', { count: detail.suggestions })}</Link>}
        </span>
      }
      verbs={
        <>
          {detail.can_reveal && <Button icon={<EyeOutlined />} onClick={() => setDialog('reveal')}>{t('members.reveal.verb')}</Button>}
          {can('identity.review') && strong.length > 1 && <Button icon={<SplitCellsOutlined />} onClick={() => setDialog('separate')}>{t('members.separate.verb')}</Button>}
          {can('identity.review') && <Button icon={<MergeCellsOutlined />} onClick={() => setDialog('merge')}>{t('members.merge.verb')}</Button>}
        </>
      }
    >
      <DetailFrame
        left={<Who detail={detail} />}
        right={<>{parts.beside(row.member)}<Accounts detail={detail} /><Contacts detail={detail} /><Attributes detail={detail} /></>}
        tabs={[
          { key: 'timeline', label: t('members.detail.tab.timeline'), content: <Timeline member={row.member} /> },
          { key: 'trades', label: <>{t('members.detail.tab.trades')} <small className="ht-muted"><Count value={row.paid_trades} /></small></>, content: <Trades member={row.member} canReveal={detail.can_reveal} /> },
          { key: 'parcels', label: t('members.detail.tab.parcels'), content: <Parcels member={row.member} /> },
          { key: 'reviews', label: t('members.detail.tab.reviews'), content: <Reviews member={row.member} /> },
          ...(can('identity.review') ? [{ key: 'identity', label: t('members.detail.tab.identity'), content: <Decisions member={row.member} /> }] : []),
        ]}
      />
      {dialog === 'reveal' && <Reveal member={row.member} name={name} onClose={close} />}
      {dialog === 'merge' && <MergeWith member={row} onClose={close} />}
      {dialog === 'separate' && <Separate member={row.member} accounts={strong} onClose={close} />}
    </Page>
  );
}
